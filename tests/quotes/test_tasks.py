"""Work that is done later: by a process of ours, by `manage.py work`, by Celery at a broker."""

# ruff: noqa: S603  the commands are ours

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from quotes import task_list, tasks
from quotes.models import IdempotentRequest
from quotes.params import ACCESS, JOBS
from quotes.task_list import TASKS, Task

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 180.0
RABBIT = shutil.which("rabbitmq-server") or "/usr/lib/rabbitmq/bin/rabbitmq-server"

LAUNCH = """
from quotes import jobs
job = jobs.create("files", [{path!r}])
jobs.launch(job)
print(job.uid)
"""


@pytest.fixture
def place(tmp_path) -> dict[str, str]:
    """The environment of processes at a migrated database of their own."""
    environment = {
        **os.environ,
        "TRACKER_DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "TRACKER_VAR_DIR": str(tmp_path / "var"),
    }
    manage(environment, "migrate", "-v0")
    return environment


def manage(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def launched(environment: dict[str, str], path: Path) -> str:
    return manage(environment, "shell", "-v0", "-c", LAUNCH.format(path=str(path))).strip()


def spanish(folder: Path, count: int = 3) -> Path:
    """Articles that need no models: another language is stored and not extracted."""
    path = folder / "articles.jsonl"
    text = "La ministra anunció el martes que los impuestos subirán un {} por ciento."
    rows = [{"url": f"https://example.org/{n}", "text": text.format(n)} for n in range(count)]
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def state(folder: Path) -> tuple[str, int]:
    database = sqlite3.connect(folder / "db.sqlite3")
    try:
        return database.execute("SELECT state, new FROM quotes_import").fetchone()
    finally:
        database.close()


def wait(until: Callable[[], bool], what: Callable[[], object] = str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not until():
        assert time.monotonic() < deadline, what()
        time.sleep(0.2)


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """Run `command`; ask it to end (SIGTERM) afterwards, and see that it does so cleanly."""
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out) as process,
    ):
        try:
            yield
        finally:
            process.terminate()
            status = process.wait(TIMEOUT_S)
    assert status == 0, log.read_text()


def test_without_a_broker_a_process_of_its_own_does_it(place, tmp_path):
    launched(place, spanish(tmp_path))
    wait(lambda: state(tmp_path) == ("finished", 3), lambda: state(tmp_path))


def test_the_loop_does_what_waits_and_ends_when_told(place, tmp_path):
    log = tmp_path / "work.log"
    with running([sys.executable, "manage.py", "work"], place, log):
        wait(lambda: "working tasks=" in log.read_text(), log.read_text)
        launched(place, spanish(tmp_path))
        wait(lambda: state(tmp_path) == ("finished", 3), log.read_text)
    assert "stopped; what was begun" in log.read_text()
    started = list((tmp_path / "var" / "log").glob("work-import-*"))
    assert started == [], "the loop was there: no other process was to be started"


def test_serving_works_in_the_background_too_and_leaves_nothing_behind(place, tmp_path):
    """`make run`: one program to stop, and the site does what it promises."""
    port, log = free_port(), tmp_path / "serve.log"
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with running(command, place, log):
        wait(lambda: "working tasks=" in log.read_text(), log.read_text)
        wait(lambda: not is_free(port), log.read_text)
        launched(place, spanish(tmp_path))
        wait(lambda: state(tmp_path) == ("finished", 3), log.read_text)
        taken = subprocess.run(
            command, cwd=ROOT, env=place, capture_output=True, text=True, check=False
        )
        assert taken.returncode == 1
        assert f"port {port}: Address already in use; choose another" in taken.stderr
    assert "stopped; what was begun" in log.read_text(), "the work was told to end as well"
    assert is_free(port)


def is_free(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) != 0


def test_once_does_what_waits_here(place, tmp_path):
    create = LAUNCH.replace("jobs.launch(job)", "")
    manage(place, "shell", "-v0", "-c", create.format(path=str(spanish(tmp_path))))
    assert state(tmp_path) == ("pending", 0)
    manage(place, "work", "--once")
    assert state(tmp_path) == ("finished", 3)


def test_names_of_tasks():
    assert set(TASKS) == set(tasks.NAMES)
    with pytest.raises(KeyError, match="'exprot' is no task"):
        tasks.later("exprot")


@pytest.mark.django_db
def test_what_fails_does_not_keep_the_rest_and_is_not_repeated(monkeypatch):
    done = []

    def run(name):
        done.append(name)
        if name == "bad":
            raise ZeroDivisionError

    due = [("bad",), ("good",)]
    task = Task(lambda: iter(due), run, lambda: iter(()))
    monkeypatch.setitem(task_list.TASKS, "clean", task)
    assert task_list.drain("clean") == 2
    assert done == ["bad", "good"]


