"""Copies in several articles are one group, counted once. Runs on SQLite and PostgreSQL."""

import threading
from itertools import permutations

import pytest
from django.core.management import call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from quotes import copies, store
from quotes.models import ArticleVersion, CopyGroup, SignatureBand, TextSignature
from quotes.nlp.document import Document
from tests.builders import provenance, source
from tests.quotes.copy_pairs import LOCAL, STORIES

pytestmark = [pytest.mark.django_db, pytest.mark.database]
FERRY, BUDGET = STORIES["ferry"], STORIES["budget"]


def text_of(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def stored(record, name: str, text: str, **fields):
    fields = {"url": f"https://{name}.example/story", "outlet": name, **fields}
    return ArticleVersion.objects.get(pk=record(source(text, **fields)).version.pk)


def groups() -> list[set[str]]:
    found = CopyGroup.objects.prefetch_related("versions__article__outlet")
    return [{v.article.outlet.name for v in group.versions.all()} for group in found]


def test_copies_of_two_outlets_are_one_group(record):
    stored(record, "Wire", text_of(*FERRY))
    stored(record, "Courier", text_of("Ferry hits rocks", *FERRY[:6], LOCAL[0]))
    stored(record, "Post", text_of(*BUDGET))
    assert groups() == [{"Wire", "Courier"}]
    assert copies.independent_sources(ArticleVersion.objects.all()) == 2
    assert copies.independent_sources(list(ArticleVersion.objects.all())) == 2


def test_the_same_text_at_two_addresses_is_a_copy_however_short(record):
    for name in ("Wire", "Courier"):
        stored(record, name, "Rail tax to rise.")
    stored(record, "Post", "Rail tax to fall.")
    assert groups() == [{"Wire", "Courier"}]
    assert TextSignature.objects.count() == 2
    assert SignatureBand.objects.count() == 0


def test_versions_of_one_article_are_versions_not_copies(record):
    stored(record, "Wire", text_of(*FERRY))
    stored(record, "Wire", text_of(*FERRY, "Corrected."))
    assert groups() == []
    assert copies.independent_sources(ArticleVersion.objects.all()) == 1


def test_a_later_version_of_a_copy_is_in_its_group(record):
    stored(record, "Wire", text_of(*FERRY))
    stored(record, "Courier", text_of("Ferry hits rocks", *FERRY))
    later = stored(record, "Wire", text_of(*FERRY, "Corrected."))
    assert later.copies_id is not None
    assert CopyGroup.objects.count() == 1


def test_a_version_that_was_rewritten_leaves_its_group_but_is_no_other_source(record):
    stored(record, "Wire", text_of(*FERRY))
    stored(record, "Courier", text_of("Ferry hits rocks", *FERRY))
    later = stored(record, "Wire", text_of(*BUDGET))
    assert later.copies_id is None
    assert copies.independent_sources(ArticleVersion.objects.all()) == 1
    assert copies.independent_sources(ArticleVersion.objects.current()) == 2


# Each half is a copy of the whole, but not of the other half.
WHOLE = FERRY + BUDGET
PARTS = {
    "Whole": text_of(*WHOLE),
    "First": text_of(*WHOLE[:10]),
    "Last": text_of(*WHOLE[6:]),
}


@pytest.mark.parametrize("order", list(permutations(PARTS)), ids="-".join)
def test_groups_merge_when_a_text_connects_them(record, order):
    for name in order:
        stored(record, name, PARTS[name])
    assert groups() == [set(PARTS)]
    assert copies.independent_sources(ArticleVersion.objects.all()) == 1


def test_two_groups_become_one(record):
    for name, text in (("A", "First"), ("B", "First"), ("C", "Last"), ("D", "Last")):
        stored(record, name, PARTS[text])
    assert sorted(map(sorted, groups())) == [["A", "B"], ["C", "D"]]
    stored(record, "E", PARTS["Whole"])
    assert groups() == [set("ABCDE")]


def test_carriers_name_the_outlets_once_each(record):
    own = stored(record, "Wire", text_of(*FERRY), published_on="2026-03-04")
    stored(record, "Courier", text_of("Ferry!", *FERRY), published_on="2026-03-06")
    stored(record, "Courier", text_of("Rocks!", *FERRY), url="https://courier.example/2",
           published_on="2026-03-05")  # fmt: skip
    stored(record, "Wire", text_of(*FERRY, "Corrected."))
    own = ArticleVersion.objects.get(pk=own.pk)
    with CaptureQueriesContext(connection) as queries:
        found = copies.carriers(own, ArticleVersion.objects.all())
        names = [version.article.outlet.name for version in found.others]
    assert (names, found.articles, found.outlets) == (["Courier", "Courier"], 2, 2)
    assert found.without_outlet == 0
    assert [version.published_on.day for version in found.others] == [5, 6]
    assert len(queries) <= 3


@pytest.mark.parametrize(
    ("outlets", "told"),
    [
        pytest.param(["Wire", "Post", "Wire"], "2 outlets carry this text", id="several"),
        pytest.param(["Wire", "Wire"], "2 articles of one outlet carry this text", id="one"),
        pytest.param(["Wire", "Post", ""], "2 outlets and 1 article without a named outlet carry",
                     id="several-and-unknown"),
        pytest.param(["", "Post", ""], "One outlet and 2 articles without a named outlet carry",
                     id="one-and-unknown"),
        pytest.param(["", ""], "2 articles without a named outlet carry", id="unknown"),
    ],
)  # fmt: skip
def test_an_article_without_an_outlet_is_no_outlet(record, outlets, told):
    for number, name in enumerate(outlets):
        own = stored(
            record, name, text_of(f"No. {number}", *FERRY), url=f"https://x.example/{number}"
        )
    found = copies.carriers(own, ArticleVersion.objects.all())
    assert told in " ".join(render_to_string("quotes/_carriers.html", {"found": found}).split())


def test_who_has_no_copies_has_no_carriers(record):
    own = stored(record, "Wire", text_of(*FERRY))
    assert copies.carriers(own, ArticleVersion.objects.all()) == ((), 0, 0, 0)


@given(
    st.lists(st.tuples(st.integers(0, 6), st.none() | st.integers(0, 4)), max_size=20),
    st.randoms(),
)
def test_sources_are_what_hangs_together(pairs, chance):
    """Against a union of sets by repeated relabelling."""
    labels = {article: article for article, _ in pairs}
    for _ in pairs:
        for one, group in pairs:
            for other, other_group in pairs:
                if group is not None and group == other_group:
                    labels[one] = labels[other] = min(labels[one], labels[other])
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    versions = [ArticleVersion(article_id=a, copies_id=g) for a, g in shuffled]
    assert copies.independent_sources(versions) == len(set(labels.values()))


# --- texts that were stored before


def test_stored_texts_are_placed_by_the_command_and_it_goes_on_where_it_stopped(record, capsys):
    for name in ("Wire", "Courier", "Herald"):
        stored(record, name, text_of(name, *FERRY))
    expected = groups()
    copies.forget_all()
    assert groups() == []
    copies.place_stored(copies.unplaced()[0])
    assert copies.unplaced().count() == 2
    call_command("find_copies")
    assert groups() == expected
    assert "2 texts, 1 groups" in capsys.readouterr().out
    call_command("find_copies")
    assert "0 texts, 1 groups" in capsys.readouterr().out
    call_command("find_copies", again=True)
    assert "3 texts, 1 groups" in capsys.readouterr().out
    assert groups() == expected


# --- at the same time


@pytest.mark.django_db(transaction=True)
def test_copies_that_are_stored_at_the_same_moment_are_found():
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory SQLite database has one connection")
    run = store.open_run(provenance())
    failures: list[Exception] = []
    start = threading.Barrier(6)

    def work(name: str) -> None:
        try:
            start.wait()
            for version in range(2):
                text = text_of(f"{name} writes", *FERRY, *["Corrected."] * version)
                given = source(text, url=f"https://{name}.example", outlet=name)
                store.record(given, Document(text=text), run)
        except Exception as error:  # noqa: BLE001  shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert groups() == [set("abcdef")]
    assert ArticleVersion.objects.filter(copies=None).count() == 0
    assert copies.independent_sources(ArticleVersion.objects.current()) == 1
