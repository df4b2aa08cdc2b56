"""One process at a time reads stored articles again, however the one before it ended."""

from collections.abc import Iterator
from contextlib import contextmanager

from quotes import locks
from quotes.locks import BusyError

__all__ = ["BusyError", "is_held", "only_one"]

_LOCK = locks.of_command("extract-stored", 1)


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock; BusyError if another process has it."""
    with _LOCK.hold():
        yield


def is_held() -> bool:
    """Say whether a process holds the lock now."""
    return _LOCK.is_held()
