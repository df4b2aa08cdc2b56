"""How the tracker is doing: what it holds, what is at work, what wants attention. Reads only.

Everything is bounded: of jobs the newest, of the database a few rows. Who may see what is for the
view to say.
"""

import shutil
from enum import StrEnum
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from quotes import job_reports, locks, mail, search_index, statement_failures, tasks
from quotes.job_reports import Standing
from quotes.models import (
    ArticleVersion,
    Delivery,
    Export,
    ExtractionRun,
    Feed,
    Import,
    Quotation,
)
from quotes.params import PAGES, STATUS
from quotes.plain_words import size

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Level(StrEnum):
    """Whether something is as it should be, wants a look, or is not set up and need not be."""

    GOOD = "good"
    ATTENTION = "attention"
    OFF = "off"


class Fact(NamedTuple):
    """One line of the page: what, how it stands, in words, and the address that has more."""

    name: str
    level: Level
    words: str
    more: str = ""


# --- for load balancers


def problem() -> str:
    """Return why pages cannot be served, "" if they can. One query, and none that grows."""
    try:
        pending = pending_migrations()
    except DatabaseError:
        return "the database does not answer"
    return "migrations are pending" if pending else ""


def pending_migrations() -> int:
    """Return how many of the program's migrations the database lacks. Raises DatabaseError."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    return len(_migrations() - applied)


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    # Read from the program's files, once a process: a new version of it is another process.
    return frozenset(MigrationLoader(None).disk_migrations)


# --- for everybody


class Reading(NamedTuple):
    """When an article was read last, and by which extractor."""

    last: ArticleVersion | None
    run: ExtractionRun | None
    code_version: str


def reading() -> Reading:
    """Return what was read last, and the extractor that read it. Two queries."""
    last = ArticleVersion.objects.select_related("article").order_by("-pk").first()
    run = ExtractionRun.objects.order_by("-started_at").first()
    return Reading(last, run, code_version())


def code_version() -> str:
    """Return the version of the program that runs, "" if it is not installed as a package."""
    try:
        return version("quote-tracker")
    except PackageNotFoundError:
        return ""


def imports() -> Fact:
    """Return how the newest imports stand."""
    newest = list(Import.objects.order_by("-created_at", "-pk")[: STATUS.jobs_looked_at])
    standings = [row.progress.standing for row in job_reports.rows_of(newest, may_see_all=False)]
    at_work = sum(one.is_live for one in standings)
    stuck = sum(one in (Standing.FAILED, Standing.INTERRUPTED) for one in standings)
    words = f"{at_work} at work or waiting, {stuck} failed or interrupted"
    words += f", of the newest {len(newest)}" if len(newest) == STATUS.jobs_looked_at else ""
    level = Level.ATTENTION if stuck else Level.GOOD
    return Fact("Imports", level, words if newest else "none yet", "imports")


def feeds() -> Fact:
    """Return how many feeds are read, and how many of them have problems."""
    rows = list(Feed.objects.values_list("is_active", "failures")[: STATUS.feeds_looked_at])
    active = sum(is_active for is_active, _ in rows)
    troubled = sum(is_active and failures > 0 for is_active, failures in rows)
    if not rows:
        return Fact("Feeds", Level.OFF, "none is read")
    words = f"{active} read again and again, {troubled} with problems"
    return Fact("Feeds", Level.ATTENTION if troubled else Level.GOOD, words, "feeds")


def search() -> Fact:
    """Return whether the search index is in step with what is stored."""
    newest = Quotation.objects.order_by("-pk").values_list("pk", flat=True).first()
    try:
        missing = len(search_index.trigger_names()) - _triggers_there()
        is_there = newest is None or _is_indexed(newest)
    except DatabaseError:
        missing, is_there = 1, False
    if missing or not is_there:
        words = "not in step with what is stored: searches may miss quotations"
        return Fact("Search index", Level.ATTENTION, words)
    return Fact("Search index", Level.GOOD, "in step, kept by the database itself")


def _is_indexed(pk: int) -> bool:
    with connection.cursor() as cursor:
        statement = f"SELECT 1 FROM {search_index.ROWS} WHERE quotation_id = %s"  # noqa: S608  a constant
        cursor.execute(statement, [pk])
        return cursor.fetchone() is not None


def _triggers_there() -> int:
    table, column = ("sqlite_master", "name"), ("pg_trigger", "tgname")
    place, name = column if connection.vendor == "postgresql" else table
    names = [trigger for trigger, _ in search_index.trigger_names()]
    marks = ", ".join(["%s"] * len(names))
    kind = "" if connection.vendor == "postgresql" else " AND type = 'trigger'"
    with connection.cursor() as cursor:
        statement = f"SELECT count(DISTINCT {name}) FROM {place} WHERE {name} IN ({marks}){kind}"  # noqa: S608
        cursor.execute(statement, names)
        return int(cursor.fetchone()[0])


def statements() -> Fact:
    """Return whether all quotations are compared with each other, and what to do about the rest."""
    found, remedy = statement_failures.uncompared(), statement_failures.REMEDY
    many = f"{PAGES.count_cap:,} or more"
    failed = many if found.failed >= PAGES.count_cap else f"{found.failed:,}"
    waiting = many if found.waiting >= PAGES.count_cap else f"{found.waiting:,}"
    told = []
    if found.failed:
        told.append(
            f"comparing failed on {failed}, which are in no statement: “{remedy}” tries them"
            " again, the log says why it failed"
        )
    if found.has_new:
        told.append(f"some were never compared: “{remedy}” compares them")
    level = Level.ATTENTION if told else Level.GOOD
    if found.waiting:
        told.append(f"{waiting} wait to be compared in the background")
    return Fact("Statements", level, "; ".join(told) or "all quotations are compared")


def database() -> Fact:
    """Return which database there is, and whether it has all of the program's migrations."""
    name = DATABASES.get(connection.vendor, connection.vendor)
    pending = pending_migrations()
    if pending:
        return Fact("Database", Level.ATTENTION, f"{name}; {pending} migrations are pending")
    return Fact("Database", Level.GOOD, f"{name}, with all migrations")


