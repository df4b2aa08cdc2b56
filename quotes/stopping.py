"""How programs that run until they are told to stop are told, and take their own down with them."""

import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from quotes.params import JOBS


class Stopped(BaseException):
    """The process was told to end: SIGTERM, Ctrl-C, or its terminal was closed."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Raise Stopped when this process is told to end; it is deaf to being told again.

    That its terminal was closed (SIGHUP) counts unless it was started to outlive it (`nohup`).
    """

    def stop(*_: object) -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    told = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in told}
    if before[signal.SIGHUP] == signal.SIG_IGN:
        del before[signal.SIGHUP]
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end(processes: Sequence["subprocess.Popen[bytes]"]) -> None:
    """Ask the processes to end and wait until they have; kill those that do not in time."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + JOBS.stop_timeout_s
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
