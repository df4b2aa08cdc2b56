"""Outlets, runs, articles with versions and copies, and the filters of the lists."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quotes import decisions, store
from quotes.models import ArticleVersion, CopyGroup, Quotation, Speaker
from quotes.nlp.document import Document
from quotes.params import ACCESS
from tests import builders, reviewing

pytestmark = [pytest.mark.django_db, pytest.mark.database]
URL = "https://example.org/rail"
LATER = builders.RAIL.replace("“It must,” Ms Roe told reporters.", "Ms Roe left.")


def get(client: Client, path: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.fixture
def changed(rail: ArticleVersion, run: Any) -> ArticleVersion:
    """The second version of `rail`, in which one of its two quotations is left."""
    whole = builders.rail_document(builders.RAIL).quotations[:1]
    source = builders.source(LATER, url=URL, outlet="The Daily Wire", title="Rail tax, again")
    store.record(source, Document(text=LATER, quotations=whole), run)
    version = rail.article.versions.get(number=2)
    rail.refresh_from_db()
    return version


# --- outlets


@pytest.mark.usefixtures("rail")
def test_an_outlet_says_what_is_stored_of_it(client: Client) -> None:
    (row,) = get(client, "outlets/")["results"]
    assert (row["slug"], row["domain"]) == ("the-daily-wire", "example.org")
    item = client.get(row["url"].replace("http://127.0.0.1:8000", "")).json()
    assert item == row | {
        "article_count": 1,
        "quotation_count": 2,
        "first_published_on": "2026-03-04",
        "last_published_on": "2026-03-04",
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [({"name": "daily"}, 1), ({"name": "post"}, 0), ({"domain": "EXAMPLE.org"}, 1)],
)
@pytest.mark.usefixtures("rail")
def test_outlets_are_found(client: Client, query: dict[str, str], count: int) -> None:
    assert len(get(client, "outlets/", **query)["results"]) == count


# --- runs


def test_a_run_says_what_it_is_made_of(client: Client, rail: ArticleVersion, run: Any) -> None:
    again = store.open_run(builders.provenance("2"))
    store.record_again(rail, Document(text=builders.RAIL), again)
    rows = get(client, "runs/")["results"]
    assert [row["uid"] for row in rows] == [str(again.uid), str(run.uid)]
    assert [row["changes"] for row in rows] == [2, 0]
    item = get(client, f"runs/{again.uid}/")
    assert item["models"] == {"tagger": "m" * 64}
    assert item["params"] == {"window_own_wordpieces": 180}
    assert item["progress"] == {
        "state": "import", "done": 1, "planned": None, "failed": 0, "remaining": 0,
        "percent": 100, "left_s": None,
    }  # fmt: skip
    assert item["changes_by_kind"]["gone"] == 2
    assert {name: item[name] for name in rows[0]} == rows[0]


def test_runs_are_found_by_what_they_are(client: Client, run: Any) -> None:
    store.open_run(builders.provenance("2"))
    found = get(client, "runs/", fingerprint=run.fingerprint)["results"]
    assert [row["uid"] for row in found] == [str(run.uid)]
    assert get(client, "runs/", started_from="2100-01-01T00:00:00Z")["results"] == []


# --- versions


def test_versions_say_which_quotations_stay_and_go(
    client: Client, rail: ArticleVersion, changed: ArticleVersion
) -> None:
    uid = rail.article.uid
    item = get(client, f"articles/{uid}/")
    assert (item["version"], item["title"]) == (2, "Rail tax, again")
    rows = get(client, f"articles/{uid}/versions/")["results"]
    assert [(row["version"], row["is_current"]) for row in rows] == [(2, True), (1, False)]
    first, second = (get(client, f"articles/{uid}/versions/{n}/") for n in (1, 2))
    assert (first["text"], second["text"]) == (builders.RAIL, LATER)
    (now,) = second["quotations"]
    stayed, went = first["quotations"]
    assert (stayed["fate"], went["fate"], now["fate"]) == ("carried", "vanished", "current")
    assert stayed["successors"] == [now["uid"]]
    assert now["predecessor"] == stayed["uid"]
    assert (went["successors"], stayed["predecessor"]) == ([], None)
    assert get(client, f"quotations/{now['uid']}/")["predecessor"] == stayed["uid"]
    assert changed.pk
    assert (first["quotations_total"], second["quotations_total"]) == (2, 1)
    path = f"articles/{uid}/versions/1/quotations/"
    assert first["quotations_url"].endswith(f"/api/v1/{path}")
    page = get(client, path, page_size=1)
    assert page["results"] == [stayed]
    assert client.get(page["next"]).json()["results"] == [went]
    assert get(client, path, ordering="-position", fields="uid,fate")["results"] == [
        {"uid": one["uid"], "fate": one["fate"]} for one in (went, stayed)
    ]
    for nowhere in (f"articles/{uid}/versions/3/quotations/", "articles/no/versions/1/quotations/"):
        assert client.get(f"/api/v1/{nowhere}").status_code == 404


def test_versions_cost_the_same_for_one_row_and_for_ten(client: Client, run: Any) -> None:
    counts = set()
    for number in range(10):
        text = f"{number} {builders.RAIL}"
        store.record(builders.source(text, url=URL), builders.rail_document(text), run)
        if number in (0, 9):
            uid = ArticleVersion.objects.current().get().article.uid
            for path in (f"articles/{uid}/versions/", f"articles/{uid}/versions/1/"):
                with CaptureQueriesContext(connection) as asked:
                    get(client, path)
                counts.add((path, len(asked)))
    assert len(counts) == 2, counts


def test_items_cost_the_same_for_two_quotations_and_for_ten(client: Client, record: Any) -> None:
    counts = set()
    most = ACCESS.article_quotations
    for size in (2, 10, most + 2):
        taxes = [f"tax {size}{i:02} rises" for i in range(size)]  # no copies of each other
        text = "".join(f"The minister, Ana Roe, said {tax}.\n" for tax in taxes)
        said = [builders.quotation(text, tax, speaker=builders.ROE) for tax in taxes]
        version = record(builders.source(text), Document(text=text, quotations=said)).version
        with CaptureQueriesContext(connection) as asked:
            item = get(client, f"articles/{version.article.uid}/")
        counts.add(len(asked))
        assert (len(item["quotations"]), item["quotations_total"]) == (min(size, most), size)
        with CaptureQueriesContext(connection) as asked:
            rows = get(client, f"articles/{version.article.uid}/versions/1/quotations/")["results"]
        counts.add(len(asked))
        assert item["quotations"][:25] == rows[:size]
    assert len(counts) == 2


# --- copies of one piece


def test_copies_are_named(client: Client, rail: ArticleVersion, record: Any) -> None:
    text = f"By our staff. {builders.RAIL}"
    source = builders.source(text, outlet="Evening Post", origin="copy.txt")
    other = record(source, builders.rail_document(text)).version
    assert get(client, f"articles/{rail.article.uid}/")["copies"] is None
    group = CopyGroup.objects.create()
    ArticleVersion.objects.update(copies=group)
    item = get(client, f"articles/{rail.article.uid}/")
    assert item["copies_group"] == item["copies"]["group"] == group.pk
    assert [copy["uid"] for copy in item["copies"]["articles"]] == [other.article.uid]
    assert item["copies"]["url"].endswith(f"/api/v1/articles/?copies={group.pk}")
    assert len(get(client, "articles/", copies=group.pk)["results"]) == 2
    assert len(get(client, "quotations/", copies=group.pk)["results"]) == 4
    assert get(client, "quotations/", copies=group.pk + 1)["results"] == []


# --- speakers


def test_who_was_merged_says_into_whom(client: Client, rail: ArticleVersion) -> None:
    one = Speaker.objects.get()
    other = Speaker.objects.create(slug="other", name="Other", kind="person")
    decisions.merge(other, one, reviewing.reviewer())
    assert get(client, "speakers/other/")["merged_into"] == "ana-roe"
    assert len(get(client, "quotations/", speaker="other")["results"]) == 2
    assert rail.pk


@pytest.mark.parametrize(
    ("name", "count"), [("roe", 1), ("MS RO", 1), ("oe", 0), ("ana roe", 1), ("?!", 0)]
)
@pytest.mark.usefixtures("rail")
def test_speakers_are_found_by_the_words_of_any_name(client: Client, name: str, count: int) -> None:
    assert len(get(client, "speakers/", name=name)["results"]) == count


# --- filters


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"min_speaker_confidence": "0.79"}, 2),
        ({"max_speaker_confidence": "0.1"}, 0),
        ({"min_confidence": "0.8", "max_confidence": "0.8"}, 2),
        ({"source": "named"}, 2),
        ({"source": "none"}, 0),
        ({"language": "EN"}, 2),
        ({"language": "de"}, 0),
        ({"retrieved_from": "2026-03-04T12:00:00Z"}, 2),
        ({"retrieved_from": "2026-03-04T13:00:00+01:00"}, 2),
        ({"retrieved_to": "2026-03-04T11:59:59Z"}, 0),
        ({"created_from": "2100-01-01T00:00:00Z"}, 0),
        ({"created_to": "2100-01-01T00:00:00Z"}, 2),
        ({"review": "confirmed"}, 1),
        ({"reviewed": "false"}, 1),
        ({"speaker": "ana-roe", "kind": "direct"}, 1),
        ({"any_name": "ms roe"}, 2),
        ({"any_name": "?!"}, 0),
        ({"speaker": "nobody"}, 0),
        ({"outlet": "nothing"}, 0),
    ],
)
def test_quotations_are_filtered(
    client: Client, rail: ArticleVersion, query: dict[str, str], count: int
) -> None:
    decisions.confirm(Quotation.objects.get(kind="direct"), reviewing.reviewer())
    assert len(get(client, "quotations/", **query)["results"]) == count
    assert rail.pk


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"url": URL}, 1),
        ({"byline": "bloggs"}, 1),
        ({"language": "EN"}, 1),
        ({"title": "TAX"}, 1),
        ({"outlet": "the-daily-wire"}, 1),
        ({"retrieved_to": "2026-03-04T11:59:59Z"}, 0),
        ({"text_sha256": "0" * 64}, 0),
        ({"copies": "7"}, 0),
    ],
)
@pytest.mark.usefixtures("rail")
def test_articles_are_filtered(client: Client, query: dict[str, str], count: int) -> None:
    assert len(get(client, "articles/", **query)["results"]) == count


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("quotations/", {"min_confidence": "2"}, "min_confidence"),
        ("quotations/", {"copies": "x"}, "copies"),
        ("quotations/", {"published_from": "5 July"}, "published_from"),
        ("quotations/", {"review": "doubted"}, "review"),
        ("articles/", {"copies": "x"}, "copies"),
        ("articles/", {"published_from": "x"}, "published_from"),
        ("articles/", {"retrieved_from": "x"}, "retrieved_from"),
        ("speakers/", {"kind": "robot"}, "kind"),
        ("runs/", {"started_to": "x"}, "started_to"),
        ("outlets/", {"ordering": "size"}, "ordering"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_a_remedy(
    client: Client, path: str, query: dict[str, str], field: str
) -> None:
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert error["remedy"]
    assert not error["remedy"].startswith("give it as the documentation")


def test_the_newest_come_first_whatever_the_order_of_reading(client: Client, record: Any) -> None:
    for day in ("2026-03-05", None, "2026-03-07", "2026-03-06"):
        text = f"{day}. {builders.RAIL}"
        found = builders.source(text, published_on=day, origin=f"{day}",
                                retrieved_at=datetime(2026, 4, 1, tzinfo=UTC))  # fmt: skip
        record(found, builders.rail_document(text))
    for path in ("quotations/", "articles/"):
        days = [row.get("article", row)["published_on"] for row in get(client, path)["results"]]
        assert list(dict.fromkeys(days)) == ["2026-03-07", "2026-03-06", "2026-03-05", None]
