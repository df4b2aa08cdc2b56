"""Locks between processes that end with whoever holds them, so that a stale one cannot be.

On SQLite a lock is the operating system's, on a file beside the database; on PostgreSQL it is the
session's advisory lock, which holds for every machine at that database.
"""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

# Two numbers, as nothing else that locks in this database uses two.
_CLASS = 0x5155_4F54
_JOBS = 0x4A4F_4253
_INT4 = 0x7FFF_FFFF
# Who only looks whether it is held holds it for a moment.
_TRIES, _PAUSE_S = 5, 0.05
_IS_HELD = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE d.datname = current_database() AND locktype = 'advisory'
        AND classid::bigint = %s AND objid::bigint = %s AND objsubid = 2
    )
"""

_ALL_HELD = """
    SELECT classid::bigint, objid::bigint FROM pg_locks JOIN pg_database d ON d.oid = database
    WHERE d.datname = current_database() AND locktype = 'advisory' AND objsubid = 2
"""


class BusyError(RuntimeError):
    """Another process holds the lock; says which, if that is known."""


class Lock(NamedTuple):
    """A lock of this database: its file's ending, its two numbers, what is said when it is held."""

    ending: str
    numbers: tuple[int, int]
    busy: str
    is_lasting: bool = True

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the lock; BusyError if another process has it."""
        with self._advisory() if connection.vendor == "postgresql" else self._on_file():
            yield

    def is_held(self) -> bool:
        """Say whether a process holds the lock now."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(_IS_HELD, self.numbers)
                return bool(cursor.fetchone()[0])
        path = self._path()
        # Where the file is not there, or not for this user to read, nothing is said against it.
        with suppress(FileNotFoundError, PermissionError):
            return path is not None and _is_locked(path)
        return False

    @contextmanager
    def _advisory(self) -> Iterator[None]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", self.numbers)
            if not cursor.fetchone()[0]:
                raise BusyError(self.busy)
        try:
            yield
        finally:
            # A connection that broke has taken its locks with it.
            with suppress(InterfaceError, OperationalError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", self.numbers)

    @contextmanager
    def _on_file(self) -> Iterator[None]:
        path = self._path()
        if path is None:
            yield  # a database in memory has one process
            return
        with _taken(path, self.busy) as file:
            os.truncate(file, 0)
            os.write(file, str(os.getpid()).encode("ascii"))
            try:
                yield
            finally:
                if not self.is_lasting:
                    path.unlink(missing_ok=True)

    def _path(self) -> Path | None:
        """Return the file of the lock, None for a database in memory."""
        name = str(connection.settings_dict["NAME"])
        if ":memory:" in name or "mode=memory" in name:
            return None
        return Path(f"{name}.{self.ending}.lock")


def held(locks: Sequence[Lock]) -> set[Lock]:
    """Return those of `locks` that a process holds now, in one query at most."""
    if connection.vendor != "postgresql" or not locks:
        return {lock for lock in locks if lock.is_held()}
    with connection.cursor() as cursor:
        cursor.execute(_ALL_HELD)
        numbers = {tuple(row) for row in cursor.fetchall()}
    return {lock for lock in locks if lock.numbers in numbers}


def of_command(name: str, number: int) -> Lock:
    """Return the lock of what only one process at a time does, by a number of its own."""
    busy = f"another {name.replace('-', '_')} is at work on this database"
    return Lock(name, (_CLASS, number), busy)


def of_job(uid: UUID) -> Lock:
    """Return the lock of who works at the job (an import, an export) with this uid."""
    ending = f"job-{uid}"
    numbers = (_JOBS, uid.int & _INT4)
    return Lock(ending, numbers, f"another process works at {uid}", is_lasting=False)


def _is_locked(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def _taken(path: Path, busy: str) -> Iterator[int]:
    """Yield the descriptor of the lock's file, locked; BusyError if it cannot be."""
    for left in reversed(range(_TRIES)):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            if _lock(file, path):
                yield file
                return
        finally:
            os.close(file)
        if left:
            time.sleep(_PAUSE_S)
    holder = ""
    with suppress(OSError):
        holder = path.read_text(encoding="ascii", errors="replace").strip()
    raise BusyError(f"{busy} (process {holder or 'not known'})")


def _lock(file: int, path: Path) -> bool:
    """Lock what was opened; False if somebody has it, or `path` is another file meanwhile."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Its last holder may have removed it between the opening and the locking.
        return os.path.samestat(os.fstat(file), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
