"""Counts by day as bars: nothing is lost, nothing counted twice, and bars can be hit."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.plots import plot

MAX_BARS = 12
COUNTS = st.dictionaries(st.dates(), st.integers(0, 50), max_size=12)


def days(*texts: str) -> dict[date, int]:
    return {date.fromisoformat(text): 1 for text in texts}


@pytest.mark.parametrize("counts", [{}, days("2017-07-05"), {date(2017, 7, 5): 3, date.max: 0}])
def test_one_day_is_no_plot(counts):
    assert plot(counts, max_bars=MAX_BARS) is None


@pytest.mark.parametrize(
    ("first", "last", "unit", "labels"),
    [
        pytest.param(
            "2017-07-30", "2017-08-01", "day", ["30 July 2017", "1 August 2017"], id="days"
        ),
        pytest.param("2017-07-05", "2017-07-16", "day", ["5 July 2017", "16 July 2017"], id="12"),
        pytest.param("2017-07-05", "2017-07-17", "month", ["July 2017", "July 2017"], id="13-days"),
        pytest.param(
            "2016-12-31", "2017-11-01", "month", ["December 2016", "November 2017"], id="m"
        ),
        pytest.param("2016-12-31", "2017-12-01", "year", ["2016", "2017"], id="13-months"),
        pytest.param(
            "2005-01-01", "2017-12-01", "decade", ["2000–2009", "2010–2019"], id="13-years"
        ),
        pytest.param("1789-07-14", "2017-12-01", "century", ["1700–1799", "2000–2099"], id="long"),
        pytest.param("0001-01-01", "9999-12-31", "millennium", ["1–999", "9000–9999"], id="all"),
    ],
)
def test_the_unit_follows_the_range(first, last, unit, labels):
    found = plot(days(first, last), max_bars=MAX_BARS)
    assert found.unit == unit
    assert [found.bars[0].label, found.bars[-1].label] == labels


def test_days_without_a_count_are_bars_too():
    found = plot({date(2017, 7, 1): 4, date(2017, 7, 3): 1}, max_bars=MAX_BARS)
    assert [(bar.number, bar.height, bar.place) for bar in found.bars] == [
        (4, 100.0, 0),
        (0, 0.0, 1),
        (1, 25.0, 2),
    ]
    assert found.tallest.label == "1 July 2017"
    assert found.total == 5


@pytest.mark.parametrize(("count", "ticks"), [(2, [0, 1]), (3, [0, 1, 2]), (9, [0, 4, 8])])
def test_ticks_are_first_middle_last(count, ticks):
    start = date(2017, 7, 1)
    found = plot({start + timedelta(days=n): 1 for n in range(count)}, max_bars=MAX_BARS)
    assert [bar.place for bar in found.ticks] == ticks


@given(COUNTS)
def test_every_count_is_in_the_one_bar_that_its_day_falls_into(counts):
    found = plot(counts, max_bars=MAX_BARS)
    if found is None:
        assert sum(count > 0 for count in counts.values()) < 2
        return
    assert found.total == sum(counts.values())
    for bar in found.bars:
        inside = (count for day, count in counts.items() if bar.first <= day <= bar.last)
        assert bar.number == sum(inside)


@given(COUNTS)
def test_bars_are_few_and_join(counts):
    found = plot(counts, max_bars=MAX_BARS)
    if found is None:
        return
    assert len(found.bars) <= MAX_BARS
    assert max(bar.height for bar in found.bars) == 100.0
    assert found.bars[0].count
    assert found.bars[-1].count
    for one, next_one in zip(found.bars, found.bars[1:], strict=False):
        assert next_one.first - one.last == timedelta(days=1)
        assert next_one.place == one.place + 1
    assert len({bar.label for bar in found.bars}) == len(found.bars)
