"""Imports: made, worked at, cancelled, gone on with. Each item is stored once and counted once.

An item's rows, the import's counters and its position move in one transaction, so that an import
that is killed at any moment goes on behind the last item that is settled. Who works at an import
holds its lock (quotes/locks.py). Why: docs/decisions/0019-imports.md.
"""

import logging
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any, NamedTuple, cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.files import File
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from quotes import job_sources, locks, store, tasks
from quotes.extraction import (
    configured_extractor,
    extract_groups,
    in_groups,
    with_quotations_only,
)
from quotes.ingest import Refusal, SourceText, clip
from quotes.job_sources import Numbered, SpoolError
from quotes.models import ArticleVersion, ExtractionRun, Feed, Import, ImportItem
from quotes.nlp.document import Document

logger = logging.getLogger(__name__)

State, Kind, Outcome = Import.State, Import.Kind, ImportItem.Outcome
SAME = "same"
_WAITING = (State.PENDING, State.RUNNING)
_PROBLEM_CHARS, _REMEDY_CHARS, _ORIGIN_CHARS = 1000, 500, 2000
_REMEDY = "check the text; the other articles are not affected"
# What says that the machine or the database failed, and nothing about an article.
_FAILURES = (OperationalError, InterfaceError, OSError, MemoryError, SpoolError)


class JobError(RuntimeError):
    """What was asked of an import is not possible as it stands; says why, and the remedy."""


class Settled(NamedTuple):
    """What became of an item: "same", or one of ImportItem.Outcome; its version or its refusal."""

    number: int
    outcome: str
    version: ArticleVersion | None
    refusal: Refusal | None
    bytes_done: int
    total: int | None


Tell = Callable[[Settled], None]


class Given(NamedTuple):
    """An item that was read, and its version in the store, if it is there already."""

    read: Numbered
    known: ArticleVersion | None

    @property
    def text(self) -> str:
        """Return what of the item is to be extracted, "" if nothing."""
        return self.read.item.text if self.is_new and isinstance(self.read.item, SourceText) else ""

    @property
    def is_new(self) -> bool:
        """Say whether the item is an article that was not stored when it was read."""
        return isinstance(self.read.item, SourceText) and self.known is None


# --- from outside


def create(  # noqa: PLR0913  what an import has, each by its name
    kind: str,
    sources: Sequence[str],
    *,
    by: AbstractBaseUser | AnonymousUser | None = None,
    options: dict[str, Any] | None = None,
    upload: "File[Any] | None" = None,
    feed: Feed | None = None,
    uid: uuid.UUID | None = None,
) -> Import:
    """Store and return an import that waits to be worked at.

    `sources` are paths, web addresses or "-" in reading order; with an `upload` or a `feed` they
    only name it. `options` are those of ReadOptions, "workers", and "folder", to which paths are
    relative.
    """
    account = by if by is not None and by.is_authenticated else None
    job = Import(
        uid=uid or uuid.uuid4(),
        kind=kind,
        sources=list(sources),
        options=options or {},
        feed=feed,
        by_id=account.pk if account else None,
        by_name=account.get_username() if account else "",
    )
    if upload is not None:
        job.upload.save(f"{job.uid}/{upload.name}", upload, save=False)
    job.save()
    return job


def launch(job: Import) -> None:
    """Have `job` worked at once the transaction is committed: by Celery, or another process."""
    tasks.later("import", str(job.uid))


def lock_of(job: Import) -> locks.Lock:
    """Return the lock of who works at `job`."""
    return locks.of_job(job.uid)


def cancel(job: Import) -> None:
    """Stop `job` after the item that is being settled; what is settled stays.

    Does nothing to an import that has ended. It can be gone on with (`resume`).
    """
    rows = Import.objects.filter(pk=job.pk, state__in=_WAITING)
    if not rows.update(cancel_requested=True):
        return
    if not lock_of(job).is_held():
        # Whoever takes it up at this moment sees the request, and ends it too.
        rows.update(state=State.CANCELLED, finished_at=timezone.now())
    job.refresh_from_db()


def resume(job: Import) -> None:
    """Have `job` gone on with behind what is settled; JobError if it has nothing left to do."""
    _reopen(job)
    launch(job)


def _reopen(job: Import) -> None:
    if job.state == State.FINISHED:
        raise JobError("this import is finished; start another one")
    if job_sources.is_gone(job):
        raise JobError("its files have been removed meanwhile; upload them in another import")
    stopped = Import.objects.filter(pk=job.pk).exclude(state=State.FINISHED)
    stopped.exclude(state=State.RUNNING, cancel_requested=False).update(
        state=State.PENDING, cancel_requested=False, finished_at=None, problem=""
    )
    job.refresh_from_db()


