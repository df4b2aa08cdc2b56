"""Counts by day -> what a bar plot shows: bins of one length, heights, labels. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

FULL = 100.0  # height of the tallest bar
BAR_WIDTH = 10.0  # with the gap to the next


class Bar(NamedTuple):
    """The counts of the days from `first` to `last`; `height` is 100 for the tallest bar."""

    label: str
    first: date
    last: date
    number: int
    height: float
    place: int

    @property
    def left(self) -> float:
        """Return where the bar's share of the axis begins, `BAR_WIDTH` for each bar before it."""
        return BAR_WIDTH * self.place

    @property
    def top(self) -> float:
        """Return the distance of the bar's top from the plot's."""
        return FULL - self.height


@dataclass(frozen=True)
class Plot:
    """Bars side by side, one for each `unit` of time from the first to the last with a count."""

    unit: str
    bars: tuple[Bar, ...]

    @property
    def width(self) -> float:
        """Return the length of the axis."""
        return BAR_WIDTH * len(self.bars)

    @property
    def tallest(self) -> Bar:
        """Return the bar with the largest count, the earliest of several."""
        return max(self.bars, key=lambda bar: bar.number)

    @property
    def ticks(self) -> tuple[Bar, ...]:
        """Return the bars whose labels stand under the axis: first, middle, last."""
        places = sorted({0, len(self.bars) // 2, len(self.bars) - 1})
        if len(self.bars) < 3:  # noqa: PLR2004  no middle
            return self.bars
        return tuple(self.bars[place] for place in places)

    @property
    def total(self) -> int:
        """Return the sum of all counts."""
        return sum(bar.number for bar in self.bars)


class Unit(NamedTuple):
    """A length of time: the bin that a day falls into, its first day, and its label."""

    name: str
    place: Callable[[date], int]
    first: Callable[[int], date]
    label: Callable[[date, date], str]


def plot(counts: Mapping[date, int], *, max_bars: int) -> Plot | None:
    """Return the plot of counts by day, in the shortest unit that gives at most `max_bars` bars.

    None where one day has all counts, or none has: there is nothing to compare. Days between the
    first and the last that have no count are bars of height 0.
    """
    days = {day: count for day, count in counts.items() if count > 0}
    if len(days) < 2:  # noqa: PLR2004  nothing to compare
        return None
    low, high = min(days), max(days)
    unit = next((u for u in UNITS if u.place(high) - u.place(low) < max_bars), UNITS[-1])
    sums: dict[int, int] = {}
    for day, count in days.items():
        sums[unit.place(day)] = sums.get(unit.place(day), 0) + count
    return Plot(unit.name, tuple(_bars(unit, sums)))


def _bars(unit: Unit, sums: Mapping[int, int]) -> Iterator[Bar]:
    start, tallest = min(sums), max(sums.values())
    for place in range(start, max(sums) + 1):
        first, last, count = unit.first(place), _last(unit, place), sums.get(place, 0)
        height = round(FULL * count / tallest, 2)
        yield Bar(unit.label(first, last), first, last, count, height, place - start)


def _last(unit: Unit, place: int) -> date:
    """Return the last day of a bin; the last of all days if the calendar ends in it."""
    try:
        return unit.first(place + 1) - timedelta(days=1)
    except ValueError:
        return date.max


def _years(name: str, length: int) -> Unit:
    """Return a unit of `length` years, counted from the year 0, which the calendar lacks."""
    return Unit(
        name,
        lambda day: day.year // length,
        lambda place: date(max(1, place * length), 1, 1),
        lambda first, last: str(first.year) if length == 1 else f"{first.year}–{last.year}",
    )


UNITS = (
    Unit("day", date.toordinal, date.fromordinal, lambda day, _: f"{day.day} {day:%B} {day.year}"),
    Unit(
        "month",
        lambda day: day.year * 12 + day.month - 1,
        lambda place: date(place // 12, place % 12 + 1, 1),
        lambda day, _: f"{day:%B} {day.year}",
    ),
    _years("year", 1),
    _years("decade", 10),
    _years("century", 100),
    _years("millennium", 1000),
)
