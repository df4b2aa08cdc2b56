"""Building the search index on PostgreSQL: searches find all meanwhile, and after a kill."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from quotes import search_index
from quotes.models import ArticleVersion
from quotes.search_documents import ROWS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
ROOT = Path(__file__).parents[2]
REBUILD = "from quotes import search_index; search_index.install('default', is_stale=True)"
_WAITS = """SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'
    AND relation = %s::regclass"""
_OTHERS = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_KEYS = f"SELECT key FROM {ROWS} ORDER BY key"  # noqa: S608  a constant
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s ORDER BY 1"
_NOTED = "SELECT digest FROM quotes_kept_index WHERE name = %s"


def asked(statement: str, *values: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def until(statement: str, number: int, *values: str) -> None:
    """Wait until a query counts so many; for two minutes at most, as machines are busy."""
    for _ in range(1200):
        if asked(statement, *values) == [(number,)]:
            return
        time.sleep(0.1)
    raise AssertionError(f"after two minutes, not {number}: {statement}")


@contextmanager
def rebuilding() -> Iterator["subprocess.Popen[bytes]"]:
    """Run a process that has filled the new table, and waits for who reads the old one."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", REBUILD]
    environment = {**os.environ, "TRACKER_DATABASE_URL": url}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:  # noqa: S603  our own
        try:
            until(_WAITS, 1, ROWS)
            yield process
        finally:
            process.kill()


def found(client: Client) -> list[str]:
    answer = client.get("/api/v1/quotations/?q=roe").json()
    return [str(row["uid"]) for row in answer["results"]]


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("is_killed", [True, False])
def test_searches_find_all_while_it_is_built_and_after_a_kill(
    client: Client, *, is_killed: bool
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's readers see what was before until all is committed")
    whole, uids, indexes = asked(_KEYS), found(client), asked(_INDEXES, ROWS)
    assert whole
    assert uids
    with ExitStack() as stack:
        with transaction.atomic():
            assert asked(_KEYS) == whole  # a reader, for whom the exchange of the tables waits
            process = stack.enter_context(rebuilding())
            assert found(client) == uids
            connection.cursor().execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
                ArticleVersion.objects.update(title="Not in the new index")
            if is_killed:
                process.kill()
        process.wait()
    until(_OTHERS, 0)
    assert bool(asked(_NOTED, ROWS)) is not is_killed
    assert found(client) == uids
    search_index.install("default", is_stale=False)
    assert asked(_NOTED, ROWS)
    assert (asked(_KEYS), found(client)) == (whole, uids)
    assert asked(_INDEXES, ROWS) == indexes
    assert asked(_INDEXES, f"{ROWS}_new") == []
