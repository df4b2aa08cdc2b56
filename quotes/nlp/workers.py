"""Work spread over processes, results in order, no process lost unnoticed. Knows no models.

Workers are started afresh ("spawn"), never forked: PyTorch, ONNX Runtime, OpenBLAS and the
tokenizers keep threads and locks, and a forked copy has the locks without the threads that would
open them. Each worker makes its work once, which is when it loads its models, all at the same time.

The standard library's pools do not serve: when a process dies, `ProcessPoolExecutor` gives up
everything unfinished and cannot say which input was at fault, and `Pool` waits for ever.
"""

import logging
import math
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Generic, Self, TypeVar

from quotes.params import WORKERS, WorkerParams

logger = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[Sequence[T]], Iterable[R | Exception]]

_SPAWN = get_context("spawn")
_BIRTHS_AND_DEATHS = Lock()
_REMEDY = "use fewer workers, or a machine with more memory"


class WorkerStartError(RuntimeError):
    """A worker process ended before it could take any work."""


class WorkerDiedError(RuntimeError):
    """What takes the place of a result: the process that worked on this item died, twice."""


class WorkerError(RuntimeError):
    """An error from a worker process that cannot itself be sent to another process."""


class _LostError(Exception):
    """The process at the other end is gone; says how it ended."""


