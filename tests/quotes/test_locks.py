"""Locks of jobs: one holder, seen by all; a file that is gone when its job is done."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

ROOT = Path(__file__).parents[2]
LOOK = """
from uuid import UUID
from quotes import locks
mine, other = (locks.of_job(UUID(uid)) for uid in ({mine!r}, {other!r}))
with mine.hold():
    print(mine.is_held(), other.is_held(), locks.held([mine, other]) == {{mine}}, locks.held([]))
    with other.hold():
        print(locks.held([mine, other]) == {{mine, other}})
print(locks.held([mine, other]))
try:
    with mine.hold():
        raise BlockingIOError("of the work, not of the lock")
except BlockingIOError as error:
    print(error)
"""


@pytest.mark.database
def test_each_job_has_a_lock_of_its_own(tmp_path):
    environment = dict(os.environ)
    if connection.vendor == "sqlite":
        environment["TRACKER_DATABASE_URL"] = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    code = LOOK.format(mine=str(uuid4()), other=str(uuid4()))
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == [
        "True False True set()",
        "True",
        "set()",
        "of the work, not of the lock",
    ]
    assert not list(tmp_path.glob("*.lock"))