# --- for operators


def operation() -> list[Fact]:
    """Return what only those who run the tracker need to know."""
    return [_exports(), _deliveries(), _workers(), _mail(), _disk(), _mode()]


def _exports() -> Fact:
    newest = list(Export.objects.order_by("-created_at", "-pk")[: STATUS.jobs_looked_at])
    running = [row for row in newest if row.state == Export.State.RUNNING]
    held = locks.held([locks.of_job(row.uid) for row in running])
    interrupted = len(running) - len(held)
    failed = sum(row.state == Export.State.FAILED for row in newest)
    waiting = sum(row.state == Export.State.PENDING for row in newest)
    words = (
        f"{len(held) + waiting} at work or waiting, {failed + interrupted} failed or interrupted"
    )
    level = Level.ATTENTION if failed or interrupted else Level.GOOD
    return Fact("Exports", level, words if newest else "none yet", "admin:quotes_export_changelist")


def _deliveries() -> Fact:
    newest = Delivery.objects.order_by("-created_at", "-pk").values_list("state", flat=True)
    states = list(newest[: STATUS.jobs_looked_at])
    failed = sum(state == Delivery.State.FAILED for state in states)
    words = f"{failed} given up of the newest {len(states)}" if states else "none yet"
    level = Level.ATTENTION if failed else Level.GOOD
    return Fact("Messages to webhooks", level, words, "admin:quotes_delivery_changelist")


def _workers() -> Fact:
    if settings.BROKER_URL:
        return Fact("Work in the background", Level.GOOD, "handed to Celery through a broker")
    if tasks.loop_lock().is_held():
        return Fact("Work in the background", Level.GOOD, "running, as manage.py work")
    words = (
        "no broker, and manage.py work does not run: what is begun here is done by processes of "
        "its own, but feeds, digests and retries wait"
    )
    return Fact("Work in the background", Level.ATTENTION, words)


def _mail() -> Fact:
    if mail.is_configured():
        return Fact("Mail", Level.GOOD, f"sent through {settings.EMAIL_HOST}")
    return Fact("Mail", Level.OFF, "no server is set: digests are not sent")


def _disk() -> Fact:
    try:
        usage = shutil.disk_usage(settings.VAR_DIR)
    except OSError as error:
        return Fact(
            "Disk", Level.ATTENTION, f"{settings.VAR_DIR} cannot be read ({error.strerror})"
        )
    is_low = usage.free < max(STATUS.disk_free_least, STATUS.disk_share_least * usage.total)
    words = f"{size(usage.free)} of {size(usage.total)} free for the var folder"
    return Fact("Disk", Level.ATTENTION if is_low else Level.GOOD, words)


def _mode() -> Fact:
    if settings.DEBUG:
        return Fact("Mode", Level.ATTENTION, "debugging: not for the public")
    reads = "everybody may read" if settings.PUBLIC_READS else "only accounts may read"
    return Fact("Mode", Level.GOOD, f"production; {reads}")
