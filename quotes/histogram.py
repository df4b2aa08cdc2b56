"""How many matches of a search were published when: bars of one length of time, from first to last.

Up to `SEARCH.timeline_counted` matches are counted, each. Of more, the counts are estimated from
some days of each bar and every so manieth quotation of these, at a bounded cost at any size; then
`is_estimated` says so. Writes nothing.
Source: docs/decisions/0029-search-page-and-mail.md.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connections

from quotes import plots, selections
from quotes.models import QuotationQuerySet
from quotes.params import SEARCH, SearchParams
from quotes.plots import Plot
from quotes.search import backend, newest_first, sought
from quotes.search_documents import KEY_BITS
from quotes.search_newest import Stretch, newest, oldest, statement
from quotes.search_terms import Sought
from quotes.selections import Query

_FIRST_DATED = 1 << KEY_BITS  # keys below it have no day
_LOW, _HIGH = -1, -2  # no key is negative
_GOLDEN = 0.618_033_988_749_895
_WEEK, _OTHER_WEEKDAY = 7, 3


@dataclass(frozen=True, slots=True)
class Timeline:
    """Counts by time of publication; no `plot` where all matches are of one day, `only`, or none.

    `looked_at` matches were looked at. If `is_estimated`, the bars are reckoned from these, and
    `is_floor` where a day had more than are looked at: then there may be more. `undated` matches
    have no day; more if `undated_over`.
    """

    plot: Plot | None = None
    only: date | None = None
    looked_at: int = 0
    is_estimated: bool = False
    is_floor: bool = False
    undated: int = 0
    undated_over: bool = False


class _Stretch(NamedTuple):
    """Some days that stand for more: `weight` times themselves, in the bar of the day `bar`."""

    first: date
    days: int
    bar: date
    weight: float


class _Range(NamedTuple):
    """What a search asks, of which ranges of keys can be taken."""

    rows: QuotationQuerySet
    what: Sought

    def all(self) -> QuotationQuerySet:
        """Return the matches."""
        if self.what.term is None:
            return newest_first(self.rows, self.what)
        return backend(self.rows.db).matching(self.rows, self.what)

    def between(self, low: int, high: int) -> Any:  # annotated: `recency` is no field
        """Return the matches with keys [low, high); the index reads nothing else."""
        what = self.what._replace(low=low, high=high)
        if what.term is None:
            return newest_first(self.rows, what)
        return backend(self.rows.db).matching(self.rows, what, in_ranges=True)


def timeline(rows: QuotationQuerySet, query: Query, *, params: SearchParams = SEARCH) -> Timeline:
    """Return the timeline of those of `rows` that `query` selects.

    One query where it is counted, four where it is estimated, and what names in it take to be
    looked up. Raises SelectionError as `selections.clean` does.
    """
    asked = selections.ask(rows, query)
    if asked and asked.alone:
        asked = asked._replace(rows=rows, filters=asked.alone)
    what = sought(asked.words, asked.filters, using=rows.db) if asked else None
    if asked is None or what is None:
        return Timeline()
    matches = _Range(asked.rows, what)
    whole: Any = matches.all()
    is_few = whole.query.annotations["recency"].is_few
    most = params.timeline_looked_up if is_few else params.timeline_counted
    keys = [key for (key,) in newest(whole, ["key"], most + 1)]
    if len(keys) <= most:
        return _counted(keys, params)
    return _estimated(matches, keys, params)


def _counted(keys: Sequence[int], params: SearchParams) -> Timeline:
    numbers = Counter(key >> KEY_BITS for key in keys)
    counts = {date.fromordinal(day): number for day, number in numbers.items() if day}
    undated = len(keys) - sum(counts.values())
    plot = plots.plot(counts, max_bars=params.timeline_bars)
    only = None if plot else next(iter(counts), None)
    return Timeline(plot, only, len(keys), undated=undated)


# --- estimates


def _estimated(matches: _Range, newest_keys: Sequence[int], params: SearchParams) -> Timeline:
    """Return the timeline from a sample and the newest keys, one more than are counted."""
    first_dated = max(matches.what.low, _FIRST_DATED)
    before = matches.between(matches.what.low, first_dated)
    undated = len(oldest(before, ["key"], params.counted + 1))
    bare = Timeline(
        looked_at=len(newest_keys),
        is_estimated=True,
        undated=min(undated, params.counted),
        undated_over=undated > params.counted,
    )
    first = oldest(matches.between(first_dated, matches.what.high), ["key"], 1)
    if not first:
        return bare
    low, high = (date.fromordinal(key >> KEY_BITS) for key in (first[0][0], newest_keys[0]))
    if low == high:
        return replace(bare, only=low, is_floor=True)
    since = max(newest_keys[-1] >> KEY_BITS, low.toordinal())
    a_day = len(newest_keys) / ((newest_keys[0] >> KEY_BITS) - since + 1)
    step = max(1, round(a_day / params.timeline_stretch_rows))
    length = max(1, round(params.timeline_stretch_rows / a_day))
    bars = _bars(low, high, params.timeline_estimated_bars)
    stretches = _sample(bars, length, params.timeline_stretches)
    numbers = _counts(matches, stretches, step, params.timeline_stretch_most)
    counts: dict[date, float] = {low: 0.0, high: 0.0}
    for stretch, number in zip(stretches, numbers, strict=True):
        counts[stretch.bar] = counts.get(stretch.bar, 0.0) + number * step * stretch.weight
    # Of the first and the last day one match at least is known.
    whole = {day: max(round(count), int(day in (low, high))) for day, count in counts.items()}
    return replace(
        bare,
        plot=plots.plot(whole, max_bars=params.timeline_estimated_bars),
        looked_at=len(newest_keys) + sum(numbers),
        is_floor=any(number >= params.timeline_stretch_most for number in numbers),
    )


def _bars(low: date, high: date, most: int) -> list[tuple[date, date]]:
    """Return first and last day of each bar that `plots.plot` makes from `low` to `high`."""
    plot = plots.plot({low: 1, high: 1}, max_bars=most)
    bars = plot.bars if plot else ()
    return [(max(low, bar.first), min(high, bar.last)) for bar in bars]


def _sample(bars: Sequence[tuple[date, date]], days: int, most: int) -> list[_Stretch]:
    """Return stretches of `days` days, `most` in all and two of each bar at least, evenly spread.

    Where they would meet, a bar is one stretch.
    """
    each = max(2, most // max(1, len(bars)))
    found = []
    for place, (first, last) in enumerate(bars):
        # By its last day the last bar keeps the end of the axis.
        bar = last if place == len(bars) - 1 else first
        length = (last - first).days + 1
        if each * days >= length:
            found.append(_Stretch(first, length, bar, 1.0))
            continue
        offsets = [_offset(i, length / each, days) for i in range(each)]
        weight = length / (each * days)
        found += [_Stretch(first + timedelta(o), days, bar, weight) for o in offsets]
    return found


def _offset(place: int, share: float, days: int) -> int:
    """Return where in its share of a bar a stretch begins: each elsewhere, and on another weekday.

    Multiples of the golden section fall evenly and into no rhythm.
    """
    start, room = math.ceil(place * share), math.floor((place + 1) * share) - days
    fraction = (0.5 + place * _GOLDEN) % 1
    if room - start < _WEEK:
        return start + int((room - start) * fraction)
    rough = start + int((room - start - _WEEK + 1) * fraction)
    return rough + (_OTHER_WEEKDAY * place - rough) % _WEEK


def _counts(matches: _Range, stretches: Sequence[_Stretch], step: int, most: int) -> list[int]:
    """Return how many matches of each have a number divisible by `step`, up to `most` each."""
    # The range of the one statement is each stretch's in turn: columns in its place.
    inside: Any = matches.between(_LOW, _HIGH)
    key: str = inside.query.annotations["recency"].sql
    share = Stretch(f"{key} %% %s = 0", (step,), key)
    sql, values = statement(inside, ["key"], most, stretch=share, is_newest=False)
    columns = {_LOW: "stretches.low", _HIGH: "stretches.high"}
    parts = sql.split("%s")
    marks = [columns.get(value, "%s") for value in values]
    sql = "".join(f"{part}{mark}" for part, mark in zip(parts, [*marks, ""], strict=True))
    rows = ", ".join(["(%s, %s, %s)"] * len(stretches))
    counting = f"""WITH stretches(place, low, high) AS (VALUES {rows})
        SELECT place, (SELECT COUNT(*) FROM ({sql}) hits) FROM stretches ORDER BY place"""  # noqa: S608  bound
    bound: list[Any] = []
    for place, stretch in enumerate(stretches):
        low = stretch.first.toordinal()
        bound += [place, low << KEY_BITS, (low + stretch.days) << KEY_BITS]
    with connections[matches.rows.db].cursor() as cursor:
        cursor.execute(counting, bound + [value for value in values if value not in columns])
        return [number for _, number in cursor.fetchall()]
