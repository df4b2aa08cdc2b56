"""How imports stand: what they did, how far they are, how long the rest takes. Reads only."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import PurePath
from typing import NamedTuple

from django.db.models import QuerySet

from quotes import locks
from quotes.models import Export, Import, ImportItem
from quotes.params import JOBS
from quotes.source_texts import is_web_address

_SECONDS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
RIGHT = "quotes.add_import"
# What several files of one upload are kept in.
PACKED = "upload.zip"


class Standing(StrEnum):
    """How a job stands. INTERRUPTED: it was to run on, and nobody works at it."""

    WAITING = "waiting"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def words(self) -> str:
        """Return the word that people read."""
        return self.value.capitalize()

    @property
    def is_live(self) -> bool:
        """Say whether what is shown of it may change by itself."""
        return self in (Standing.WAITING, Standing.RUNNING)

    @property
    def can_resume(self) -> bool:
        """Say whether it was stopped before it was done."""
        return self in (Standing.INTERRUPTED, Standing.CANCELLED, Standing.FAILED)

    @property
    def can_cancel(self) -> bool:
        """Say whether there is something to be cancelled."""
        return self in (Standing.WAITING, Standing.RUNNING, Standing.INTERRUPTED)


# As it is stored -> how it stands; one that is stored as running may have been interrupted.
STATES = {
    Import.State.PENDING: Standing.WAITING,
    Import.State.FINISHED: Standing.FINISHED,
    Import.State.CANCELLED: Standing.CANCELLED,
    Import.State.FAILED: Standing.FAILED,
}


class Progress(NamedTuple):
    """How far a job is: the share that is done, 0 to 1, and the seconds left; None if not known."""

    standing: Standing
    share: float | None
    left_s: float | None = None

    @property
    def percent(self) -> int | None:
        """Return the share in percent, rounded down."""
        return None if self.share is None else int(100 * self.share)


class Row(NamedTuple):
    """An import in a list."""

    job: Import
    progress: Progress
    words: str
    source: str


def progress_of(job: Import) -> Progress:
    """Return how far `job` is; looks at its lock where that alone can tell."""
    is_held = job.state == Import.State.RUNNING and locks.of_job(job.uid).is_held()
    standing = standing_of(job, is_held=is_held)
    return Progress(standing, share_of(job), _left_s(job) if is_held else None)


def standing_of(job: Import | Export, *, is_held: bool) -> Standing:
    """Return how `job` stands; `is_held` says whether its lock is."""
    if job.state == Import.State.RUNNING:
        return Standing.RUNNING if is_held else Standing.INTERRUPTED
    return STATES[Import.State(job.state)]


def share_of(job: Import) -> float | None:
    """Return how much of `job` is done, by bytes where they are known, else by items."""
    if job.state == Import.State.FINISHED:
        return 1.0
    if job.bytes_total:
        return min(1.0, job.bytes_done / job.bytes_total)
    return min(1.0, job.done / job.total) if job.total else None


def rows_of(jobs: Sequence[Import], *, may_see_all: bool) -> list[Row]:
    """Return imports for a list, with one look at all their locks."""
    running = {job.pk: locks.of_job(job.uid) for job in jobs if job.state == Import.State.RUNNING}
    held = locks.held(list(running.values()))
    rows = []
    for job in jobs:
        standing = standing_of(job, is_held=running.get(job.pk) in held)
        progress = Progress(standing, share_of(job))
        source = source_words(job, may_see_all=may_see_all)
        rows.append(Row(job, progress, words_of(job, progress), source))
    return rows


def _left_s(job: Import) -> float | None:
    """Return the seconds that the rest will take at the pace of the last items."""
    share = share_of(job)
    last = list(job.items.order_by("-number").values_list("number", "at")[: JOBS.pace_of_last])
    if not share or len(last) < 2:  # noqa: PLR2004  an interval has two ends
        return None
    (newest, until), (oldest, since) = last[0], last[-1]
    each_s = (until - since).total_seconds() / (newest - oldest)
    return each_s * job.done * (1 - share) / share


def items_of(job: Import, outcome: str = "") -> QuerySet[ImportItem]:
    """Return the items of `job` that stored something or were refused, in order."""
    rows = job.items.select_related("version__article").defer("version__text")
    return (rows.filter(outcome=outcome) if outcome else rows).order_by("number")


def words_of(job: Import, progress: Progress) -> str:
    """Return how far `job` is, in a sentence or two."""
    things = "item" if job.done == 1 else "items"
    counts = (
        f"{job.new:,} new, {job.changed:,} changed, {job.same:,} the same, {job.refused:,} refused."
    )
    if progress.standing is Standing.WAITING:
        return "Nobody has begun with it yet." if not job.done else f"To be gone on with. {counts}"
    left = ""
    if progress.left_s is not None:
        left = f", {duration(progress.left_s)} left"
    elif progress.percent is not None and progress.standing is not Standing.FINISHED:
        left = f", {progress.percent} % of all"
    return f"{job.done:,} {things} read{left}: {counts}"


def duration(seconds: float) -> str:
    """Return a length of time in the words of one unit."""
    for unit_s, name in _SECONDS:
        if seconds >= unit_s:
            count = round(seconds / unit_s)
            return f"about {count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"


def source_words(job: Import, *, may_see_all: bool, most: int = 3) -> str:
    """Return what `job` reads, in a line; folders of this machine only for those who may import."""
    names = [origin_shown(source, may_see_all=may_see_all) for source in job.sources]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def item_shown(item: ImportItem, job: Import, *, may_see_all: bool) -> str:
    """Return where an item of `job` came from, as `origin_shown`; of uploads by their own names."""
    origin = item.origin
    if job.options.get("uploaded") and len(job.sources) > 1:
        # How they are kept, in one archive and with an ending for each, is no name of theirs.
        origin = origin.removeprefix(f"{PACKED}/")
        named = origin.removesuffix(".txt")
        origin = named if named in job.sources else origin
    return origin_shown(origin, may_see_all=may_see_all)


def origin_shown(origin: str, *, may_see_all: bool) -> str:
    """Return a path or address; of a path only the name, for those who may not see this machine."""
    if origin == "-":
        return "standard input"
    if may_see_all or is_web_address(origin):
        return origin
    return PurePath(origin).name
