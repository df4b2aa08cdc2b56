"""The status page and the answer for load balancers: what they say, to whom, at what cost."""

import subprocess
import sys
import uuid

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client

from quotes import background, kept_counts, search_index, status_pages
from quotes.models import Export, Feed, Import
from quotes.params import PAGES
from quotes.status_pages import Level
from tests.quotes.test_views import read, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def operator(client) -> Client:
    client.force_login(User.objects.create_user("op", is_staff=True, is_superuser=True))
    return client


def an_import(state: str, **fields) -> Import:
    return Import.objects.create(
        uid=uuid.uuid4(),
        kind=Import.Kind.ADDRESS,
        sources=["https://e.org/1"],
        state=state,
        **fields,
    )


def test_an_empty_tracker_has_a_status(client):
    text = words(read(client, "/status/"))
    assert "Nothing yet" in text
    assert "has not run yet" in text
    assert "All is well" in text


def test_it_says_what_is_stored_and_who_read_it(client, rail):
    page = read(client, "/status/")
    text = words(page)
    for part in (
        "quotations 2",
        "named speaker 1",
        "article 1",
        "Rail tax to rise",
        "its last run",
    ):
        assert part in text
    assert "Good In step, kept by the database itself" in text
    assert rail.get_absolute_url() in page.links


def test_what_only_operators_need_is_for_them(operator):
    shown = words(read(operator, "/status/"))
    for part in ("For operators", "free for the var folder", "Mail", "Work in the background"):
        assert part in shown
    assert "For operators" not in words(read(Client(), "/status/"))


@pytest.mark.usefixtures("rail")
def test_a_private_tracker_tells_strangers_nothing(client, settings):
    settings.PUBLIC_READS = False
    assert client.get("/status/").status_code == 302
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("states", "level", "expected"),
    [
        ([], Level.GOOD, "none yet"),
        ([Import.State.FINISHED], Level.GOOD, "0 at work or waiting, 0 failed or interrupted"),
        ([Import.State.PENDING], Level.GOOD, "1 at work or waiting, 0 failed or interrupted"),
        ([Import.State.FAILED], Level.ATTENTION, "0 at work or waiting, 1 failed or interrupted"),
        # Running, says its row, but nobody holds its lock.
        ([Import.State.RUNNING], Level.ATTENTION, "0 at work or waiting, 1 failed or interrupted"),
    ],
)
def test_imports(states, level, expected):
    for state in states:
        an_import(state)
    fact = status_pages.imports()
    assert (fact.level, fact.words) == (level, expected)


def test_feeds_with_problems_want_attention():
    assert status_pages.feeds().level == Level.OFF
    for number, failures in enumerate((0, 3)):
        Feed.objects.create(uid=uuid.uuid4(), address=f"https://e.org/{number}", failures=failures)
    fact = status_pages.feeds()
    assert fact.level == Level.ATTENTION
    assert "2 read again and again, 1 with problems" in fact.words


def test_exports_that_failed_are_the_operators(operator):
    Export.objects.create(
        uid=uuid.uuid4(), format="jsonl", query={}, schema_version=1, state=Export.State.FAILED
    )
    assert "1 failed or interrupted" in words(read(operator, "/status/"))


@pytest.mark.usefixtures("rail")
def test_a_search_index_out_of_step_is_told(client):
    assert status_pages.search().level == Level.GOOD
    name, table = search_index.trigger_names()[0]
    with connection.cursor() as cursor:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert status_pages.search().level == Level.ATTENTION
    assert "searches may miss quotations" in words(read(client, "/status/"))


@pytest.mark.usefixtures("rail")
@pytest.mark.parametrize("count", [1, 10])
def test_queries_do_not_grow(client, django_assert_num_queries, count):
    for _ in range(count):
        an_import(Import.State.FINISHED)
        Feed.objects.create(uid=uuid.uuid4(), address=f"https://e.org/{uuid.uuid4()}")
    client.get("/healthz")
    # imports; feeds; newest quotation, index row and triggers; migrations (is their table there,
    # which); newest quotation; counts of quotations (two), speakers, articles, outlets; last
    # version; last run
    with django_assert_num_queries(19):  # four of them say what is not compared
        client.get("/status/")


# --- for load balancers


def test_healthz_is_plain_and_cheap(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Content-Type"] == "text/plain"
    assert "no-cache" in answer["Cache-Control"]
    assert not answer.cookies


def test_healthz_tells_of_pending_migrations(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'quotes' AND name LIKE '0001%'")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"migrations are pending\n")
    assert "1 migrations are pending" in words(read(client, "/status/"))


def test_healthz_tells_of_a_database_that_does_not_answer(tmp_path):
    """In a process of its own, whose database is in a folder that is not there."""
    ask = "a = django.test.Client().get('/healthz'); print(a.status_code, a.content)"
    environment = background.environment() | {
        "TRACKER_DATABASE_URL": f"sqlite://{tmp_path}/nowhere/db.sqlite3",
        "TRACKER_ALLOWED_HOSTS": '["testserver"]',
    }
    command = [sys.executable, "-W", "ignore", "-c", f"import django.test; django.setup(); {ask}"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    assert said.stdout.strip() == r"503 b'the database does not answer\n'"


def test_healthz_is_read_only(client):
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


# --- counts


def test_a_small_tracker_is_counted_anew(rail):
    assert kept_counts.counts() == kept_counts.Counts(2, 1, 1, 1)
    rail.quotations.first().delete()
    assert kept_counts.counts().quotations == 1


@pytest.mark.usefixtures("rail")
def test_the_counts_of_a_large_one_are_kept_for_a_while(monkeypatch, django_assert_num_queries):
    cache.clear()
    monkeypatch.setattr(kept_counts, "PAGES", PAGES.model_copy(update={"counts_kept_from": 1}))
    try:
        assert kept_counts.counts().quotations == 2
        with django_assert_num_queries(1):
            assert kept_counts.counts() == kept_counts.Counts(2, 1, 1, 1)
    finally:
        cache.clear()