class Workers(Generic[T, R]):
    """Up to `count` processes that each hold what `make` returned there, and work on items with it.

    `make` and the items are pickled; `make()` returns a function from items to as many results.
    An exception among the results is that item's own; one that is raised, by `make` or by its
    work, ends the run. Processes start when there is work, and end with `close` or with this
    process, however that ends. A script that uses this needs `if __name__ == "__main__":`.
    """

    def __init__(
        self, make: Callable[[], Work[T, R]], count: int, *, params: WorkerParams = WORKERS
    ) -> None:
        if count < 1:
            raise ValueError(f"{count} workers: need at least 1, see available_cpus()")
        self._make, self._params, self._count = make, params, count
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")
        self._lock = Lock()
        self._alive: set[_Process] = set()
        self._idle: list[_Process] = []
        self._closed = False

    def __enter__(self) -> Self:
        """Return these workers, to be closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self.close()

    def close(self) -> None:
        """End all processes, whatever they are doing, and wait until they are gone."""
        with self._lock:
            self._closed = True
            for process in self._alive:
                process.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in self._alive:
            process.reap()
        self._alive.clear()

    def run(self, groups: Iterable[Sequence[T]]) -> Iterator[list[R | Exception]]:
        """Yield the results of each of `groups`, in order; an item whose process died has an error.

        Takes `WorkerParams.groups_ahead` groups a worker from `groups` before their turn, no
        more. When a process dies, the items that it had are tried again, each alone. Raises
        what `make` or the work raises, and WorkerStartError.
        """
        pending: deque[Future[list[R | Exception]]] = deque()
        limit = self._count * self._params.groups_ahead
        for group in groups:
            pending.append(self._submit(group))
            while len(pending) >= limit or (pending and pending[0].done()):
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()

    def _submit(self, group: Sequence[T]) -> "Future[list[R | Exception]]":
        if group:
            return self._threads.submit(self._together, group)
        nothing: Future[list[R | Exception]] = Future()
        nothing.set_result([])
        return nothing

    def _together(self, group: Sequence[T]) -> list[R | Exception]:
        try:
            return self._ask(group)
        except _LostError as loss:
            self._note("each is tried again alone", loss, len(group))
            return [self._alone(item) for item in group]

    def _alone(self, item: T) -> R | Exception:
        try:
            return self._ask([item])[0]
        except _LostError as loss:
            self._note("given up", loss, 1)
            return WorkerDiedError(f"the process that worked on it died twice ({loss}); {_REMEDY}")

    def _note(self, what: str, loss: _LostError, items: int) -> None:
        if not self._closed:  # else it was we who ended it
            logger.warning("worker %s items=%d: %s", loss, items, what)

    def _ask(self, items: Sequence[T]) -> list[R | Exception]:
        process = self._take()
        try:
            results: list[R | Exception] = process.ask(items)
        except BaseException:
            self._drop(process)
            raise
        with self._lock:
            self._idle.append(process)
        return results

    def _take(self) -> "_Process":
        """Return an idle process, a new one if there is none."""
        with self._lock:
            if self._closed:
                raise WorkerStartError("the workers are closed; make new ones")
            if self._idle:
                return self._idle.pop()
            process = _Process(self._make)
            self._alive.add(process)
        try:
            process.await_ready()
        except _LostError as loss:
            self._drop(process)
            raise WorkerStartError(f"a worker {loss} while it was starting; {_REMEDY}") from None
        except BaseException:
            self._drop(process)
            raise
        return process

    def _drop(self, process: "_Process") -> None:
        process.kill()
        process.reap()
        with self._lock:
            self._alive.discard(process)


class _Process:
    """One worker process, started when made, and the line to it."""

    def __init__(self, make: Callable[[], Work[Any, Any]]) -> None:
        self._line, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs, make), daemon=True)
        try:
            with _BIRTHS_AND_DEATHS, _interrupts_held():
                self._process.start()
        finally:
            theirs.close()

    def await_ready(self) -> None:
        """Return when the work is made; raise what making it raised, _LostError if it died."""
        self._answer()

    def ask(self, items: Sequence[Any]) -> Any:
        """Return the results of `items`; raise what the work raised, _LostError if it died."""
        try:
            self._line.send(items)
        except OSError:
            raise _LostError(self._end()) from None
        return self._answer()

    def _answer(self) -> Any:
        try:
            is_error, answer = self._line.recv()
        except (EOFError, OSError):
            raise _LostError(self._end()) from None
        if is_error:
            raise answer
        return answer

    def _end(self) -> str:
        self._join()
        code = self._process.exitcode or 0
        if code >= 0:
            return f"ended with status {code}"
        return f"was killed by signal {-code} ({signal.strsignal(-code)})"

    def kill(self) -> None:
        """End the process at once; it has nothing to save."""
        self._process.kill()

    def reap(self) -> None:
        """Wait for the killed process, so that no zombie stays."""
        self._join()
        self._line.close()

    def _join(self) -> None:
        # Starting a process also looks for ended ones: not while another thread waits for its own,
        # or that thread would not learn how it ended.
        with _BIRTHS_AND_DEATHS:
            self._process.join()


def _serve(line: Connection, make: Callable[[], Work[Any, Any]]) -> None:
    """Be a worker: make the work, then answer until the line or the other process ends."""
    orders: SimpleQueue[Sequence[Any]] = SimpleQueue()
    Thread(target=_listen, args=(line, orders), daemon=True).start()
    with suppress(OSError):  # nobody is there any more
        try:
            work = make()
            line.send((False, None))
            while True:
                results = [_portable(result) for result in work(orders.get())]
                line.send((False, results))
        except Exception as error:  # noqa: BLE001  whatever it is, the other process raises it
            line.send((True, _portable(error)))


def _listen(line: Connection, orders: "SimpleQueue[Sequence[Any]]") -> None:
    """Pass on what comes down the line; at its end, end the process, whatever it is doing."""
    try:
        while True:
            orders.put(line.recv())
    finally:
        os._exit(0)


def _portable(result: Any) -> Any:
    """Return `result`, or, for an exception that does not survive pickling, one that does."""
    if not isinstance(result, Exception):
        return result
    with suppress(Exception):
        copy = pickle.loads(pickle.dumps(result))  # noqa: S301  our own
        if type(copy) is type(result) and str(copy) == str(result):
            return result
    return WorkerError(f"{type(result).__name__}: {result}")


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start processes that Ctrl-C does not reach: ending them is their starter's task."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it would lift the mask that it finds
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def available_cpus(root: Path = Path("/")) -> int:
    """Return how many CPUs this process may use: by affinity, and by its control group's quota.

    A quota is rounded up; at least 1. `root` is where /proc and /sys are looked for.
    """
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min([own or 1, *map(math.ceil, _quotas(root))]))


def _quotas(root: Path) -> Iterator[float]:
    """Yield the CPUs that each control group around this process grants, of those with a limit."""
    mounted = root / "sys/fs/cgroup"
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        for folder in _upwards(path):
            if not controllers:
                quota, _, period = _read(mounted / folder / "cpu.max").partition(" ")
            elif "cpu" in controllers.split(","):
                quota = _read(mounted / "cpu" / folder / "cpu.cfs_quota_us")
                period = _read(mounted / "cpu" / folder / "cpu.cfs_period_us")
            else:
                break
            if quota.strip().isdigit() and period.strip().isdigit() and int(period):
                yield int(quota) / int(period)


def _upwards(path: str) -> Iterator[str]:
    """Yield a control group's path, relative, and those of all groups around it."""
    parts = [part for part in path.split("/") if part]
    for length in range(len(parts), -1, -1):
        yield "/".join(parts[:length])


def _read(path: Path) -> str:
    """Return a small file's text, nothing if it is not there: not every system has these."""
    with suppress(OSError):
        return path.read_text(encoding="ascii", errors="replace")
    return ""
