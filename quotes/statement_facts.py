"""Reports of a statement -> who reported it first, how it spread, from how many sources. Pure.

Nothing here says who *said* it first: only which of the articles that were read has it earliest.
What has a date and no time is compared as a day, and never called earlier than what has a time.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from quotes.params import PAGES, PageParams

_LAST = datetime.max.replace(tzinfo=UTC)  # of reports without a time
_Place = tuple[bool, date, bool, datetime, int]
_ENOUGH = 2  # outlets, times or verbs, below which there is nothing to compare


class Seen(NamedTuple):
    """A report, as far as its statement is counted.

    `day` and `at` are of publication; `article`, `copies`, `outlet`, `speaker` are keys.
    """

    quotation: int
    uid: str
    possible: bool
    cue: str
    day: date | None
    at: datetime | None
    title: str
    article: int
    copies: int | None
    outlet: int | None
    outlet_name: str
    speaker: int | None = None

    @property
    def published_on(self) -> date | None:
        """Return the day in UTC where the time is known, else the day that is given."""
        return self.at.astimezone(UTC).date() if self.at else self.day

    @property
    def place(self) -> _Place:
        """Return by what reports are put in order: the earliest first, undated ones last."""
        if self.at is not None:
            return False, self.at.astimezone(UTC).date(), False, self.at, self.quotation
        return self.day is None, self.day or date.max, True, _LAST, self.quotation


# --- who reported it first


@dataclass(frozen=True)
class First:
    """The earliest of several reports; several `reports` if none of them is earlier.

    `at` is their time, None where only days are known. `untimed` are of the same day and give no
    time: any of them may be as early. `undated` counts those that give no day.
    """

    day: date
    at: datetime | None
    reports: tuple[Seen, ...]
    untimed: tuple[Seen, ...]
    undated: int

    @property
    def is_tie(self) -> bool:
        """Say whether several are the earliest alike."""
        return len(self.reports) > 1


def first(seen: Iterable[Seen]) -> First | None:
    """Return which reports are the earliest; None if none has a date."""
    rows = sorted(seen, key=lambda one: one.place)
    dated = [one for one in rows if one.published_on is not None]
    if not dated or dated[0].published_on is None:
        return None
    day = dated[0].published_on
    same_day = [one for one in dated if one.published_on == day]
    earliest = same_day[0].at
    untimed = tuple(one for one in same_day if one.at is None)
    undated = len(rows) - len(dated)
    if earliest is None:
        return First(day, None, untimed, (), undated)
    return First(
        day, earliest, tuple(one for one in same_day if one.at == earliest), untimed, undated
    )


# --- how it spread


class Step(NamedTuple):
    """An outlet's first report, how many outlets had it by then, and where the plot shows that."""

    report: Seen
    outlets: int
    x: float
    y: float


@dataclass(frozen=True)
class Spread:
    """How many outlets had reported it by when: a rising line in a box of `WIDTH` by `HEIGHT`.

    `undated` is how many outlets are left out since they give no date, `without_outlet` how many
    articles since their outlet is not known.
    """

    steps: tuple[Step, ...]
    undated: int
    without_outlet: int
    has_untimed: bool

    WIDTH = 1000.0
    HEIGHT = 100.0

    @property
    def line(self) -> str:
        """Return the line as an SVG path: level until an outlet joins, then up."""
        start = self.steps[0]
        parts = [f"M{start.x:.1f} {start.y:.1f}"]
        parts += [f"H{step.x:.1f}V{step.y:.1f}" for step in self.steps[1:]]
        return "".join(parts)

    @property
    def area(self) -> str:
        """Return what lies under the line as an SVG path."""
        return f"{self.line}V{self.HEIGHT:.0f}H{self.steps[0].x:.1f}Z"

    @property
    def listed(self) -> tuple[Step, ...]:
        """Return the steps that a table lists, the earliest."""
        return self.steps[: PAGES.spread_rows]

    @property
    def first(self) -> Step:
        """Return where the line begins."""
        return self.steps[0]

    @property
    def last(self) -> Step:
        """Return where it ends."""
        return self.steps[-1]


_MARGIN = 12.0  # of the plot's box, so that the first and the last point are whole


