"""How many requests are taken: limits, their rows, counts, the hash of an address; races."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from quotes import limits
from quotes.limits import Client, Limit
from quotes.models import RateLimit, RequestCount

ROOT = Path(__file__).parents[2]
NOON = 1_800_000_000.0


@pytest.fixture(autouse=True)
def limited(settings):
    settings.RATE_LIMITS = {"anon": "3/minute", "user": "100/hour", "write": "2/minute"}
    limits.forget()
    yield
    limits.forget()


@pytest.fixture
def jo(db) -> User:  # noqa: ARG001
    return User.objects.create_user("jo")


@pytest.mark.parametrize(
    ("rate", "expected"),
    [("600/hour", (600, 3600)), ("1/second", (1, 1)), ("0/day", (0, 86400)), ("7/minute", (7, 60))],
)
def test_rates(rate, expected):
    assert limits.parse_rate(rate) == expected


@given(st.text(max_size=20) | st.from_regex(r"\d{1,10}/(hour|day|week)"))
def test_any_text_is_a_rate_or_is_named(text):
    if re.fullmatch("[0-9]{1,9}/(second|minute|hour|day)", text):
        assert limits.parse_rate(text)[0] >= 0
    else:
        with pytest.raises(ValueError, match=re.escape(repr(text))):
            limits.parse_rate(text)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2:3::4", "2001:db8:1:2:ffff::", True),
        ("2001:db8:1:2::", "2001:db8:1:3::", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("unknown", "", False),
    ],
)
def test_whose_address_is_whose(one, other, is_same):
    keys = {Client(None, address).key("anon") for address in (one, other)}
    assert len(keys) == 2 - is_same
    assert not any(address and address in key for key in keys for address in (one, other))


@given(st.text(max_size=60))
def test_any_address_has_a_key_that_fits(address):
    assert len(Client(None, address).key("extract")) <= 60


@pytest.mark.django_db
@pytest.mark.database
class TestCounting:
    def test_a_time_begins_with_its_first_request(self):
        client = Client(None, "192.0.2.1")
        seen = [limits.spend(client, ["anon"], now=NOON + s)[0] for s in (0, 10, 59.5, 59.9)]
        assert [q.used for q in seen] == [1, 2, 3, 4]
        assert [q.remaining for q in seen] == [2, 1, 0, 0]
        assert [q.ends_in_s for q in seen] == [60, 50, 1, 1]
        assert [q.is_exceeded for q in seen] == [False, False, False, True]
        assert limits.spend(client, ["anon"], now=NOON + 60)[0].used == 1

    def test_clients_and_scopes_are_counted_apart(self, jo):
        other = User.objects.create_user("max")
        for client in (Client(jo, "::1"), Client(other, "::1"), Client(None, "::1")):
            quotas = limits.spend(client, ["user", "write"], now=NOON)
            assert [(q.limit.scope, q.used) for q in quotas] == [("user", 1), ("write", 1)]
        assert limits.spend(Client(jo, "::2"), ["user"], now=NOON)[0].used == 2

    def test_asking_counts_nothing(self, jo):
        client = Client(jo, "")
        limits.spend(client, ["user"], now=NOON)
        for _ in range(2):
            user, write = limits.used(client, ["user", "write"], now=NOON + 1)
            assert (user.used, write.used) == (1, 0)
        assert limits.used(client, ["user"], now=NOON + 3600)[0].used == 0

    def test_one_statement_however_many_scopes(self, jo, django_assert_num_queries):
        limits.spend(Client(jo, ""), ["user"])
        with django_assert_num_queries(1):
            limits.spend(Client(jo, ""), ["user", "write", "unheard-of"])

    def test_rows_go_before_settings_and_accounts_before_all(self, jo):
        other = User.objects.create_user("max")
        RateLimit.objects.create(scope="user", user=jo, requests=7, period_s=70)
        RateLimit.objects.create(scope="user", requests=5, period_s=50)
        RateLimit.objects.create(scope="export", requests=1, period_s=10)
        limits.forget()
        scopes = ["user", "write", "export", "extract"]
        own = [Limit("user", 7, 70), Limit("write", 2, 60), Limit("export", 1, 10)]
        assert limits.limits_of(jo, scopes) == own
        assert limits.limits_of(other, ["user"]) == [Limit("user", 5, 50)]
        assert limits.limits_of(None, ["anon", "user"]) == [
            Limit("anon", 3, 60),
            Limit("user", 5, 50),
        ]

    def test_a_changed_limit_holds_after_a_moment(self, jo, monkeypatch):
        assert limits.limits_of(jo, ["user"]) == [Limit("user", 100, 3600)]
        RateLimit.objects.create(scope="user", user=jo, requests=0, period_s=60)
        assert limits.limits_of(jo, ["user"]) == [Limit("user", 100, 3600)]
        later = limits.time.monotonic() + limits.ACCESS.limits_known_s
        monkeypatch.setattr(limits.time, "monotonic", lambda: later)
        assert limits.limits_of(jo, ["user"]) == [Limit("user", 0, 60)]
        assert limits.spend(Client(jo, ""), ["user"])[0].is_exceeded

    def test_what_is_over_is_swept(self, jo):
        limits._sweep.now_and_then(NOON)  # the process has started
        limits.spend(Client(None, "192.0.2.1"), ["anon"], now=NOON)
        limits.spend(Client(jo, ""), ["user"], now=NOON + 3000)
        limits._sweep._next = NOON + 3600
        limits.spend(Client(None, "192.0.2.2"), ["anon"], now=NOON + 3600)
        assert RequestCount.objects.count() == 2


def all_are_counted() -> None:
    """Let eight threads send twenty requests each; assert that each is counted, and once."""
    counted: list[int] = []

    def send() -> None:
        try:
            for number in range(20):
                quotas = limits.spend(
                    Client(None, "192.0.2.9"), ["anon", "write"][:: 1 - 2 * (number % 2)]
                )
                counted.append(next(q.used for q in quotas if q.limit.scope == "anon"))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == list(range(1, 161)), len(counted)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_requests_at_once_are_all_counted():
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory SQLite database has one connection; on a file: below")
    all_are_counted()


_ON_A_FILE = """
import sys, django
django.setup()
from django.conf import settings
settings.RATE_LIMITS = {"anon": "1000/day", "write": "1000/day"}
from quotes import limits
used = [limits.spend(limits.Client(None, "::1"), ["anon", "write"])[0].used for _ in range(100)]
print(max(used))
"""
_HELD = """
import sys, time, django
django.setup()
from django.conf import settings
from django.db import connection, transaction
settings.RATE_LIMITS = {"anon": "1000/day"}
from quotes import limits
from quotes.models import RequestCount
limits.limits_of(None, ["anon"])
import threading
held, done = threading.Event(), threading.Event()
def hold():
    with transaction.atomic():
        RequestCount.objects.create(key="x", since=0, period_s=1, used=1)
        held.set()
        done.wait(20)
    connection.close()
