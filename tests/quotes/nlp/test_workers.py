"""Worker processes with light work in them: order, memory, errors, deaths, interrupts, clean ends.

The work here runs in real processes; what the models make of workers is in test_same_results.py.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.nlp.workers import (
    WorkerDiedError,
    WorkerError,
    Workers,
    WorkerStartError,
    available_cpus,
)
from quotes.params import WorkerParams
from tests.quotes.nlp.worker_tasks import make, make_and_die, make_nothing, make_noting, work

ROOT = Path(__file__).parents[3]
TIMEOUT_S = 60.0


def run(groups: Sequence[Sequence[str]], count: int = 2, **options: Any) -> list[list[Any]]:
    with Workers[str, Any](options.pop("make", make), count, **options) as workers:
        return list(workers.run(groups))


def alive(pid: int) -> bool:
    """Say whether a process of this number is there, be it as a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def running(pid: int) -> bool:
    """Say whether it does anything; orphans are reaped by the system, whenever that likes."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pids: Sequence[int], sign: Callable[[int], bool] = alive) -> bool:
    deadline = time.monotonic() + TIMEOUT_S
    while any(map(sign, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(sign, pids))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_results_come_in_order(count: int) -> None:
    groups = [["sleep 0.3", "a"], ["b"], [], ["c", "d", "e"], ["sleep 0.1"], ["f"]]
    expected = [["SLEEP 0.3", "A"], ["B"], [], ["C", "D", "E"], ["SLEEP 0.1"], ["F"]]
    assert run(groups, count) == expected


def test_no_work_starts_no_process(tmp_path: Path) -> None:
    assert run([], make=partial(make_noting, tmp_path)) == []
    assert run([[], []], make=partial(make_noting, tmp_path)) == [[], []]
    assert list(tmp_path.iterdir()) == []


def test_the_work_is_made_once_a_worker(tmp_path: Path) -> None:
    groups = [["sleep 0.2"], ["sleep 0.2"], *([f"{n}"] for n in range(20))]
    run(groups, make=partial(make_noting, tmp_path))
    assert len(list(tmp_path.iterdir())) == 2


def test_messages_larger_than_a_pipe() -> None:
    groups = [["big 3000000", "y" * 3_000_000]] * 6
    assert [[len(result) for result in results] for results in run(groups)] == [[3_000_000] * 2] * 6


@pytest.mark.parametrize("count", [1, 3])
def test_reads_no_further_ahead_than_it_may(count: int) -> None:
    params = WorkerParams(groups_ahead=2)
    taken = given_back = 0
    ahead = []

    def groups() -> Iterator[list[str]]:
        nonlocal taken
        for number in range(20):
            taken += 1
            ahead.append(taken - given_back)
            yield [str(number)]

    with Workers[str, str](make, count, params=params) as workers:
        for results in workers.run(groups()):
            assert results == [str(given_back)]
            given_back += 1
    assert given_back == 20
    assert max(ahead) <= 2 * count + 1


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        pytest.param("fail x", ValueError, "^fail x$", id="its-own-error"),
        pytest.param("odd x", WorkerError, "^OddError: odd x$", id="unpicklable-error"),
        pytest.param("kill", WorkerDiedError, r"killed by signal 9 \(Killed\)", id="killed"),
        pytest.param("exit", WorkerDiedError, "ended with status 3", id="ended"),
    ],
)
@pytest.mark.parametrize("count", [1, 2])
def test_a_bad_item_is_reported_and_the_others_are_finished(
    bad: str, error: type[Exception], message: str, count: int
) -> None:
    (a, found, b), (c,), (d,) = run([["a", bad, "b"], ["c"], ["d"]], count)
    assert [a, b, c, d] == ["A", "B", "C", "D"]
    assert type(found) is error
    with pytest.raises(error, match=message):
        raise found


def test_a_worker_that_is_killed_from_outside_costs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mark = f"kill-once {tmp_path / 'mark'}"
    with caplog.at_level(logging.WARNING, "quotes.nlp.workers"):
        assert run([["a", mark], ["b"]]) == [["A", mark.upper()], ["B"]]
    (record,) = caplog.records
    assert "was killed by signal 9" in record.getMessage()
    assert "tried again alone" in record.getMessage()


def test_an_idle_worker_that_dies_is_replaced() -> None:
    with Workers[str, Any](make, 1) as workers:
        ((pid,),) = workers.run([["pid"]])
        os.kill(pid, signal.SIGKILL)
        ((other,),) = workers.run([["pid"]])
        assert other != pid
    assert gone([pid, other])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        pytest.param({"make": make_nothing}, FileNotFoundError, "restore it", id="make-raises"),
        pytest.param({"make": make_and_die}, WorkerStartError, "fewer workers", id="make-dies"),
        pytest.param({"groups": [["a"], ["raise x"]]}, ValueError, "raise x", id="work-raises"),
        pytest.param({"groups": [["unsendable"]]}, Exception, "lambda", id="result-cannot-be-sent"),
    ],
)
def test_an_error_of_all_ends_the_run(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        run(options.pop("groups", [["a"], ["b"], ["c"]]), **options)


def test_what_cannot_be_sent_is_refused_at_once() -> None:
    with pytest.raises(Exception, match="pickle"):
        run([["a"]], make=lambda: work)


@pytest.mark.parametrize("count", [0, -1])
def test_no_workers_is_an_error(count: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Workers(make, count)


def test_closed_workers_take_no_work() -> None:
    with Workers[str, Any](make, 1) as workers:
        pass
    with pytest.raises(RuntimeError, match="shutdown"):
        list(workers.run([["a"]]))


def test_leaving_early_ends_working_processes() -> None:
    with Workers[str, Any](make, 2) as workers:
        results = workers.run([["pid"], ["pid"], ["sleep 600"], ["sleep 600"]])
        pids = [*next(results), *next(results)]
    assert gone(pids)


SCRIPT = """
import os, sys, time
from quotes.nlp.workers import Workers
from tests.quotes.nlp.worker_tasks import make
if __name__ == "__main__":
    with Workers(make, 2) as workers:
        first = [["pid", "sleep 0.3"]] * 2
        for results in workers.run([*first, *[["sleep 600"]] * 9]):
            print(results[0], flush=True)