def waiting(*, unseen_s: float = 0.0) -> Iterator[Import]:
    """Yield the imports that nobody works at and that are not done, the oldest first.

    Only those that showed no life for `unseen_s` seconds.
    """
    before = timezone.now() - timedelta(seconds=unseen_s)
    rows = Import.objects.filter(state__in=_WAITING, cancel_requested=False)
    if unseen_s:
        rows = rows.annotate(life=Coalesce("seen_at", "created_at")).filter(life__lt=before)
    for job in rows.order_by("pk"):
        if not lock_of(job).is_held():
            yield job


# --- the work


def work(job: Import, tell: Tell | None = None) -> None:
    """Read, extract and store what is left of `job`, here; `tell` hears of each settled item.

    Raises locks.BusyError if another process works at it, and what stopped it (models that do not
    load, a full disk) once that is noted in `job`. An import that waits for nothing is left alone.
    """
    with lock_of(job).hold():
        work_locked(job, tell)


def work_locked(job: Import, tell: Tell | None = None) -> None:
    """Do what `work` does; the caller holds the lock of `job`."""
    is_resumed = job.started_at is not None
    if not _begin(job):
        return
    settler = Settler(job, tell)
    try:
        with settler:
            _settle_all(job, settler, is_resumed=is_resumed)
    except Cancelled:
        _end(job, State.CANCELLED)
    except Exception as error:
        logger.exception("import failed uid=%s", job.uid)
        _fail(job, error)
        raise
    else:
        _end(job, State.FINISHED)
        job_sources.discard(job)


def start_locked(job: Import, tell: Tell | None = None) -> None:
    """Go on with `job` though it was cancelled or failed; the caller holds its lock."""
    _reopen(job)
    work_locked(job, tell)


def stop_locked(job: Import) -> None:
    """Note that who works at `job` was told to stop; the caller holds its lock, and has stopped.

    It is not taken up by itself again, as one that was interrupted is, but can be gone on with.
    """
    _end(job, State.CANCELLED)


def drop_if_same(job: Import) -> None:
    """Delete a finished `job` that found nothing new, changed or refused: there is nothing to see.

    For imports that are repeated as a matter of course: of the same folder, of a feed.
    """
    if job.state == State.FINISHED and not (job.new or job.changed or job.refused):
        job_sources.discard(job)
        job.delete()


def _begin(job: Import) -> bool:
    now = timezone.now()
    rows = Import.objects.filter(pk=job.pk, state__in=_WAITING)
    begun = rows.filter(cancel_requested=False).update(
        state=State.RUNNING,
        started_at=Coalesce("started_at", now),
        seen_at=now,
        finished_at=None,
        problem="",
        bytes_total=job_sources.size_of(job),
    )
    if not begun:
        rows.update(state=State.CANCELLED, finished_at=now)
    job.refresh_from_db()
    return bool(begun)


def _end(job: Import, state: str, problem: str = "") -> None:
    now = timezone.now()
    total = F("done") if state == State.FINISHED else F("total")
    bytes_done = F("bytes_total") if state == State.FINISHED else F("bytes_done")
    Import.objects.filter(pk=job.pk).update(
        state=state,
        finished_at=now,
        seen_at=now,
        total=total,
        bytes_done=Coalesce(bytes_done, "bytes_done"),
        problem=clip(problem, _PROBLEM_CHARS),
    )
    job.refresh_from_db()


def _fail(job: Import, error: Exception) -> None:
    """Note why `job` stopped; where not even that can be stored, it stays as one interrupted."""
    connection.close_if_unusable_or_obsolete()
    try:
        _end(job, State.FAILED, _problem_of(error))
    except DatabaseError:
        logger.exception("the failure could not be stored uid=%s", job.uid)


def _problem_of(error: Exception) -> str:
    if isinstance(error, DatabaseError):
        return f"the database failed ({error}); mend that, then go on with this import"
    if isinstance(error, (*_FAILURES, RuntimeError)):
        return f"stopped ({error}); mend that, then go on with this import"
    return f"stopped by an error that nobody foresaw ({type(error).__name__}): see the log"


def _settle_all(job: Import, settler: "Settler", *, is_resumed: bool) -> None:
    workers = int(job.options.get("workers", 1))
    given = _given(job, is_resumed=is_resumed)
    groups = in_groups(given, lambda item: len(item.text), workers=workers)
    found = extract_groups(groups, _texts, with_quotations_only, workers=workers)
    # However the loop ends, worker processes and files are closed now, not by the collector.
    with closing(given), closing(cast("Generator[Any, None, None]", found)):
        for group, docs in found:
            made = iter(docs)
            for item in group:
                settler.settle(item, next(made) if item.is_new else None)
            settler.flush()


def _given(job: Import, *, is_resumed: bool) -> Generator[Given, None, None]:
    """Yield the items behind those that are settled, each with what is stored of it."""
    with closing(job_sources.numbered(job, is_resumed=is_resumed)) as items:
        for read in items:
            if read.number > job.done:
                item = read.item
                known = store.find_version(item) if isinstance(item, SourceText) else None
                yield Given(read, known)