def _moment(one: Seen) -> datetime:
    """Return where in time a dated report is put: a day without a time at its end.

    Before who has a time it would seem to be the first, which nobody knows.
    """
    day = one.published_on or date.max
    return one.at or datetime.combine(day, time.max, tzinfo=UTC)


_Point = tuple[datetime, _Place, Seen]


def _in_time(point: _Point) -> tuple[datetime, _Place]:
    return point[:2]


def spread(seen: Iterable[Seen]) -> Spread | None:
    """Return how a statement spread over outlets; None where there are not two moments of two."""
    rows = list(seen)
    earliest: dict[int, _Point] = {}
    for one in rows:
        if one.outlet is not None and one.published_on is not None:
            point = (_moment(one), one.place, one)
            earliest[one.outlet] = min(earliest.get(one.outlet, point), point, key=_in_time)
    points = sorted(earliest.values(), key=_in_time)
    if len(points) < _ENOUGH or points[0][0] == points[-1][0]:
        return None
    begin, end = points[0][0], points[-1][0]
    whole, count = (end - begin).total_seconds(), len(points)
    inner = Spread.WIDTH - 2 * _MARGIN
    steps = tuple(
        Step(
            one,
            number,
            round(_MARGIN + inner * (moment - begin).total_seconds() / whole, 1),
            round(Spread.HEIGHT - (Spread.HEIGHT - _MARGIN) * number / count, 1),
        )
        for number, (moment, _, one) in enumerate(points, 1)
    )
    undated = {one.outlet for one in rows if one.outlet is not None} - set(earliest)
    unnamed = {one.article for one in rows if one.outlet is None}
    has_untimed = any(step.report.at is None for step in steps)
    return Spread(steps, len(undated), len(unnamed), has_untimed)


# --- wire copies


@dataclass(frozen=True)
class Sources:
    """Of how many articles and outlets, how many are independent; copies of one text count once.

    An article whose outlet is not known is no outlet: `without_outlet` of the articles have none.
    `wires` are how many articles carry the same text, for each text that several carry.
    """

    reports: int
    articles: int
    outlets: int
    without_outlet: int
    independent: int
    wires: tuple[int, ...]


def sources(seen: Sequence[Seen], independent: int) -> Sources:
    """Return from where these reports are; `independent` as quotes/copies.py counts it."""
    return Sources(
        reports=len(seen),
        articles=len({one.article for one in seen}),
        outlets=len({one.outlet for one in seen if one.outlet is not None}),
        without_outlet=len({one.article for one in seen if one.outlet is None}),
        independent=independent,
        wires=tuple(sorted(carrying(seen).values(), reverse=True)),
    )


def carrying(seen: Iterable[Seen]) -> dict[int, int]:
    """Return group of copies -> how many of these articles are in it, where several are."""
    articles: dict[int, set[int]] = defaultdict(set)
    for one in seen:
        if one.copies is not None:
            articles[one.copies].add(one.article)
    return {group: len(found) for group, found in articles.items() if len(found) > 1}


# --- verbs of attribution


class Verb(NamedTuple):
    """The words that attribute a report ("said", "claimed"), and in how many reports."""

    words: str
    reports: int


class OutletVerbs(NamedTuple):
    """By which words an outlet attributes the statement, the most frequent first.

    `more` is how many others it uses, which are not listed.
    """

    outlet: str
    verbs: tuple[Verb, ...]
    more: int = 0


def verbs(seen: Iterable[Seen], *, params: PageParams = PAGES) -> tuple[OutletVerbs, ...]:
    """Return the verbs of attribution by outlet, in the order of the outlets' names.

    Of many outlets those with the most reports that have a verb. None unless several outlets use
    several verbs: else there is nothing to compare.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in seen:
        if one.outlet_name and one.cue:
            # A cue may end with the colon that leads on to the words.
            counts[one.outlet_name][" ".join(one.cue.casefold().split()).rstrip(":,")] += 1
    used = {word for counter in counts.values() for word in counter}
    if len(counts) < _ENOUGH or len(used) < _ENOUGH:
        return ()
    most = sorted(counts, key=lambda name: (-counts[name].total(), name))[: params.verb_outlets]
    few = params.verbs_listed
    return tuple(
        OutletVerbs(
            name,
            tuple(Verb(*each) for each in counts[name].most_common(few)),
            max(0, len(counts[name]) - few),
        )
        for name in sorted(most)
    )
