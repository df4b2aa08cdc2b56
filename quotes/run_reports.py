"""What runs of the extractor did: how far they are, and what they changed. Reads only."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, QuerySet

from quotes import run_lock
from quotes.models import Change, Extraction, ExtractionRun

# The pace is that of the last articles: the first ones waited for models to load.
_PACE_OF_LAST = 50
# Problems that a run keeps; how many there were beyond is known from what is missing at its end.
PROBLEMS_KEPT = 1000
_ROW = {
    "kind": "kind",
    "quotation": "quotation__uid",
    "article": "extraction__version__article__uid",
    "version": "extraction__version__number",
    "before": "before",
    "after": "after",
}


class State(StrEnum):
    """How a run stands. STOPPED: it was ended before it was done, and can be gone on with."""

    RUNNING = "running"
    STOPPED = "stopped"
    FINISHED = "finished"
    IMPORT = "import"  # it stored articles as they came in; nothing was planned


class Progress(NamedTuple):
    """How far a run is. `left_s` is None where nothing tells how long the rest will take."""

    state: State
    done: int
    planned: int | None
    failed: int
    left_s: float | None = None

    @property
    def remaining(self) -> int:
        """Return how many article versions are still to be read, or were left when it ended."""
        return max(0, (self.planned or 0) - self.done - self.failed)

    @property
    def percent(self) -> int:
        """Return how much of what was planned is settled, in percent, rounded down."""
        return 100 - -(-100 * self.remaining // self.planned) if self.planned else 100


def state_of(run: ExtractionRun, *, is_held: bool | None = None) -> State:
    """Return how `run` stands; looks at the lock where that alone can tell and nobody has."""
    if run.planned is None:
        return State.IMPORT
    if run.finished_at:
        return State.FINISHED
    is_held = run_lock.is_held() if is_held is None else is_held
    return State.RUNNING if is_held else State.STOPPED


def progress_of(
    run: ExtractionRun, *, done: int | None = None, is_held: bool | None = None
) -> Progress:
    """Return how far `run` is.

    `done` is how many versions it has read, counted if not given; `is_held` whether a run is at
    work, looked up if not given.
    """
    state = state_of(run, is_held=is_held)
    done = run.extractions.count() if done is None else done
    failed = len(run.problems)
    if state is State.FINISHED and failed >= PROBLEMS_KEPT:
        failed = (run.planned or 0) - done
    return Progress(state, done, run.planned, failed, _left_s(run, state, done + failed))


def _left_s(run: ExtractionRun, state: State, settled: int) -> float | None:
    if state is not State.RUNNING or run.planned is None:
        return None
    times = run.extractions.order_by("-pk").values_list("created_at", flat=True)[:_PACE_OF_LAST]
    last = list(times)
    if len(last) < 2 or last[0] == last[-1]:  # noqa: PLR2004  an interval has two ends
        return None
    each_s = (last[0] - last[-1]).total_seconds() / (len(last) - 1)
    return max(0, run.planned - settled) * each_s


def address_of(run: ExtractionRun) -> str:
    """Return the full address of the page of `run`."""
    return f"{settings.SITE_URL}{run.get_absolute_url()}"


def counts_of(changes: QuerySet[Change]) -> dict[str, int]:
    """Return kind of change -> how many there are of it, every kind, in their order."""
    counted = dict(changes.order_by().values_list("kind").annotate(n=Count("pk")))
    return {kind: counted.get(kind, 0) for kind in Change.Kind.values}


def changes_of(run: ExtractionRun) -> QuerySet[Change]:
    """Return what `run` changed."""
    return Change.objects.filter(extraction__run=run)


def articles_changed(run: ExtractionRun) -> int:
    """Return in how many article versions something that is shown has changed."""
    shown = changes_of(run).exclude(kind=Change.Kind.KEPT)
    return shown.order_by().values("extraction").distinct().count()


def rows_of(changes: QuerySet[Change]) -> Iterator[dict[str, Any]]:
    """Yield changes for machines: kind, uids of quotation and article, version, before, after."""
    for row in changes.values_list(*_ROW.values()).iterator():
        yield dict(zip(_ROW, row, strict=True))


def done_by(runs: Sequence[ExtractionRun]) -> dict[int, int]:
    """Return key of a run -> article versions that it has read, in one query."""
    counted = Extraction.objects.filter(run__in=runs).order_by().values_list("run")
    return dict(counted.annotate(n=Count("pk")))


def changes_by(runs: Sequence[ExtractionRun]) -> dict[int, int]:
    """Return key of a run -> changes that it has made, in one query."""
    counted = Change.objects.filter(extraction__run__in=runs).order_by()
    return dict(counted.values_list("extraction__run").annotate(n=Count("pk")))
