"""The newest matches, read in stretches of time where PostgreSQL's frequencies say so."""

from datetime import UTC, datetime
from itertools import product

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from quotes import search_frequencies, search_newest, search_postgresql
from quotes.models import ArticleVersion, Quotation
from quotes.nlp.document import Document
from quotes.params import SearchParams
from quotes.query_language import All, Either, Not, Words
from quotes.search import most_certain, newest_part, oldest_first, search, sought
from quotes.search_documents import LAST_KEY, MARK, ROWS
from quotes.search_frequencies import Frequencies, frequencies
from quotes.search_newest import KEY, OLDEST_FIRST, Stretch, first, last_stored, newest, oldest
from quotes.search_terms import Sought, Tag
from quotes.selections import narrow
from tests.builders import UN, quotation, source

# As if two matches were many: the newest year or two are looked at first.
FEW = SearchParams(counted=2, looked_up_share=1.0, stretch_share=0.9, stretch_expected=1.0)
DAYS = (None, "2017-05-01", "2018-05-01", "2018-07-01", "2019-01-01", "2019-12-31", "2020-02-02")
SHARES = {"a": 0.5, "rail": 0.1, "rails": 0.2, f"{MARK}pof_the": 0.05, "of": 0.4, "the": 0.6}
YEARS = {f"{MARK}y2019": 0.25, f"{MARK}y2020": 0.5}
KNOWN = Frequencies(1_000.0, SHARES | YEARS, sorted(SHARES | YEARS), 0.01)


@pytest.fixture
def years(record):
    """Seven quotations of “rail”, published from 2017 to 2020, one without a day; counted."""
    for number, day in enumerate(DAYS):
        tax = "tax" if number % 2 else "fare"
        text = f"The UN said the rail {tax} of the town rose by {number} dollars."
        content = text.removeprefix("The UN said ")
        found = quotation(text, content, source="The UN", cue="said", speaker=UN)
        article = source(text, origin=f"articles/{number}.txt", published_on=day)
        record(article, Document(text=text, quotations=(found,)))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {ROWS}")
    search_frequencies.forget()
    yield
    search_frequencies.forget()


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("years")
@pytest.mark.parametrize(
    ("query", "matches", "stretches"),
    [
        pytest.param("rail", 7, 2, id="of the newest year or two first"),
        pytest.param("rail -tax", 4, 2, id="what is left after exclusion"),
        pytest.param("ra*", 7, 2, id="beginnings"),
        pytest.param('"rail tax"', 3, 2, id="a phrase, as if all that have its words had it"),
        pytest.param("nowhere", 0, 1, id="of all years at once, as there are few"),
        pytest.param("rail after:2018", 5, 2, id="since some day"),
        pytest.param("rail before:2019", 5, 0, id="up to some day is for the planner"),
    ],
)
def test_as_many_as_without_stretches(query, matches, stretches):
    found = search(Quotation.objects.current(), query)
    keys = sorted(found.values_list("recency", flat=True), reverse=True)
    assert len(keys) == matches
    if connection.vendor == "postgresql":
        some = search_postgresql.stretches(sought(query), frequencies("default"), 2, params=FEW)
        assert len(some) == stretches
        found.query.annotations["recency"].stretches = tuple(some)
    for most in range(1, len(DAYS) + 2):
        assert [key for (key,) in newest(found, ["key"], most)] == keys[:most]


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("years")
def test_what_is_selected_besides_holds_in_each_stretch():
    some = Quotation.objects.filter(content__contains="fare")
    found = search(some, "rail")
    if connection.vendor == "postgresql":
        parts = search_postgresql.stretches(sought("rail"), frequencies("default"), 2, params=FEW)
        found.query.annotations["recency"].stretches = tuple(parts)
    keys = sorted(found.values_list("recency", flat=True), reverse=True)
    assert len(keys) == 4
    assert [key for (key,) in newest(found, ["key"], 3)] == keys[:3]


@pytest.fixture
def former(years):  # noqa: ARG001
    """One of the seven is no longer found, one is of a former version, one is reviewed."""
    gone, old, reviewed = Quotation.objects.order_by("pk")[1:4]
    Quotation.objects.filter(pk=gone.pk).update(status=Quotation.Status.GONE)
    ArticleVersion.objects.filter(pk=old.version_id).update(is_current=False)
    Quotation.objects.filter(pk=reviewed.pk).update(review=Quotation.Review.CONFIRMED)


