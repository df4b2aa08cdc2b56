"""One process at a time reads stored articles again. Runs on SQLite files and PostgreSQL."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from quotes import run_lock

ROOT = Path(__file__).parents[2]
HOLD = """
import time
from quotes import run_lock
with run_lock.only_one():
    print("held", flush=True)
    time.sleep(600)
"""
TRY = """
from quotes import run_lock
print(run_lock.is_held())
try:
    with run_lock.only_one():
        print("taken", run_lock.is_held())
except run_lock.BusyError as error:
    print(error)
"""


def environment(folder: Path) -> dict[str, str]:
    """Return that of a process on PostgreSQL where the tests are, else on a file of SQLite."""
    if connection.vendor == "postgresql":
        return dict(os.environ)
    return {**os.environ, "TRACKER_DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}"}


def shell(code: str) -> list[str]:
    return [sys.executable, "manage.py", "shell", "-v0", "-c", code]


def attempt(folder: Path) -> list[str]:
    done = subprocess.run(  # noqa: S603  our own command
        shell(TRY), cwd=ROOT, env=environment(folder), check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()


@pytest.mark.database
def test_a_second_process_is_refused_until_the_first_is_gone_however_it_ends(tmp_path):
    assert attempt(tmp_path) == ["False", "taken True"]
    with subprocess.Popen(  # noqa: S603  our own command
        shell(HOLD), cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        held, refused = attempt(tmp_path)
        assert held == "True"
        assert refused.startswith("another extract_stored is at work on this database")
        if connection.vendor == "sqlite":
            assert refused.endswith(f"(process {process.pid})")
        process.send_signal(signal.SIGKILL)
    lines = attempt(tmp_path)
    # A server may need a moment to see that a client is gone.
    while connection.vendor == "postgresql" and lines[0] == "True":
        lines = attempt(tmp_path)
    assert lines == ["False", "taken True"]


@pytest.mark.django_db
def test_a_database_in_memory_has_one_process():
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with run_lock.only_one(), run_lock.only_one():
        assert not run_lock.is_held()
