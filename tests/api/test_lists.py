"""The lists of /api/v1/: what they show, filters, order, pages, and how many queries they cost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from quotes.models import ArticleVersion, Extraction, Quotation
from quotes.nlp.document import Act, Document, Kind
from quotes.params import SEARCH
from tests import builders

Recorder = Callable[..., Extraction]
pytestmark = [pytest.mark.django_db, pytest.mark.database]

OFFICIALS = "Officials said rain was likely. Planners hoped it would stop.\n“Dry,” they said.\n"


@pytest.fixture
def weather(record: Recorder) -> ArticleVersion:
    """An undated article of no outlet: an anonymous source, an attitude, an unsure one."""
    said = builders.quotation(
        OFFICIALS, "rain was likely", cue="said", source="Officials", speaker=builders.MONITOR
    )
    hoped = builders.quotation(OFFICIALS, "it would stop", cue="hoped", act=Act.ATTITUDE)
    dry = builders.quotation(OFFICIALS, "“Dry,”", kind=Kind.DIRECT, confidence=0.2)
    document = Document(text=OFFICIALS, quotations=(said, hoped, dry))
    return record(builders.source(OFFICIALS, origin="weather.txt"), document).version


def get(client: Client, path: str, **query: Any) -> dict[str, Any]:
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def contents(body: dict[str, Any]) -> list[str]:
    return [row["content"] for row in body["results"]]


TAX, MUST, RAIN, STOP, DRY = (
    "the café tax would rise", "“It must,”", "rain was likely", "it would stop", "“Dry,”",
)  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({}, {TAX, MUST, RAIN, DRY}, id="speech-by-default"),
        pytest.param({"act": "any"}, {TAX, MUST, RAIN, STOP, DRY}, id="both-acts"),
        pytest.param({"act": "attitude"}, {STOP}, id="attitudes"),
        pytest.param({"speaker": "ana-roe"}, {TAX, MUST}, id="speaker"),
        pytest.param({"speaker_name": "monit"}, {RAIN}, id="part-of-a-description"),
        pytest.param({"speaker_kind": "anonymous"}, {RAIN}, id="anonymous"),
        pytest.param({"kind": "direct"}, {MUST, DRY}, id="kind"),
        pytest.param({"kind": ["direct", "indirect"]}, {TAX, MUST, RAIN, DRY}, id="two-kinds"),
        pytest.param({"outlet": "the-daily-wire"}, {TAX, MUST}, id="outlet"),
        pytest.param({"published_from": "2026-03-04"}, {TAX, MUST}, id="from-the-day"),
        pytest.param({"published_to": "2026-03-03"}, set(), id="to-the-day-before"),
        pytest.param({"min_confidence": "0.5"}, {TAX, MUST, RAIN}, id="confidence"),
        pytest.param({"q": "cafe"}, {TAX}, id="words-without-accents"),
        pytest.param({"q": "rain -likely"}, set(), id="excluded-word"),
        pytest.param({"updated_since": "2100-01-01T00:00:00Z"}, set(), id="nothing-since"),
    ],
)
@pytest.mark.usefixtures("rail", "weather")
def test_filters_filter(client: Client, query: dict[str, Any], expected: set[str]) -> None:
    assert set(contents(get(client, "quotations/", **query))) == expected


@pytest.mark.parametrize(
    ("path", "field"), [("quotations/", "uid"), ("articles/", "uid"), ("speakers/", "slug")]
)
@pytest.mark.usefixtures("rail", "weather")
def test_pages_show_every_row_once(client: Client, path: str, field: str) -> None:
    whole = [row[field] for row in get(client, path)["results"]]
    seen: list[str] = []
    address: str | None = f"/api/v1/{path}?page_size=1"
    while address:
        body = client.get(address).json()
        seen += [row[field] for row in body["results"]]
        address = body["next"]
    assert seen == whole
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("ordering", ["-published_on", "published_on", "updated_at", "-confidence"])
def test_pages_walk_rows_that_tie_forwards_and_back(
    client: Client, record: Recorder, ordering: str
) -> None:
    for number in range(4):
        text = f"Day {number}. {builders.RAIL}"
        record(builders.source(text, origin=f"{number}.txt"), builders.rail_document(text))
    whole = [row["uid"] for row in get(client, "quotations/", ordering=ordering)["results"]]
    pages: list[list[str]] = []
    address: str | None = f"/api/v1/quotations/?page_size=3&ordering={ordering}"
    while address:
        last = client.get(address).json()
        pages.append([row["uid"] for row in last["results"]])
        address = last["next"]
    assert [len(page) for page in pages] == [3, 3, 2]
    assert [uid for page in pages for uid in page] == whole
    back = []
    while address := last["previous"]:
        last = client.get(address).json()
        back.insert(0, [row["uid"] for row in last["results"]])
    assert back == pages[:-1]


def test_a_cursor_belongs_to_its_order(client: Client, record: Recorder) -> None:
    record(builders.source(builders.RAIL), builders.rail_document(builders.RAIL))
    address = get(client, "quotations/", page_size=1)["next"]
    response = client.get(f"{address}&ordering=confidence")
    assert response.status_code == 404
    assert response.json()["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize(
    ("ordering", "key", "reverse"),
    [("confidence", "confidence", False), ("-confidence", "confidence", True)],
)
@pytest.mark.usefixtures("rail", "weather")
def test_order_is_as_asked(client: Client, ordering: str, key: str, *, reverse: bool) -> None:
    rows = [row[key] for row in get(client, "quotations/", ordering=ordering)["results"]]
    assert rows == sorted(rows, reverse=reverse)


@pytest.mark.usefixtures("rail", "weather")
def test_by_confidence_the_newest_that_pass_a_filter_and_all_without_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quotes.search.SEARCH", SEARCH.model_copy(update={"counted": 2}))
    newest = contents(get(client, "quotations/"))[:2]
    asked = {"ordering": "confidence"}
    some = get(client, "quotations/", kind=["direct", "indirect"], **asked)
    assert sorted(contents(some)) == sorted(newest)
    every = contents(get(client, "quotations/", **asked))
    assert (len(every), every[0]) == (4, DRY)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        pytest.param({"max_confidence": "0.2"}, [DRY], id="at-most"),
        pytest.param({"min_confidence": "0.2", "max_confidence": "0.2"}, [DRY], id="just"),
        pytest.param({"min_confidence": "0.3", "max_confidence": "0.4"}, [], id="none"),
        pytest.param({"min_confidence": "0.0"}, [DRY, TAX, MUST, RAIN], id="all"),
    ],
)
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.usefixtures("rail", "weather")
def test_in_a_range_of_confidence_all_are_in_order_of_it(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    bounds: dict[str, str],
    expected: list[str],
    sign: str,
) -> None:
    monkeypatch.setattr("quotes.search.SEARCH", SEARCH.model_copy(update={"counted": 1}))
    rows = get(client, "quotations/", ordering=f"{sign}confidence", **bounds)["results"]
    sure = [row["confidence"] for row in rows]
    assert sure == sorted(sure, reverse=bool(sign))
    assert {row["content"] for row in rows} == set(expected)


@pytest.mark.usefixtures("rail", "weather")
def test_undated_articles_come_last(client: Client) -> None:
    days = [row["published_on"] for row in get(client, "articles/")["results"]]
    assert days == ["2026-03-04", None]


@pytest.mark.usefixtures("rail")
def test_a_row_names_speaker_article_and_address(client: Client) -> None:
    row = get(client, "quotations/", q="tax rise")["results"][0]
    assert row["speaker"]["slug"] == "ana-roe"
    assert row["speaker_role"] == "the minister"
    assert row["article"]["outlet"]["name"] == "The Daily Wire"
    assert row["article"]["url"] == "https://example.org/rail"
    assert row["address"].endswith(f"/quotes/{row['uid']}/")


def test_detail_slices_the_text(client: Client, quotation: Quotation) -> None:
    body = get(client, f"quotations/{quotation.uid}/")
    text = get(client, f"articles/{body['article']['uid']}/")["text"]
    for spans in body["spans"].values():
        assert all(text[span["start"] : span["end"]] == span["exact"] for span in spans)
    assert [span["exact"] for span in body["spans"]["cue"]][:1] == ["said"]
    assert body["run"]["models"] == {"tagger": "m" * 64}


def test_article_has_its_quotations_in_place(client: Client, weather: ArticleVersion) -> None:
    body = get(client, f"articles/{weather.article.uid}/")
    assert body["text"] == OFFICIALS
    assert [q["content"][0]["exact"] for q in body["quotations"]] == [RAIN, STOP, DRY]


@pytest.mark.usefixtures("rail")
def test_speaker_has_the_names_of_articles(client: Client) -> None:
    body = get(client, "speakers/ana-roe/")
    assert set(body["names"]) == {"Ana Roe", "Ms Roe"}
    assert body["quotation_count"] == 2


@pytest.mark.parametrize("path", ["quotations/", "articles/", "speakers/"])
def test_lists_cost_the_same_queries_for_one_row_and_for_ten(
    client: Client, record: Recorder, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    for count in (1, 10):
        for number in range(count):
            text = f"Minister {number}{count} spoke. {builders.RAIL}"
            record(builders.source(text, origin=f"{number}.txt"), builders.rail_document(text))
        # The page itself, with what each row shows joined in; when anything last changed, and when
        # anything was last deleted; on PostgreSQL since when somebody is writing.
        with django_assert_num_queries(4 if connection.vendor == "postgresql" else 3):
            get(client, path)


@pytest.mark.usefixtures("rail")
def test_private_trackers_show_nothing_to_strangers(
    client: Client, settings: Settings, quotation: Quotation
) -> None:
    settings.PUBLIC_READS = False
    for path in ("quotations/", f"quotations/{quotation.uid}/", "articles/", "speakers/"):
        response = client.get(f"/api/v1/{path}")
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
        assert "/account/tokens/" in response.json()["remedy"]
