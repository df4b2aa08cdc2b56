"""Who reported it first, how it spread, of how many sources: tables written from reading."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes import copies, statement_facts
from quotes.statement_facts import Seen, Spread

THIRD, FOURTH = date(2026, 10, 3), date(2026, 10, 4)
EIGHT = datetime(2026, 10, 3, 8, 0, tzinfo=UTC)


def seen(number, day=None, at=None, outlet=None, **fields):
    known = {"possible": False, "cue": "said", "copies": None, "title": "T", "article": number}
    name = "" if outlet is None else f"Outlet {outlet}"
    return Seen(quotation=number, uid=f"q{number}", day=day, at=at, outlet=outlet,
                outlet_name=name, **{**known, **fields})  # fmt: skip


def uids(rows):
    return [one.uid for one in rows]


# --- who reported it first


@pytest.mark.parametrize(
    ("rows", "day", "at", "first", "untimed", "undated"),
    [
        pytest.param([seen(1, THIRD, EIGHT), seen(2, FOURTH)], THIRD, EIGHT, ["q1"], [], 0,
                     id="an-earlier-day"),
        pytest.param([seen(1, THIRD, EIGHT.replace(hour=9)), seen(2, THIRD, EIGHT)],
                     THIRD, EIGHT, ["q2"], [], 0, id="an-earlier-time"),
        pytest.param([seen(1, THIRD, EIGHT), seen(2, THIRD)], THIRD, EIGHT, ["q1"], ["q2"], 0,
                     id="a-day-without-a-time-is-not-earlier"),
        pytest.param([seen(1, THIRD), seen(2, THIRD)], THIRD, None, ["q1", "q2"], [], 0,
                     id="a-tie-of-days"),
        pytest.param([seen(1, THIRD, EIGHT), seen(2, THIRD, EIGHT)], THIRD, EIGHT, ["q1", "q2"],
                     [], 0, id="a-tie-of-times"),
        pytest.param([seen(1), seen(2, FOURTH)], FOURTH, None, ["q2"], [], 1, id="undated"),
        # Half past midnight in Berlin is half past ten of the day before in London.
        pytest.param(
            [seen(1, FOURTH, datetime(2026, 10, 4, 0, 30, tzinfo=timezone(timedelta(hours=2)))),
             seen(2, THIRD, EIGHT.replace(hour=23))],
            THIRD, datetime(2026, 10, 3, 22, 30, tzinfo=UTC), ["q1"], [], 0, id="zones"),
    ],
)  # fmt: skip
def test_first(rows, day, at, first, untimed, undated):
    found = statement_facts.first(rows)
    assert found is not None
    assert (found.day, found.at) == (day, at)
    assert (uids(found.reports), uids(found.untimed)) == (first, untimed)
    assert found.undated == undated
    assert found.is_tie == (len(first) > 1)


def test_nobody_is_first_without_dates():
    assert statement_facts.first([seen(1), seen(2)]) is None
    assert statement_facts.first([]) is None


TIMES = st.one_of(st.none(), st.datetimes(timezones=st.just(UTC)))
ROWS = st.lists(
    st.builds(
        seen,
        st.integers(1, 10**6),
        st.one_of(st.none(), st.dates()),
        TIMES,
        st.one_of(st.none(), st.integers(1, 5)),
    ),
    max_size=12,
)


@given(ROWS)
def test_nothing_dated_is_earlier_than_the_first(rows):
    found = statement_facts.first(rows)
    dated = [one for one in rows if one.published_on is not None]
    assert (found is None) == (not dated)
    if found:
        assert min(one.published_on for one in dated) == found.day
        times = [one.at for one in dated if one.at and one.published_on == found.day]
        assert found.at == (min(times) if times else None)
        assert found.undated == len(rows) - len(dated)


# --- how it spread


def test_a_line_rises_with_each_outlet():
    rows = [seen(1, THIRD, EIGHT, 1), seen(2, THIRD, EIGHT.replace(hour=14), 2),
            seen(3, THIRD, EIGHT.replace(hour=20), 3), seen(4, FOURTH, None, 1),
            seen(5, THIRD, EIGHT.replace(hour=9)), seen(6), seen(7, outlet=4)]  # fmt: skip
    found = statement_facts.spread(rows)
    assert found is not None
    assert [step.outlets for step in found.steps] == [1, 2, 3]
    assert uids(step.report for step in found.steps) == ["q1", "q2", "q3"]
    # The second stands in the middle of the twelve hours.
    assert [step.x for step in found.steps] == [12.0, 500.0, 988.0]
    assert (found.undated, found.without_outlet, found.has_untimed) == (1, 2, False)
    assert found.line.startswith("M12.0")


def test_who_gives_no_time_does_not_come_before_who_gives_one():
    rows = [
        seen(1, THIRD, None, 1),
        seen(2, THIRD, EIGHT, 2),
        seen(3, FOURTH, EIGHT.replace(day=4), 3),
    ]
    found = statement_facts.spread(rows)
    assert found is not None
    assert uids(step.report for step in found.steps) == ["q2", "q1", "q3"]
    assert found.has_untimed


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="none"),
        pytest.param([seen(1, THIRD, EIGHT, 1), seen(2, FOURTH, None, 1)], id="one-outlet"),
        pytest.param([seen(1, THIRD, EIGHT, 1), seen(2, THIRD, EIGHT, 2)], id="one-moment"),
        pytest.param([seen(1, THIRD, EIGHT, 1), seen(2, None, None, 2)], id="one-dated"),
        pytest.param([seen(1, THIRD, EIGHT, 1), seen(2, FOURTH)], id="one-whose-outlet-is-known"),
    ],
)
def test_there_is_no_line_without_two_moments(rows):
    assert statement_facts.spread(rows) is None


@given(ROWS)
def test_the_line_stays_in_its_box_and_never_falls(rows):
    found = statement_facts.spread(rows)
    if found:
        places = [(step.x, -step.y) for step in found.steps]
        assert places == sorted(places)
        assert all(0 <= step.x <= Spread.WIDTH for step in found.steps)
        assert all(0 <= step.y <= Spread.HEIGHT for step in found.steps)


# --- sources, verbs


@pytest.mark.parametrize(
    ("rows", "articles", "outlets", "unnamed", "independent", "wires"),
    [
        pytest.param([seen(1, outlet=1), seen(2, outlet=2)], 2, 2, 0, 2, (), id="two"),
        pytest.param([seen(1, outlet=1), seen(2, outlet=1), seen(3), seen(4), seen(5, article=4)],
                     4, 1, 2, 4, (), id="an-outlet-that-is-not-known-is-none"),
        pytest.param([seen(1, copies=7), seen(2, copies=7), seen(3, copies=7), seen(4), seen(5)],
                     5, 0, 5, 3, (3,), id="a-wire-text"),
        pytest.param([seen(1, copies=7), seen(2, copies=8)], 2, 0, 2, 2, (),
                     id="copies-of-what-does-not-report-it"),
        pytest.param([seen(1, copies=7), seen(2, copies=7, article=1)], 1, 0, 1, 1, (),
                     id="twice-in-one-article"),
        pytest.param([], 0, 0, 0, 0, (), id="none"),
    ],
)  # fmt: skip
def test_sources(rows, articles, outlets, unnamed, independent, wires):
    counted = copies.independent((one.article, one.copies) for one in rows)
    found = statement_facts.sources(rows, counted)
    assert (found.articles, found.outlets, found.without_outlet) == (articles, outlets, unnamed)
    assert (found.independent, found.wires) == (independent, wires)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([seen(1, outlet=1), seen(2, outlet=2)], [], id="one-verb"),
        pytest.param([seen(1, outlet=1), seen(2, outlet=1, cue="claimed")], [], id="one-outlet"),
        pytest.param([seen(1, outlet=1), seen(2), seen(3, cue="claimed")], [], id="nobody-known"),
        pytest.param([seen(1, outlet=1), seen(2, outlet=2, cue="said:")], [], id="a-colon"),
        pytest.param(
            [seen(1, outlet=2, cue="Said"), seen(2, outlet=2), seen(3, outlet=2, cue="told  us"),
             seen(4, outlet=1, cue="claimed")],
            [("Outlet 1", [("claimed", 1)]), ("Outlet 2", [("said", 2), ("told us", 1)])],
            id="two",
        ),
    ],
)  # fmt: skip
def test_verbs(rows, expected):
    found = statement_facts.verbs(rows)
    assert [(row.outlet, [tuple(verb) for verb in row.verbs]) for row in found] == expected