def _texts(group: list[Given]) -> list[str]:
    return [item.text for item in group if item.is_new]


class Cancelled(Exception):  # noqa: N818  nothing is wrong
    """Somebody asked that the import be stopped."""


class Settler:
    """Settles items in order, each in one transaction with the import's counters and position.

    Items that are stored already need no transaction of their own: they move with the next one,
    or with `flush`.
    """

    def __init__(self, job: Import, tell: Tell | None) -> None:
        self._job = job
        self._tell = tell or (lambda _: None)
        self._same = 0
        self._reached: Numbered | None = None
        self._run: ExtractionRun | None = None

    def __enter__(self) -> "Settler":
        return self

    def __exit__(self, *_: object) -> None:
        if self._run is None:
            return
        try:
            store.close_run(self._run)
        except DatabaseError:  # what ended the import says why
            logger.exception("the run could not be closed uid=%s", self._run.uid)

    def settle(self, given: Given, doc: Document | Exception | None) -> None:
        """Settle an item; `doc` is what was made of a new one. Cancelled if that is asked for."""
        read = given.read
        known = given.known
        if known is None and isinstance(read.item, SourceText):
            known = store.find_version(read.item)  # twice in one import
        if known is not None:
            if isinstance(read.item, SourceText):
                store.seen_again(read.item, known)
            self._same += 1
            self._reached = read
            self._tell(Settled(read.number, SAME, known, None, read.bytes_done, read.total))
            return
        if isinstance(doc, Document):
            self._open_run()
        with transaction.atomic():
            item = self._stored(read, doc)
            item.save(force_insert=True)
            self._move(read, item.outcome)
        self._same, self._reached = 0, None
        self._tell(_settled(read, item))
        self._check_cancelled()

    def flush(self) -> None:
        """Store how far the import is. Cancelled if that is asked for."""
        if self._reached:
            self._move(self._reached, None)
            self._same, self._reached = 0, None
        self._check_cancelled()

    def _move(self, read: Numbered, outcome: str | None) -> None:
        counted = {outcome: F(outcome) + 1} if outcome else {}
        Import.objects.filter(pk=self._job.pk).update(
            done=read.number,
            bytes_done=read.bytes_done,
            total=read.total,
            same=F("same") + self._same,
            seen_at=timezone.now(),
            **counted,
        )

    def _check_cancelled(self) -> None:
        if Import.objects.filter(pk=self._job.pk, cancel_requested=True).exists():
            raise Cancelled

    def _stored(self, read: Numbered, doc: Document | Exception | None) -> ImportItem:
        """Store an article; return the item, yet to be saved: a refused one where it cannot be."""
        if isinstance(read.item, Refusal):
            return self._refused(read, read.item)
        if not isinstance(doc, Document) or self._run is None:
            return self._refused(read, _refusal(read.item, doc))
        try:
            version = store.record(read.item, doc, self._run).version
        except _FAILURES:
            raise
        except Exception as error:  # one article's rows can break in ways of their own
            logger.exception("not stored origin=%s", read.item.origin)
            return self._refused(read, _refusal(read.item, error))
        outcome = Outcome.NEW if version.number == 1 else Outcome.CHANGED
        return ImportItem(
            job=self._job,
            number=read.number,
            origin=clip(read.item.origin, _ORIGIN_CHARS),
            outcome=outcome,
            version=version,
        )

    def _refused(self, read: Numbered, refusal: Refusal) -> ImportItem:
        return ImportItem(
            job=self._job,
            number=read.number,
            origin=clip(refusal.origin, _ORIGIN_CHARS),
            line=refusal.line,
            outcome=Outcome.REFUSED,
            problem=clip(refusal.problem, _PROBLEM_CHARS),
            remedy=clip(refusal.remedy, _REMEDY_CHARS),
        )

    def _open_run(self) -> None:
        """Open the import's run: the one it had, where the extractor is still the same."""
        if self._run is not None:
            return
        provenance = configured_extractor().provenance
        run = self._job.run
        if run is None or run.fingerprint != provenance.fingerprint:
            run = store.open_run(provenance)
        self._run = self._job.run = run
        self._job.save(update_fields=["run"])


def _refusal(source: SourceText, error: object) -> Refusal:
    problem = f"could not be processed ({error})"
    return Refusal(origin=source.origin, problem=problem, remedy=_REMEDY)


def _settled(read: Numbered, item: ImportItem) -> Settled:
    refusal = None
    if item.outcome == Outcome.REFUSED:
        # As it was read, not as it was clipped for the table.
        refusal = read.item if isinstance(read.item, Refusal) else None
        refusal = refusal or Refusal(origin=item.origin, problem=item.problem, remedy=item.remedy)
    return Settled(read.number, item.outcome, item.version, refusal, read.bytes_done, read.total)
