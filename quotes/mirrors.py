"""What changed since a time, removals included, so that a client can keep a mirror of a list.

A row that is written but not committed has a time before those that are read meanwhile: whoever
went on from the newest time seen would miss it. So a reader is given a mark before which nothing
can appear any more, and goes on from there; what lies behind it is told twice, and harmless.
Why, and what was considered: docs/decisions/0006-api.md.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from quotes.models import Tombstone
from quotes.params import PAGES, PageParams

DELETED, FILTERED = "deleted", "filtered"
# In the order of a moment: first what is deleted, as it may be stored anew under the same name.
_TOMBSTONE, _ROW = 0, 1
_OLDEST_WRITER = """
    SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL
"""


class Mirrored(NamedTuple):
    """A list that can be mirrored.

    `rows` are all that it may ever show, loaded for it; `listed` gives those that it shows now,
    for who asks for changes. `key` leads from a row to the name that clients know it by, of
    tombstones of `kind` the `uid`; `why` says why a row that is not listed is not.
    """

    kind: Tombstone.Kind
    rows: QuerySet[Any]
    listed: Callable[[], QuerySet[Any]]
    key: str
    why: Callable[[Any], str]


class Position(NamedTuple):
    """Where a page ends, in the order of the changes."""

    at: datetime
    order: int
    pk: int


class Entry(NamedTuple):
    """A row as it is now, or, if `removed` says why, that the list does not have it (any more)."""

    position: Position
    uid: str
    row: Any
    removed: str = ""


def page(
    mirrored: Mirrored, *, since: datetime, after: Position | None, size: int
) -> tuple[list[Entry], bool]:
    """Return up to `size` changes since, in their order, after a position, and whether more follow.

    Three queries, however many rows.
    """
    rows = mirrored.rows.filter(updated_at__gte=since)
    gone = _tombstones(mirrored).filter(deleted_at__gte=since)
    if after:
        rows = rows.filter(_beyond("updated_at", _ROW, after))
        gone = gone.filter(_beyond("deleted_at", _TOMBSTONE, after))
    found = [
        Entry(Position(row.updated_at, _ROW, row.pk), _of(row, mirrored.key), row)
        for row in rows.order_by("updated_at", "pk")[: size + 1]
    ]
    found += [
        Entry(Position(stone.deleted_at, _TOMBSTONE, stone.pk), stone.uid, None, DELETED)
        for stone in gone.order_by("deleted_at", "pk")[: size + 1]
    ]
    found.sort(key=lambda entry: entry.position)
    return _marked(found[:size], mirrored), len(found) > size


def _tombstones(mirrored: Mirrored) -> QuerySet[Tombstone]:
    """Return what was deleted and not stored anew since under the same name."""
    living = _all(mirrored).filter(**{mirrored.key: OuterRef("uid")})
    return Tombstone.objects.filter(~Exists(living), kind=mirrored.kind)


def _all(mirrored: Mirrored) -> QuerySet[Any]:
    # Public, in spite of its name.
    found: QuerySet[Any] = mirrored.rows.model._default_manager.all()  # noqa: SLF001
    return found


def _beyond(time: str, order: int, after: Position) -> Q:
    later = Q(**{f"{time}__gt": after.at})
    same = Q(**{time: after.at})
    if order > after.order:
        return later | same
    return later | same & Q(pk__gt=after.pk) if order == after.order else later


def _of(row: Any, key: str) -> str:
    for name in key.split("__"):
        row = getattr(row, name)
    return str(row)


def _marked(found: list[Entry], mirrored: Mirrored) -> list[Entry]:
    """Return the entries, those of rows that the list does not have with the reason."""
    listed = mirrored.listed()  # refuses wrong filters, also where nothing changed
    keys = [entry.row.pk for entry in found if entry.row is not None]
    shown = set(listed.filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    return [
        entry
        if entry.row is None or entry.row.pk in shown
        else entry._replace(removed=mirrored.why(entry.row) or FILTERED)
        for entry in found
    ]


# --- from where to go on


def mark(*, params: PageParams = PAGES) -> datetime:
    """Return a time before which no change will appear any more that cannot be read now."""
    oldest = _oldest_on_postgresql() if connection.vendor == "postgresql" else _on_sqlite(params)
    now = timezone.now()
    return min(now, oldest or now) - timedelta(seconds=params.mirror_lag_s)


def _oldest_on_postgresql() -> datetime | None:
    """Return since when the oldest transaction that writes is open, None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST_WRITER)
        since: datetime | None = cursor.fetchone()[0]
    return since


def _on_sqlite(params: PageParams) -> datetime | None:
    """Return a time before the writer that is at work began, None if there is none.

    SQLite has one writer at a time and does not tell since when.
    """
    settings = connection.settings_dict
    if connection.is_in_memory_db():  # type: ignore[attr-defined]  # SQLite's own
        return None  # a database in memory has one process
    with closing(sqlite3.connect(settings["NAME"], timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return datetime.now(UTC) - timedelta(seconds=params.mirror_writer_s)
        other.execute("ROLLBACK")
    return None


def last_change(mirrored: Mirrored) -> datetime | None:
    """Return when anything that the list shows, or has shown, last changed; None if never.

    Two queries, answered from indexes.
    """
    stones = Tombstone.objects.filter(kind=mirrored.kind).order_by("-deleted_at")
    newest = _all(mirrored).order_by("-updated_at")
    times = newest.values_list("updated_at", flat=True)[:1]
    deleted = stones.values_list("deleted_at", flat=True)[:1]
    return max((*times, *deleted), default=None)