thread = threading.Thread(target=hold)
thread.start()
held.wait()
before = time.monotonic()
print(limits.spend(limits.Client(None, "::1"), ["anon"])[0].used, time.monotonic() - before < 5)
done.set()
thread.join()
print(limits.spend(limits.Client(None, "::1"), ["anon"])[0].used)
print(connection.cursor().execute("PRAGMA busy_timeout").fetchone()[0])
"""


@pytest.fixture
def on_a_file(tmp_path):
    """Return a function that starts Python with a program over one SQLite file."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "TRACKER_DATABASE_URL": f"sqlite://{tmp_path}/db.sqlite3",
        "TRACKER_VAR_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }

    def start(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, *arguments]
        return subprocess.Popen(  # noqa: S603  this interpreter
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    migrated = start(str(ROOT / "manage.py"), "migrate", "-v0")
    assert migrated.communicate(timeout=300)[0] == ""
    return start


def test_processes_count_together_on_sqlite(on_a_file):
    running = [on_a_file("-c", _ON_A_FILE) for _ in range(3)]
    printed = [process.communicate(timeout=120)[0] for process in running]
    assert max(map(int, printed)) == 300, printed


def test_nobody_waits_long_for_sqlites_writer(on_a_file):
    printed = on_a_file("-c", _HELD).communicate(timeout=120)[0].splitlines()
    assert "not counted" in printed[0]
    assert printed[1:] == ["0 True", "1", "30000"]