SELECTIONS = [
    pytest.param({}, 5, id="all"),
    pytest.param({"kind": ["indirect"]}, 5, id="what most have, which is asked of the rows"),
    pytest.param({"kind": ["direct"]}, 0, id="none"),
    pytest.param({"q": ["rail"]}, 5, id="a word"),
    pytest.param({"q": ["rail -tax"]}, 3, id="one without another"),
    pytest.param({"q": ['"rail tax"']}, 2, id="a phrase"),
    pytest.param({"speaker": ["united-nations"]}, 5, id="a speaker"),
    pytest.param({"speaker": ["united-nations"], "q": ["tax"]}, 2, id="a speaker and a word"),
    pytest.param({"reviewed": ["true"]}, 1, id="reviewed"),
    pytest.param({"reviewed": ["true"], "speaker": ["united-nations"]}, 1, id="theirs, reviewed"),
    pytest.param({"reviewed": ["true"], "q": ["rail"]}, 1, id="a word, reviewed"),
    pytest.param({"published_from": ["2019-01-01"]}, 3, id="since a day"),
]


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("former")
@pytest.mark.parametrize(("query", "count"), SELECTIONS)
def test_the_index_alone_tells_what_the_joined_tables_tell(query, count):
    current = Quotation.objects.current().for_list()
    joined = newest(narrow(current.filter(pk__gt=0), query), ["key", "kind"], 9)
    assert len(joined) == count
    with CaptureQueriesContext(connection) as done:
        found = narrow(current, query)
        before = len(done)
        alone = newest(found, ["key", "kind"], 9)
    assert alone == joined
    assert not any("quotes_quotation" in one["sql"] for one in done.captured_queries[before:])
    assert oldest(found, ["key"], 2) == [row[:1] for row in joined[::-1][:2]]
    fares = found.filter(content__contains="fare")
    kept = fares.order_by("-recency").values_list("recency", flat=True)
    assert [key for (key,) in newest(fares, ["key"], 9)] == list(kept)


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("former")
@pytest.mark.parametrize("query", ["rail", "rail tax", "tax OR fare"])
def test_a_part_of_the_order_by_relevance(query):
    current = Quotation.objects.current().for_list()
    whole = list(search(current, query, by_relevance=True))
    assert whole
    for rows in (current, current.filter(pk__gt=0)):
        for part in (slice(2), slice(1, 3), slice(9, 12)):
            assert list(search(rows, query, by_relevance=True, part=part)) == whole[part]


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("former")
def test_a_list_in_stretches_is_in_order():
    found = search(Quotation.objects.current(), "rail").filter(pk__gt=0)
    whole = list(found.order_by("-recency"))
    for stretches in ((), (Stretch(f"{ROWS}.year >= 2019", (), KEY), Stretch("", (), KEY))):
        found.query.annotations["recency"].stretches = stretches
        for most in range(1, len(whole) + 2):
            assert first(found, ("-recency",), most) == whole[:most]
    assert first(found, ("recency",), 2) == whole[::-1][:2]
    assert first(found.filter(pk=0), ("-recency",), 2) == []


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("former")
@pytest.mark.parametrize("walked", [1, 4, 100])
def test_in_the_order_of_changes(monkeypatch, walked):
    monkeypatch.setattr(search_newest, "SEARCH", SearchParams(walked=walked))
    moments = [datetime(2026, 3, 4, hour, tzinfo=UTC) for hour in (9, 8, 9, 7)]
    for number, key in enumerate(Quotation.objects.order_by("pk").values_list("pk", flat=True)):
        Quotation.objects.filter(pk=key).update(updated_at=moments[number % 4])
    places = [None, Q(updated_at__gt=moments[3]), Q(updated_at__lt=moments[0])]
    current = Quotation.objects.current().for_list()
    for query, _ in (param.values for param in SELECTIONS):
        found = narrow(current, query)
        for sign, beyond in product(("", "-"), places):
            order = (f"{sign}updated_at", f"{sign}id")
            every = list((found if beyond is None else found.filter(beyond)).order_by(*order))
            for most in (1, 2, 9):
                assert first(found, order, most, beyond) == every[:most], (query, order, most)


@pytest.mark.django_db
@pytest.mark.usefixtures("former")
def test_what_is_among_the_first_changes_is_found_there(monkeypatch, django_assert_num_queries):
    found = narrow(Quotation.objects.current(), {"speaker": ["united-nations"]})
    count = Quotation.objects.count()
    for walked, most, queries in ((count, 1, 3), (count, 9, 4), (count + 1, 1, 2)):
        monkeypatch.setattr(search_newest, "SEARCH", SearchParams(walked=walked))
        with django_assert_num_queries(queries):
            first(found, ("updated_at", "id"), most)


