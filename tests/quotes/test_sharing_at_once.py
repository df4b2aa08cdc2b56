"""Several workers at once on feeds, saved searches and webhooks: nothing twice, nothing lost.

On PostgreSQL in threads of this process, on SQLite in those of another one over a file.
"""

import os
import signal
import subprocess
import sys
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from quotes import feeds, saved_searches, store, webhooks
from quotes.http_client import Hosts
from quotes.models import Delivery, SavedSearch, Webhook
from quotes.params import SHARING
from quotes.saved_searches import SavedSearchError
from tests import builders
from tests.quotes.test_decisions_at_once import at_once
from tests.webserver import serving

HERE = Hosts(allowed={"127.0.0.1"})


def a_feed_is_taken_once():
    """Let three workers ask for the feeds that are due; assert that each is given once."""
    for number in range(20):
        feeds.add(f"http://example.org/{number}")
    taken: list[int] = []
    work = lambda: taken.extend(feed.pk for feed in feeds.due())  # noqa: E731
    assert at_once(work, work, work) == [None] * 3
    assert len(taken) == len(set(taken)) == 20


def no_more_searches_than_the_most():
    """Let two save the last search that may be; assert that one does."""
    owner = User.objects.create_user("most")
    rows = [
        SavedSearch(uid=uuid.uuid4(), owner=owner, name=f"{n}", query={}, feed_key=uuid.uuid4().hex)
        for n in range(SHARING.searches_most - 1)
    ]
    SavedSearch.objects.bulk_create(rows)
    raised = at_once(
        lambda: saved_searches.create(owner, "a", {}), lambda: saved_searches.create(owner, "b", {})
    )
    assert sorted(isinstance(error, SavedSearchError) for error in raised) == [False, True]
    assert saved_searches.of(owner).count() == SHARING.searches_most


def nothing_is_told_or_sent_twice():
    """Let three workers find what is new and send it; assert that each thing arrives once."""
    run = store.open_run(builders.provenance())
    search = saved_searches.create(User.objects.create_user("hooked"), "Tax", {"q": ["tax"]})
    few = SHARING.model_copy(update={"message_rows": 1})
    with serving() as site:
        site.pages["/hook"] = (204, {}, b"")
        settings.FETCH_ALLOW_HOSTS = HERE.allowed
        for _ in range(2):
            webhooks.create(search, f"{site.address}/hook")
        for number in range(6):
            text = builders.RAIL.replace("café", f"café-{number}")
            found = builders.quotation(text, f"the café-{number} tax", speaker=builders.ROE)
            store.record(
                builders.source(text), builders.Document(text=text, quotations=(found,)), run
            )
        until = timezone.now() + timedelta(seconds=1)
        tell = lambda: webhooks.notice(until=until, params=few)  # noqa: E731
        assert at_once(tell, tell, tell) == [None] * 3
        webhooks.notice(until=until, params=few)
        told = [
            (delivery.webhook_id, delivery.payload["data"]["quotations"][0]["uid"])
            for delivery in Delivery.objects.all()
        ]
        assert len(told) == len(set(told)) == 12
        send = lambda: webhooks.deliver_due(hosts=HERE)  # noqa: E731
        assert at_once(send, send, send) == [None] * 3
        ids = [seen.headers["webhook-id"] for seen in site.seen]
        assert len(ids) == len(set(ids)) == 12
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.DELIVERED}


_SEND = """
import django
django.setup()
from quotes import webhooks
webhooks.deliver_due()
"""


def a_killed_sender_is_followed_by_one_with_the_same_id():
    """Kill a process (SIGKILL) while the receiver has its message; assert what the next one does.

    Each sender is a process of its own over the same file.
    """
    Webhook.objects.all().delete()  # those of other checks
    run = store.open_run(builders.provenance("killed"))
    search = saved_searches.create(User.objects.create_user("killed"), "Tax", {"q": ["tax"]})
    environment = {**os.environ, "TRACKER_FETCH_ALLOW_HOSTS": '["127.0.0.1"]'}
    sender = [sys.executable, "-c", _SEND]
    with serving() as site:
        settings.FETCH_ALLOW_HOSTS = HERE.allowed
        webhooks.create(search, f"{site.address}/hook")
        text = builders.RAIL.replace("café", "killed")
        found = builders.quotation(text, "the killed tax", speaker=builders.ROE)
        store.record(builders.source(text), builders.Document(text=text, quotations=(found,)), run)
        assert webhooks.notice(until=timezone.now() + timedelta(seconds=1)) == 1
        killed = subprocess.Popen(sender, env=environment)  # noqa: S603  of constants

        def kill(_seen):
            killed.kill()
            killed.wait()

        site.pages["/hook"] = kill
        killed.wait(timeout=120)
        assert killed.returncode == -signal.SIGKILL
        site.pages["/hook"] = (204, {}, b"")
        delivery = Delivery.objects.get(webhook__search=search)
        assert (delivery.state, delivery.attempts) == (Delivery.State.PENDING, 1)
        assert webhooks.deliver_due(hosts=HERE) == 0  # perhaps it is still being sent
        Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=timezone.now())
        subprocess.run(sender, env=environment, check=True, timeout=120)  # noqa: S603
        one, two = site.seen
        assert one.headers["webhook-id"] == two.headers["webhook-id"]
        assert one.body == two.body
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (Delivery.State.DELIVERED, 2)


ALL = (a_feed_is_taken_once, no_more_searches_than_the_most, nothing_is_told_or_sent_twice)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_with_real_transactions(check, settings, tmp_path):
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory SQLite database has one connection; on a file: below")
    settings.VAR_DIR, settings.FETCH_ALLOW_HOSTS = tmp_path, frozenset()
    check()


_ON_A_FILE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.quotes import test_sharing_at_once as tests
for check in (*tests.ALL, tests.a_killed_sender_is_followed_by_one_with_the_same_id):
    check()
print("all held")
"""


def test_on_an_sqlite_file(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "TRACKER_DATABASE_URL": f"sqlite://{tmp_path}/db.sqlite3",
        "TRACKER_VAR_DIR": str(tmp_path),
    }
    done = subprocess.run(  # noqa: S603  of constants
        [sys.executable, "-c", _ON_A_FILE],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
        timeout=300,
    )
    assert done.stdout.strip() == "all held", done.stderr[-3000:]