def test_a_broker_that_cannot_be_reached_costs_no_work(place, tmp_path):
    """The import waits; `manage.py work` finds it."""
    nowhere = {**place, "TRACKER_BROKER_URL": "amqp://guest@127.0.0.1:1//"}
    launched(nowhere, spanish(tmp_path))
    assert state(tmp_path) == ("pending", 0)


# --- Celery


@pytest.mark.skipif(find_spec("redis") is not None, reason="redis is installed here")
def test_a_redis_without_its_package_stops_the_start_and_says_what_to_do(place):
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    place["TRACKER_BROKER_URL"] = "redis://localhost:6379/0"
    done = subprocess.run(command, cwd=ROOT, env=place, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert "TRACKER_BROKER_URL: Redis needs the package redis" in done.stderr
    assert "pip install" in done.stderr


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def broker() -> Iterator[str]:
    """A RabbitMQ of this test alone; skipped where none is installed."""
    if not Path(RABBIT).exists():
        pytest.skip("no rabbitmq-server here (Debian: apt-get install rabbitmq-server)")
    port, home = free_port(), Path(tempfile.mkdtemp(prefix="quotes-mq-", dir="/tmp"))
    node = f"quotes{port}@localhost"
    environment = {
        **os.environ,
        "HOME": str(home),
        "RABBITMQ_NODENAME": node,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
        "ERL_EPMD_PORT": str(free_port()),
    }
    server = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    command = [str(server if server.exists() else RABBIT)]
    with (home / "out").open("wb") as out:
        process = subprocess.Popen(
            command, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        wait(lambda: _answers(port), (home / "out").read_text)
        yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(TIMEOUT_S)
        _end_epmd(environment)
        shutil.rmtree(home, ignore_errors=True)


def _end_epmd(environment: dict[str, str]) -> None:
    """End Erlang's name server, which the node has left running on a port of its own."""
    if epmd := shutil.which("epmd"):
        subprocess.run([epmd, "-kill"], env=environment, check=False, capture_output=True)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as one:
            one.sendall(b"AMQP\x00\x00\x09\x01")
            return bool(one.recv(1))
    except OSError:
        return False


def test_the_same_tasks_run_on_celery(place, tmp_path, broker):
    """A worker that is killed at its work loses none: the next one is given the same import."""
    place["TRACKER_BROKER_URL"] = broker
    worker = [sys.executable, "-m", "celery", "-A", "tracker.celery", "worker", "--concurrency=1"]
    uid = launched(place, spanish(tmp_path, 400))
    assert state(tmp_path) == ("pending", 0)
    log = tmp_path / "first.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            worker, cwd=ROOT, env=place, stdout=out, stderr=out, start_new_session=True
        ) as first,
    ):
        wait(lambda: state(tmp_path)[1] > 0, log.read_text)
        os.killpg(first.pid, signal.SIGKILL)
    left = state(tmp_path)
    assert left[0] == "running"
    with running(worker, place, tmp_path / "second.log"):
        wait(lambda: state(tmp_path)[0] == "finished", (tmp_path / "second.log").read_text)
    assert state(tmp_path) == ("finished", 400)
    assert uid in (tmp_path / "second.log").read_text() or left[1] < 400


@pytest.mark.django_db
def test_cleaning_removes_answers_and_logs_whose_time_is_over(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    now = timezone.now()
    user = User.objects.create_user("jo")
    kept = timedelta(hours=ACCESS.answers_kept_hours)
    for key, age in (("old", kept + timedelta(seconds=1)), ("new", kept - timedelta(minutes=1))):
        row = IdempotentRequest.objects.create(user=user, key=key, request_sha256="0" * 64)
        IdempotentRequest.objects.filter(pk=row.pk).update(created_at=now - age)
    logs = tmp_path / "log"
    logs.mkdir()
    month = timedelta(days=JOBS.log_keep_days)
    ages = {
        "work-import-1.log": month * 2,
        "work-clean-2.log": month / 2,
        "ingest-3.log": month * 2,
    }
    for name, age in ages.items():
        (logs / name).write_text("done\n")
        os.utime(logs / name, ((now - age).timestamp(), (now - age).timestamp()))
    TASKS["clean"].run()
    assert [row.key for row in IdempotentRequest.objects.all()] == ["new"]
    assert sorted(path.name for path in logs.iterdir()) == ["ingest-3.log", "work-clean-2.log"]
    TASKS["clean"].run()  # nothing is left to remove