def of_age(row):
    """Return the place of a row from the oldest on: what has no day comes last."""
    day = row.version.published_on
    return (day is None, day, row.pk)


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("former")
@pytest.mark.parametrize("spare", [pytest.param(100, id="the last hold all"), 0])
def test_parts_of_the_newest_and_the_oldest_and_last_stored_first(monkeypatch, spare):
    monkeypatch.setattr(search_newest, "_SPARE", spare)
    current = Quotation.objects.current().for_list()
    for query, count in (param.values for param in SELECTIONS):
        every = narrow(current, query)
        for found in (every, every.filter(content__contains="fare")):
            rows = list(found)
            assert len(rows) == count or found is not every, query
            oldest, last = sorted(rows, key=of_age), sorted(-row.pk for row in rows)
            newest_first = sorted(rows, key=lambda row: -row.recency)
            for part in (slice(0, 2), slice(1, 3), slice(0, 9)):
                with CaptureQueriesContext(connection) as done:
                    assert list(newest_part(current, found, part)) == newest_first[part], query
                assert len(done) <= 3
                with CaptureQueriesContext(connection) as done:
                    assert list(oldest_first(current, found, part)) == oldest[part], query
                assert len(done) <= 3
                with CaptureQueriesContext(connection) as done:
                    assert last_stored(found, part.stop) == [-key for key in last][: part.stop]
                assert len(done) <= 3
    assert list(every.order_by(*OLDEST_FIRST)) == sorted(every, key=of_age)


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.usefixtures("former")
@pytest.mark.parametrize("counted", [pytest.param(100, id="all"), pytest.param(3, id="of many")])
def test_the_most_certain_of_the_newest(monkeypatch, counted):
    monkeypatch.setattr("quotes.search.SEARCH", SearchParams(counted=counted))
    for number, row in enumerate(Quotation.objects.order_by("pk")):
        sure = (0.5, 0.9, 0.7)[number % 3]
        Quotation.objects.filter(pk=row.pk).update(confidence=sure, speaker_confidence=0.1)
    current = Quotation.objects.current().for_list()
    for query, _ in (param.values for param in SELECTIONS):
        every = narrow(current, query)
        for found in (every, every.filter(content__contains="fare")):
            some = list(found.order_by("-recency"))[:counted]
            best = sorted(some, key=lambda row: (-row.confidence, -row.version_id, row.position))
            for part in (slice(2), slice(1, 3), slice(9)):
                with CaptureQueriesContext(connection) as done:
                    assert list(most_certain(current, found, part)) == best[part], query
                assert len(done) <= 4
    assert list(most_certain(current, current.none(), slice(2))) == []


@pytest.mark.parametrize(
    ("term", "share"),
    [
        pytest.param(Words(("rail",)), 0.1, id="a word"),
        pytest.param(Words(("unheard",)), 0.01, id="one too rare to be counted"),
        pytest.param(Words(("rai",), is_prefix=True), 0.31, id="what begins so, and some unheard"),
        pytest.param(Words(("of", "rail")), 0.1, id="a phrase, as its rarest word"),
        pytest.param(Words(("of", "the")), 0.05, id="a pair of common words is counted itself"),
        pytest.param(All((Words(("a",)), Words(("rail",)))), 0.05, id="both"),
        pytest.param(Either((Words(("a",)), Words(("the",)))), 1.0, id="either, all at most"),
        pytest.param(All((Words(("a",)), Not(Words(("rail",))))), 0.45, id="one and not another"),
        pytest.param(Tag(f"{MARK}y2020"), 0.5, id="a year"),
    ],
)
def test_shares(term, share):
    assert KNOWN.share(term) == pytest.approx(share)


def test_years_come_newest_first():
    assert KNOWN.years() == [(2020, 0.5), (2019, 0.25)]


@pytest.mark.parametrize(
    ("term", "is_looked_up"),
    [
        pytest.param(Words(("unheard",)), False, id="the planner knows how rare a word is"),
        pytest.param(Words(("unheard", "rail")), True, id="not how rare a phrase is"),
        pytest.param(Words(("a", "rail")), False, id="of frequent words, as names are"),
        pytest.param(Words(("of", "the")), False, id="nor of a pair that is counted"),
        pytest.param(Either((Words(("rail",)), Words(("un", "the")))), False, id="many besides"),
        pytest.param(All((Words(("rail",)), Words(("un", "the")))), True, id="wherever it stands"),
        pytest.param(Words(("un", "heard"), is_prefix=True), True, id="its last word begun"),
    ],
)
def test_what_is_looked_up(term, is_looked_up):
    what = Sought(term, 0, LAST_KEY)
    assert ("+ 0" in search_postgresql.order(what, KNOWN)) == is_looked_up
    assert "+ 0" not in search_postgresql.order(what, None)
