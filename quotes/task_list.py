"""The tasks that are done later: what waits of each, and what is done about it.

Run by Celery (tracker/celery.py) or by `manage.py work`; asked for by `quotes.tasks.later`.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from quotes import (
    background,
    exports,
    job_uploads,
    jobs,
    kept_answers,
    kept_profiles,
    locks,
    statement_renewal,
    statements,
    tasks,
)
from quotes.models import CitedQuotation, Export, Feed, Import, Webhook
from quotes.params import CITED, JOBS, MAIL

logger = logging.getLogger(__name__)

Args = tuple[str, ...]


class Task(NamedTuple):
    """What waits (the arguments of each piece, the oldest first), and what does a piece.

    `lost` yields the pieces that were handed to the broker long ago and show no life. A task that
    is not `heavy` needs no process of its own: no models, little time.
    """

    due: Callable[[], Iterator[Args]]
    run: Callable[..., None]
    lost: Callable[[], Iterator[Args]]
    every_s: float = JOBS.poll_s
    is_heavy: bool = False


def _imports_due() -> Iterator[Args]:
    return ((str(job.uid),) for job in jobs.waiting())


def _imports_lost() -> Iterator[Args]:
    for job in jobs.waiting(unseen_s=JOBS.launch_grace_s):
        Import.objects.filter(pk=job.pk).update(seen_at=timezone.now())
        yield (str(job.uid),)


def run_import(uid: str) -> None:
    """Work at the import, unless somebody does or there is nothing left to do."""
    job = Import.objects.filter(uid=uid).first()
    if job is None:
        return
    try:
        jobs.work(job)
    except locks.BusyError:
        logger.info("somebody is at it import=%s", uid)
        return
    if job.kind == Import.Kind.FEED:
        jobs.drop_if_same(job)


# --- exports


def _exports_due() -> Iterator[Args]:
    for export in exports.waiting():
        if not locks.of_job(export.uid).is_held():
            yield (str(export.uid),)


def _exports_lost() -> Iterator[Args]:
    before = timezone.now() - timedelta(seconds=JOBS.launch_grace_s)
    silent = exports.waiting().annotate(life=Coalesce("seen_at", "created_at"))
    for export in silent.filter(life__lt=before):
        Export.objects.filter(pk=export.pk).update(seen_at=timezone.now())
        yield (str(export.uid),)


def run_export(uid: str) -> None:
    """Write what is left of the export, unless somebody does."""
    export = Export.objects.filter(uid=uid).first()
    if export is None:
        return
    try:
        exports.work(export)
    except locks.BusyError:
        logger.info("somebody is at it export=%s", uid)


# --- what the clock says


def _feeds_due() -> Iterator[Args]:
    is_time = Q(next_check_at__isnull=True) | Q(next_check_at__lte=timezone.now())
    if Feed.objects.filter(is_time, is_active=True).exists():
        yield ()


def run_feeds() -> None:
    """Begin an import of each feed whose time has come, unless one of it is not done yet."""
    from quotes import feeds  # noqa: PLC0415  its parsers are not for every start

    unfinished = Import.objects.filter(state__in=(Import.State.PENDING, Import.State.RUNNING))
    busy = set(unfinished.filter(feed__isnull=False).values_list("feed_id", flat=True))
    for feed in feeds.due():
        if feed.pk not in busy:
            jobs.launch(jobs.create(Import.Kind.FEED, [feed.address], feed=feed))


def _deliveries_due() -> Iterator[Args]:
    if Webhook.objects.filter(is_active=True).exists():
        yield ()


def run_deliveries() -> None:
    """Notice what is new for webhooks, and send the messages whose time has come."""
    from quotes import webhooks  # noqa: PLC0415  its HTTP client is not for every start

    webhooks.notice()
    webhooks.deliver_due()


def _digests_due() -> Iterator[Args]:
    from quotes import digests  # noqa: PLC0415  its selections are not for every start

    if digests.due().exists():
        yield ()


def run_digests() -> None:
    """Send the digests whose time has come."""
    from quotes import digests  # noqa: PLC0415

    digests.send_due()


def _citations_due() -> Iterator[Args]:
    if CitedQuotation.objects.exists():
        yield ()


def run_citations() -> None:
    """Notice what has changed of what was cited, and write to whom it concerns."""
    from quotes import cited, cited_mail  # noqa: PLC0415  what they load is not for every start

    found, letters = cited.notice(), cited_mail.send_due()
    if found or letters:
        logger.info("citations changed=%d letters=%d", found, letters)


def _statements_due() -> Iterator[Args]:
    if statements.is_waiting() or statement_renewal.is_due():
        yield ()


def run_statements() -> None:
    """Compare the quotations that were too many when they changed; follow newer rules."""
    # Marks first: by them what waits finds what was stored before.
    statement_renewal.renew_marks()
    compared, judged = statements.place_waiting(), statement_renewal.renew_warnings()
    logger.info("compared quotations=%d statements_judged_otherwise=%d", compared, judged)


def _profiles_due() -> Iterator[Args]:
    if kept_profiles.due().exists():
        yield ()


def run_profiles() -> None:
    """Count what the pages of much quoted speakers tell of their quotations."""
    counted = kept_profiles.count_due()
    logger.info("counted profiles=%d", counted)


def _always() -> Iterator[Args]:
    yield ()


def run_cleaning() -> None:
    """Remove what has expired."""
    now = timezone.now()
    uploads, files = job_uploads.clean(), exports.clean(now)
    answers = kept_answers.clean(now)
    logs = background.clean_logs("work-", timedelta(days=JOBS.log_keep_days))
    logger.info("cleaned uploads=%d exports=%d answers=%d logs=%d", uploads, files, answers, logs)


TASKS = {
    "import": Task(_imports_due, run_import, _imports_lost, is_heavy=True),
    "export": Task(_exports_due, run_export, _exports_lost, is_heavy=True),
    "feeds": Task(_feeds_due, run_feeds, _feeds_due),
    "deliver": Task(_deliveries_due, run_deliveries, _deliveries_due),
    "statements": Task(_statements_due, run_statements, _statements_due, is_heavy=True),
    "profiles": Task(_profiles_due, run_profiles, _profiles_due, is_heavy=True),
    "clean": Task(_always, run_cleaning, _always, every_s=JOBS.clean_every_s),
    "digests": Task(_digests_due, run_digests, _digests_due, every_s=MAIL.digest_look_s),
    "citations": Task(_citations_due, run_citations, _citations_due, every_s=CITED.notice_every_s),
}


def drain(name: str) -> int:
    """Do all that waits of the task `name`, here, each piece once; return how many were done.

    Nothing if another process is at it: it sees what comes in until it ends. What fails is logged,
    and the next piece done.
    """
    task, done = TASKS[name], set[Args]()
    try:
        while _pieces(task, done):
            with tasks.lock_of(name).hold():
                while pieces := _pieces(task, done):
                    for args in pieces:
                        done.add(args)
                        _run(name, args)
            # Again: what came while the lock was held was left to us.
    except locks.BusyError:
        logger.info("another process is at it task=%s", name)
    return len(done)


def _pieces(task: Task, done: set[Args]) -> list[Args]:
    return [args for args in task.due() if args not in done]


def _run(name: str, args: Args) -> None:
    try:
        TASKS[name].run(*args)
    except Exception:  # whatever it is, the next piece must be done
        logger.exception("failed task=%s args=%s", name, args)
