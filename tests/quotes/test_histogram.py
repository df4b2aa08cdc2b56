"""The timeline of a search: counted where matches are few, estimated where they are many."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from quotes.histogram import _bars, _offset, _sample, timeline
from quotes.models import Quotation
from quotes.nlp.document import Document
from quotes.params import SEARCH
from quotes.selections import SelectionError, narrow
from tests.builders import quotation, source

_WORDS = ("one", "two", "three", "four", "five", "six")
DAYS = st.dates(date(1900, 1, 1), date(2030, 12, 31))
MANY = SEARCH.model_copy(update={"timeline_counted": 3})


@pytest.fixture
def published(record):
    """Store an article for each day given ("" for none), with as many quotations as it says."""

    def store(numbers):
        for place, (day, number) in enumerate(numbers):
            said = [f"tax {word} {place}" for word in _WORDS[:number]]
            text = " ".join(f"The UN said {words}." for words in said)
            found = tuple(quotation(text, words) for words in said)
            record(
                source(text, published_on=day or None, origin=f"a{place}"),
                Document(text=text, quotations=found),
            )

    return store


def shown(found):
    bars = found.plot.bars if found.plot else ()
    return {bar.label: bar.number for bar in bars if bar.number}


def asked(query, params=SEARCH):
    return timeline(Quotation.objects.current(), query, params=params)


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.parametrize(
    ("numbers", "query", "unit", "expected", "undated"),
    [
        pytest.param(
            [("2026-03-01", 2), ("2026-03-03", 1)],
            {},
            "day",
            {"1 March 2026": 2, "3 March 2026": 1},
            0,
            id="days",
        ),
        pytest.param(
            [("2026-01-31", 1), ("2026-02-01", 1), ("2026-05-01", 3), ("", 2)],
            {},
            "month",
            {"January 2026": 1, "February 2026": 1, "May 2026": 3},
            2,
            id="months-and-undated",
        ),
        pytest.param(
            [("1996-01-31", 1), ("2026-02-01", 1)],
            {},
            "year",
            {"1996": 1, "2026": 1},
            0,
            id="years",
        ),
        pytest.param(
            [("2026-03-01", 2), ("2026-03-03", 1), ("2026-03-05", 1)],
            {"q": ["two OR one"], "published_from": ["2026-03-02"]},
            "day",
            {"3 March 2026": 1, "5 March 2026": 1},
            0,
            id="narrowed",
        ),
        pytest.param(
            [("2026-03-01", 2), ("2026-03-03", 1)],
            {"min_confidence": ["0.9"]},
            None,
            {},
            0,
            id="by-what-no-index-knows",
        ),
        pytest.param([("2026-03-01", 1)], {"speaker": ["nobody"]}, None, {}, 0, id="not-stored"),
    ],
)
def test_few_are_counted(published, numbers, query, unit, expected, undated):
    published(numbers)
    found = asked(query)
    assert (found.plot.unit if found.plot else None, shown(found)) == (unit, expected)
    assert (found.undated, found.is_estimated) == (undated, False)


@pytest.mark.django_db
@pytest.mark.database
def test_one_day_has_nothing_to_compare(published):
    published([("2026-03-01", 2)])
    found = asked({})
    assert (found.plot, found.only, found.looked_at) == (None, date(2026, 3, 1), 2)


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.parametrize(
    "query", [{}, {"q": ["tax"]}, {"q": ["tax before:2026-12-01"]}, {"min_confidence": ["0.1"]}]
)
def test_of_many_short_bars_are_taken_whole(published, query):
    """Where a bar's stretches would meet it is one: the estimate is then exact."""
    published([("2026-01-10", 4), ("2026-02-20", 2), ("2026-06-30", 6), ("", 3)])
    found = asked(query, MANY)
    assert found.is_estimated
    assert shown(found) == {"January 2026": 4, "February 2026": 2, "June 2026": 6}
    assert (found.undated, found.is_floor) == (0 if "before" in str(query) else 3, False)


