"""Jobs of every kind in one list: imports, exports, runs that read stored articles again.

A run that an import began is that import's, and no job of its own. Reads only.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import F, QuerySet

from quotes import exports, locks, run_lock
from quotes.job_reports import STATES, Standing
from quotes.models import Export, ExtractionRun, Import

# Who may look at every account's exports in the admin may see here how they stand.
OPERATORS_RIGHT = "quotes.view_export"
Job = Import | Export | ExtractionRun
Account = User | AnonymousUser
_RUNNING = (Standing.RUNNING, Standing.INTERRUPTED)


class Kind(StrEnum):
    """What a job is."""

    IMPORT = "import"
    EXPORT = "export"
    RUN = "run"


class Wanted(NamedTuple):
    """Which jobs; None and False: any."""

    kind: Kind | None = None
    standing: Standing | None = None
    since: datetime | None = None
    until: datetime | None = None
    mine: bool = False


def seen_by(user: Account) -> QuerySet[Export]:
    """Return the exports whose progress `user` may see: his own, an operator all."""
    if user.has_perm(OPERATORS_RIGHT):
        return Export.objects.all()
    return exports.of(user)


def kind_of(job: Job) -> Kind:
    """Return what `job` is."""
    return {Import: Kind.IMPORT, Export: Kind.EXPORT, ExtractionRun: Kind.RUN}[type(job)]


def one(uid: UUID, user: Account) -> Job | None:
    """Return the job that has `uid`, None if there is none that `user` may see."""
    found = Import.objects.filter(uid=uid).first() or seen_by(user).filter(uid=uid).first()
    return found or _runs().filter(uid=uid).first()


def several(user: Account, wanted: Wanted) -> list[QuerySet[Any]]:
    """Return the wanted jobs that `user` may see, each kind for itself, unordered.

    All have `created_at` and `uid`, by which they can be merged.
    """
    found = [
        _narrowed(rows, wanted)
        for kind, rows in _tables(user, mine=wanted.mine).items()
        if wanted.kind in (None, kind)
    ]
    return [rows for rows in found if not rows.query.is_empty()]


def _tables(user: Account, *, mine: bool) -> dict[Kind, QuerySet[Any]]:
    imports: QuerySet[Any] = Import.objects.all()
    if mine:  # runs are begun from the command line, by nobody's account
        return {Kind.IMPORT: imports.filter(by=user.pk), Kind.EXPORT: exports.of(user)}
    runs = _runs().filter(planned__isnull=False)
    return {Kind.IMPORT: imports, Kind.EXPORT: seen_by(user), Kind.RUN: runs}


def _runs() -> QuerySet[ExtractionRun]:
    return ExtractionRun.objects.annotate(created_at=F("started_at"))


def _narrowed(rows: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    if wanted.since:
        rows = rows.filter(created_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(created_at__lte=wanted.until)
    return rows if wanted.standing is None else of_standing(rows, wanted.standing)


def of_standing(rows: QuerySet[Any], standing: Standing) -> QuerySet[Any]:
    """Return the jobs of one kind that stand so now; looks at the locks where they alone tell."""
    if rows.model is ExtractionRun:
        return _runs_standing(rows, standing)
    if standing not in _RUNNING:
        (state,) = [state for state, stands in STATES.items() if stands is standing]
        return rows.filter(state=state)
    running = rows.filter(state=Import.State.RUNNING)
    held = _held(running.values_list("uid", flat=True))
    is_running = standing is Standing.RUNNING
    return running.filter(uid__in=held) if is_running else running.exclude(uid__in=held)


def _held(uids: Iterable[UUID]) -> list[UUID]:
    """Return those of the jobs with `uids` that a process works at: whose lock is held."""
    by_lock = {locks.of_job(uid): uid for uid in uids}
    return [by_lock[lock] for lock in locks.held(list(by_lock))]


def _runs_standing(runs: QuerySet[Any], standing: Standing) -> QuerySet[Any]:
    if standing is Standing.FINISHED:
        return runs.filter(finished_at__isnull=False)
    if standing in _RUNNING and (standing is Standing.RUNNING) == run_lock.is_held():
        return runs.filter(finished_at__isnull=True)
    return runs.none()