"""


@pytest.mark.parametrize(
    ("number", "to_all", "status"),
    [
        pytest.param(signal.SIGINT, True, -signal.SIGINT, id="ctrl-c"),
        pytest.param(signal.SIGINT, False, -signal.SIGINT, id="interrupt"),
        pytest.param(signal.SIGTERM, False, -signal.SIGTERM, id="terminated"),
        pytest.param(signal.SIGKILL, False, -signal.SIGKILL, id="killed"),
    ],
)
def test_no_process_outlives_its_starter(
    tmp_path: Path, number: signal.Signals, *, to_all: bool, status: int
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        pids = {int(process.stdout.readline()) for _ in range(2)}
        assert all(map(alive, pids))
        if to_all:  # as a terminal does: to everyone in the foreground
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        complaints = process.stderr.read()
        assert process.wait(TIMEOUT_S) == status
    assert gone(list(pids), running)
    assert complaints.count("Traceback") == (number == signal.SIGINT)  # the starter's own


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="ascii")


V2, V1 = "0::/a/b\n", "5:cpuset:/x\n4:cpu,cpuacct:/a\n1:memory:/y\n0::/\n"


@pytest.mark.parametrize(
    ("files", "cpus"),
    [
        pytest.param({}, 64, id="no-control-groups"),
        pytest.param({"a/b/cpu.max": "max 100000\n"}, 64, id="no-limit"),
        pytest.param({"a/b/cpu.max": "200000 100000\n"}, 2, id="limit"),
        pytest.param({"a/b/cpu.max": "150000 100000\n"}, 2, id="rounded-up"),
        pytest.param({"a/b/cpu.max": "20000 100000\n"}, 1, id="less-than-one"),
        pytest.param(
            {"a/b/cpu.max": "900000 100000\n", "a/cpu.max": "300000 100000\n"}, 3, id="outer-limit"
        ),
        pytest.param({"cpu.max": "400000 100000\n"}, 4, id="own-name-space"),
        pytest.param({"a/b/cpu.max": "9900000 100000\n"}, 64, id="more-than-there-is"),
        pytest.param({"a/b/cpu.max": "\n"}, 64, id="empty"),
        pytest.param(
            {"cpu/a/cpu.cfs_quota_us": "200000\n", "cpu/a/cpu.cfs_period_us": "100000\n"},
            2,
            id="version-1",
        ),
        pytest.param(
            {"cpu/a/cpu.cfs_quota_us": "-1\n", "cpu/a/cpu.cfs_period_us": "100000\n"},
            64,
            id="version-1-no-limit",
        ),
    ],
)
def test_available_cpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], cpus: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    own = V1 if any(name.startswith("cpu/") for name in files) else V2
    under = {f"sys/fs/cgroup/{name}": text for name, text in files.items()}
    write(tmp_path, {"proc/self/cgroup": own, **under})
    assert available_cpus(tmp_path) == cpus


def test_affinity_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5})
    assert available_cpus(tmp_path) == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_cpus(tmp_path) == 1


def test_this_machine_has_cpus() -> None:
    assert 1 <= available_cpus() <= (os.cpu_count() or 1)


@pytest.fixture(scope="module")
def pair() -> Iterator[Workers[str, Any]]:
    with Workers[str, Any](make, 2) as workers:
        yield workers


@settings(deadline=None)
@given(groups=st.lists(st.lists(st.sampled_from(["a", "bb", "fail x"]), max_size=3), max_size=9))
def test_every_item_has_its_result(pair: Workers[str, Any], groups: list[list[str]]) -> None:
    found = [[str(result) for result in results] for results in pair.run(groups)]
    assert found == [[item if " " in item else item.upper() for item in group] for group in groups]
