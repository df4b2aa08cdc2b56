"""Full-text search, the same on SQLite and PostgreSQL, and no query that breaks it."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from quotes import search_index
from quotes.models import Article, Outlet, Quotation, Speaker, SpeakerName
from quotes.nlp.document import Document
from quotes.search import QueryError, search
from tests.builders import UN, quotation, source

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TEXT = "The UN said café prices rose by 2,500 in US-led talks. The talks failed, they said."


@pytest.fixture
def stored(rail, record):  # noqa: ARG001
    """Four quotations: `tax` and `must` of Ana Roe, `prices` and `failed` of the United Nations."""
    one = quotation(
        TEXT, "café prices rose by 2,500 in US-led talks", source="The UN", cue="said", speaker=UN
    )
    two = quotation(TEXT, "The talks failed", source="they", speaker=UN)
    record(source(TEXT, title="Prices in town"), Document(text=TEXT, quotations=(one, two)))


def found(query: str) -> list[str]:
    names = {"tax": "tax would rise", "must": "must", "prices": "prices", "failed": "failed"}
    contents = list(search(Quotation.objects.all(), query).values_list("content", flat=True))
    return sorted(name for name, words in names.items() if any(words in c for c in contents))


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", ["failed", "must", "prices", "tax"], id="empty-finds-all"),
        pytest.param("  ", ["failed", "must", "prices", "tax"], id="space-finds-all"),
        pytest.param("tax rise", ["tax", "must"], id="content-or-title"),
        pytest.param("café", ["prices", "tax"], id="accents-typed"),
        pytest.param("CAFE", ["prices", "tax"], id="accents-and-case-left-out"),
        pytest.param("talks failed", ["failed"], id="all-words"),
        pytest.param("failed talks", ["failed"], id="any-order"),
        pytest.param('"talks failed"', ["failed"], id="phrase"),
        pytest.param('"failed talks"', [], id="phrase-keeps-order"),
        pytest.param("talks -failed", ["prices"], id="exclusion"),
        pytest.param('talks -"talks failed"', ["prices"], id="phrase-excluded"),
        pytest.param("-talks", ["must", "tax"], id="exclusion-alone"),
        pytest.param("pric*", ["failed", "prices"], id="prefix"),
        pytest.param("pric", [], id="no-prefix-unasked"),
        pytest.param('"café pri"*', ["prices"], id="prefix-of-phrase"),
        pytest.param("ana", ["must", "tax"], id="speaker"),
        pytest.param("Ms Roe", ["must", "tax"], id="speakers-other-name"),
        pytest.param("united nations", ["failed", "prices"], id="speaker-in-full"),
        pytest.param("un", ["failed", "prices"], id="acronym"),
        pytest.param("they", ["failed"], id="mention"),
        pytest.param("town", ["failed", "prices"], id="title"),
        pytest.param("us-led", ["prices"], id="hyphen"),
        pytest.param("2,500", ["prices"], id="number"),
        pytest.param("?!", [], id="no-word"),
        pytest.param("talks OR tax", ["failed", "must", "prices", "tax"], id="either"),
        pytest.param("failed OR prices -town", ["failed"], id="or-binds-least"),
        pytest.param("(failed OR café) -town", ["tax"], id="parentheses"),
        pytest.param("talks or tax", [], id="a-small-or-is-a-word"),
        pytest.param("NEAR(talks failed)", [], id="no-fts5-syntax"),
        pytest.param("talks NOT failed", [], id="no-fts5-operator"),
        pytest.param("talks & !failed", ["failed"], id="no-tsquery-syntax"),
        pytest.param("'; DROP TABLE quotes_quotation; --", [], id="no-sql"),
    ],
)
def test_finds(query, expected):
    assert found(query) == sorted(expected)


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("word", ["talks", "ana", "prices"])
def test_ranks_the_words_themselves_before_their_surroundings(word):
    ranked = search(Quotation.objects.current().for_list(), word, by_relevance=True)
    relevance = [row.relevance for row in ranked]
    assert relevance == sorted(relevance, reverse=True)
    assert len(relevance) == 2
    if word == "prices":
        assert "prices" in ranked[0].content
        assert "prices" not in ranked[1].content
    assert ranked.count() == 2
    assert len(ranked.filter(kind="indirect")[:1]) == 1


@pytest.mark.usefixtures("stored")
@given(st.text(max_size=60))
@example('"')
@example('-"" * -')
@example("\0")
@example("\ud800")
@example("ﬁ ǅ İ ß ²")
@example("a" * 3000)
@example("word " * 500)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_query_breaks_it(query):
    try:
        list(search(Quotation.objects.all(), query))
        list(search(Quotation.objects.all(), query, by_relevance=True))
    except QueryError:
        pass


# --- the index keeps step


@pytest.mark.usefixtures("stored")
def test_follows_every_change():
    quote = Quotation.objects.get(content="The talks failed")
    quote.content = "The walks failed"
    quote.save()
    assert (found("walks"), search(Quotation.objects.all(), '"talks failed"').count()) == (
        ["failed"],
        0,
    )
    Speaker.objects.filter(slug="united-nations").update(name="Völkerbund")
    assert found("volkerbund") == ["failed", "prices"]
    name = SpeakerName.objects.create(speaker=quote.speaker, name="Uno", key="", reason="test")
    assert found("uno") == ["failed", "prices"]
    name.delete()
    assert found("uno") == []
    quote.version.title = "Bread in town"
    quote.version.save()
    assert found("bread") == ["failed", "prices"]
    quote.delete()
    assert found("bread") == ["prices"]


@pytest.mark.usefixtures("stored")
def test_moving_a_name_moves_what_it_finds():
    roe = Speaker.objects.get(slug="ana-roe")
    SpeakerName.objects.filter(name="UN").update(speaker=roe)
    assert found("un") == ["must", "prices", "tax"]


@pytest.mark.usefixtures("stored")
def test_can_be_built_anew():
    search_index.rebuild("default")
    assert found("talks") == ["failed", "prices"]
    search_index.install("default", is_stale=True)
    assert found("talks") == ["failed", "prices"]


@pytest.mark.usefixtures("stored")
def test_holds_nothing_of_what_is_deleted():
    Quotation.objects.all().delete()
    Article.objects.all().delete()
    Outlet.objects.all().delete()
    assert found("talks") == []


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("by_relevance", "queries"),
    [
        pytest.param(False, 1, id="newest first"),
        pytest.param(True, 2, id="which are ranked, then the rows"),
    ],
)
def test_queries(django_assert_num_queries, by_relevance, queries):
    with django_assert_num_queries(queries):
        list(search(Quotation.objects.for_list(), "talks -must", by_relevance=by_relevance))