@pytest.mark.django_db
@pytest.mark.database
def test_of_very_many_some_days_stand_for_all(published):
    """Every day alike: what stands for more comes out as it is, but for the ends."""
    first = date(2026, 1, 1)
    published([(str(first + timedelta(days)), 2) for days in range(90)])
    params = SEARCH.model_copy(
        update={
            "timeline_counted": 10,
            "timeline_stretches": 12,
            "timeline_stretch_rows": 4,
            "timeline_estimated_bars": 3,
        }
    )
    found = asked({"q": ["tax"]}, params)
    assert found.is_estimated
    assert shown(found) == {"January 2026": 62, "February 2026": 56, "March 2026": 62}
    assert found.looked_at < 90


@pytest.mark.django_db
@pytest.mark.database
def test_what_the_database_looks_up_as_quickly_as_a_sample_is_counted(published, monkeypatch):
    published([("2026-01-10", 4), ("2026-02-20", 2), ("2026-06-30", 6), ("", 3)])
    monkeypatch.setattr("quotes.search_sqlite._gathers", lambda _: True)
    monkeypatch.setattr("quotes.search_newest.Recency.is_few", True)
    monkeypatch.setattr("quotes.search_postgresql.frequencies", lambda _: None)
    found = asked({"q": ["tax"]}, MANY)
    assert (found.is_estimated, found.looked_at, found.undated) == (False, 15, 3)
    most = MANY.model_copy(update={"timeline_looked_up": 14})
    assert asked({"q": ["tax"]}, most).is_estimated


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "is_counted"),
    [
        pytest.param("tax", False, id="a word"),
        pytest.param("ta*", False, id="two letters, of which FTS5 keeps a list"),
        pytest.param("taxi*", True, id="four, whose words it gathers for each stretch"),
        pytest.param("said:one OR taxi*", True, id="among others"),
    ],
)
def test_long_beginnings_are_counted_on_sqlite(query, is_counted):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL goes by what its statistics say")
    found = narrow(Quotation.objects.current(), {"q": [query]})
    assert found.query.annotations["recency"].is_few == is_counted


@pytest.mark.django_db
@pytest.mark.database
def test_a_day_with_more_than_is_read_is_a_floor(published):
    published([("2026-01-10", 6), ("2026-02-20", 2)])
    found = asked({}, MANY.model_copy(update={"timeline_stretch_most": 2}))
    assert found.is_floor
    assert shown(found)["January 2026"] == 2


@pytest.mark.django_db
@pytest.mark.database
@pytest.mark.parametrize(("params", "queries"), [(SEARCH, 1), (MANY, 4)])
@pytest.mark.parametrize("articles", [1, 10])
def test_queries_do_not_grow(published, params, queries, articles):
    published([(f"20{10 + n}-01-10", 4) for n in range(articles)] + [("2026-05-05", 2)])
    with CaptureQueriesContext(
        connection,
    ) as done:
        asked({}, params)
    assert len(done) == queries


@pytest.mark.django_db
def test_bad_filters_are_refused():
    with pytest.raises(SelectionError):
        asked({"kind": ["spoken"]})


@given(DAYS, DAYS, st.integers(1, 60), st.integers(2, 120))
def test_stretches_lie_in_their_bars_and_stand_for_all_of_them(one, other, days, most):
    low, high = sorted((one, other))
    if low == high:
        return
    bars = _bars(low, high, 24)
    assert bars[0][0] == low
    assert bars[-1][1] == high
    found = _sample(bars, days, most)
    total = 0.0
    for stretch in found:
        last = stretch.first + timedelta(stretch.days - 1)
        assert any(start <= stretch.first and last <= end for start, end in bars)
        total += stretch.days * stretch.weight
    assert total == pytest.approx((high - low).days + 1)
    assert len(found) <= max(most, 2 * len(bars))
    ordered = sorted(found)
    for before, after in pairwise(ordered):
        assert before.first + timedelta(before.days) <= after.first  # no day twice


def test_stretches_are_not_all_of_one_weekday():
    assert len({_offset(place, 365 / 4, 1) % 7 for place in range(4)}) == 4
    assert len({_offset(place, 365 / 12, 1) % 7 for place in range(7)}) == 7
