"""One process at a time reads stored articles again, however the one before it ended.

The lock is the operating system's or the database's: it ends with the process that holds it, also
where that is killed, so that a stale one cannot be. On SQLite it is on a file beside the database;
on PostgreSQL it is the session's advisory lock, which holds for every machine at that database.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection

# Two numbers, as nothing else that locks in this database uses two.
_CLASS, _OBJECT = 0x5155_4F54, 1
# Who only looks whether it is held holds it for a moment.
_TRIES, _PAUSE_S = 5, 0.05
_IS_HELD = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE d.datname = current_database() AND locktype = 'advisory'
        AND classid::bigint = %s AND objid::bigint = %s AND objsubid = 2
    )
"""


class BusyError(RuntimeError):
    """Another process holds the lock; says which, if that is known."""


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock; BusyError if another process has it."""
    hold = _advisory if connection.vendor == "postgresql" else _on_file
    with hold():
        yield


def is_held() -> bool:
    """Say whether a process holds the lock now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_IS_HELD, [_CLASS, _OBJECT])
            return bool(cursor.fetchone()[0])
    path = _path()
    # Where the file is not there, or not for this user to read, nothing can be said against it.
    with suppress(FileNotFoundError, PermissionError):
        return path is not None and _is_locked(path)
    return False


def _is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def _advisory() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_CLASS, _OBJECT])
        if not cursor.fetchone()[0]:
            raise BusyError("another extract_stored is at work on this database")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_CLASS, _OBJECT])


@contextmanager
def _on_file() -> Iterator[None]:
    path = _path()
    if path is None:
        yield  # a database in memory has one process
        return
    with path.open("a+", encoding="ascii") as file:
        _take(file.fileno(), path)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _take(file: int, path: Path) -> None:
    for left in reversed(range(_TRIES)):
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if left:
            time.sleep(_PAUSE_S)
    holder = path.read_text(encoding="ascii", errors="replace").strip() or "not known"
    raise BusyError(f"another extract_stored is at work on this database (process {holder})")


def _path() -> Path | None:
    """Return the file of the lock, None for a database in memory."""
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or "mode=memory" in name:
        return None
    return Path(f"{name}.extract-stored.lock")
