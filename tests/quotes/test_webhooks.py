"""Webhooks, to real receivers: what is sent, signatures, retries, giving up, the log."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Receiver
from standardwebhooks import WebhookVerificationError

from quotes import saved_searches, webhooks
from quotes.models import Delivery, Quotation, SavedSearch, Webhook
from quotes.params import SHARING
from quotes.webhook_messages import secret_of
from quotes.webhooks import WebhookError, deliver_due, notice, pause_s
from tests import builders
from tests.webserver import serving

pytestmark = [pytest.mark.django_db, pytest.mark.database]
State = Delivery.State
OK = (204, {}, b"")


@pytest.fixture(autouse=True)
def apart(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.FETCH_ALLOW_HOSTS = frozenset({"127.0.0.1"})


@pytest.fixture
def site():
    with serving() as running:
        running.pages["/hook"] = OK
        yield running


@pytest.fixture
def search() -> SavedSearch:
    return saved_searches.create(User.objects.create_user("jo"), "Tax", {"q": ["tax"]})


@pytest.fixture
def hook(site, search) -> Webhook:
    return webhooks.create(search, f"{site.address}/hook")


def store(record, *numbers: int) -> None:
    """Store an article of one quotation for each number."""
    for number in numbers:
        text = builders.RAIL.replace("café", f"café-{number}")
        found = builders.quotation(text, f"the café-{number} tax would rise", speaker=builders.ROE)
        url = f"https://example.org/{number}"
        record(builders.source(text, url=url), builders.Document(text=text, quotations=(found,)))


def told(site) -> list[dict]:
    """Return the messages that were received, in order."""
    return [json.loads(seen.body) for seen in site.seen]


def events(message: dict) -> list[tuple[str, str]]:
    return [(row["event"], row["content"].split()[1]) for row in message["data"]["quotations"]]


def now():
    return timezone.now()


def make_due() -> None:
    Delivery.objects.filter(state=State.PENDING).update(next_attempt_at=now())


# --- what is sent


def test_what_is_new_is_sent_signed(site, hook, record):
    store(record, 1)
    assert notice(until=now()) == 1
    assert deliver_due() == 1
    (seen,) = site.seen
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["user-agent"].startswith("QuoteTracker/")
    payload = Receiver(secret_of(hook)).verify(seen.body, seen.headers)
    assert payload["type"] == "quotations.changed"
    assert payload["data"]["search"] == {"uid": str(hook.search.uid), "name": "Tax"}
    (row,) = payload["data"]["quotations"]
    quotation = Quotation.objects.get()
    assert (row["event"], row["uid"], row["content"]) == ("new", quotation.uid, quotation.content)
    assert row["address"].endswith(f"/quotes/{quotation.uid}/")
    assert row["speaker_name"] == "Ana Roe"
    assert row["attribution"] in {"likely", "unsure"}
    assert row["is_cut"] is False
    delivery = Delivery.objects.get()
    assert seen.headers["webhook-id"] == f"msg_{delivery.uid.hex}"
    assert (delivery.state, delivery.attempts, delivery.response_status) == (
        State.DELIVERED,
        1,
        204,
    )
    assert delivery.delivered_at is not None


def test_another_body_or_secret_does_not_verify(site, hook, record):
    store(record, 1)
    notice(until=now())
    deliver_due()
    (seen,) = site.seen
    with pytest.raises(WebhookVerificationError):
        Receiver(secret_of(hook)).verify(seen.body + b" ", seen.headers)
    before = secret_of(hook)
    after = webhooks.rotate_secret(hook)
    assert before != after == secret_of(Webhook.objects.get())
    with pytest.raises(WebhookVerificationError):
        Receiver(after).verify(seen.body, seen.headers)


def test_secrets_are_each_webhooks_own_and_hang_on_the_sites_key(hook, search, settings):
    other = webhooks.create(search, hook.address)
    assert secret_of(hook).startswith("whsec_")
    assert secret_of(hook) != secret_of(other)
    before = secret_of(hook)
    settings.SECRET_KEY = "another"
    assert secret_of(hook) != before


@pytest.mark.usefixtures("hook")
def test_nothing_is_sent_twice_and_changes_are(site, record):
    store(record, 1, 2)
    notice(until=now())
    assert notice(until=now()) == 0
    deliver_due()
    assert [events(message) for message in told(site)] == [[("new", "café-1"), ("new", "café-2")]]
    changed = Quotation.objects.get(content__contains="café-1")
    changed.medium = "letter"
    changed.save()
    store(record, 3)
    assert notice(until=now()) == 1
    deliver_due()
    assert events(told(site)[1]) == [("changed", "café-1"), ("new", "café-3")]


def test_what_was_there_before_is_not_sent(site, search, record):
    store(record, 1)
    webhooks.create(search, f"{site.address}/hook")
    assert notice(until=now()) == 0


def test_only_what_the_search_finds_is_sent(site, search, record):
    other = saved_searches.create(search.owner, "Other", {"q": ["elephants"]})
    webhooks.create(other, f"{site.address}/hook")
    store(record, 1)
    assert notice(until=now()) == 0


@pytest.mark.usefixtures("hook")
def test_a_change_that_is_too_fresh_waits(record):
    """By the clock of the mirrors: what may still be in an open transaction is left for later."""
    store(record, 1)
    assert notice() == 0
    Quotation.objects.update(updated_at=now() - timedelta(minutes=5))
    Webhook.objects.update(reached_at=now() - timedelta(minutes=10))
    assert notice() == 1


@pytest.mark.usefixtures("hook")
def test_messages_are_of_a_bounded_size_and_number(site, record):
    store(record, *range(7))
    few = SHARING.model_copy(update={"message_rows": 2, "waiting_most": 2})
    assert notice(until=now(), params=few) == 2
    assert notice(until=now(), params=few) == 0
    assert deliver_due() == 2
    assert notice(until=now(), params=few) == 2
    assert deliver_due() == 2
    contents = [content for message in told(site) for _, content in events(message)]
    assert contents == [f"café-{number}" for number in range(7)]


@pytest.mark.usefixtures("hook")
def test_rows_of_one_moment_are_all_sent(site, record):
    store(record, *range(5))
    moment = now()
    Quotation.objects.update(updated_at=moment)
    few = SHARING.model_copy(update={"message_rows": 2})
    assert notice(until=moment, params=few) == 3
    deliver_due()
    assert sum(len(events(message)) for message in told(site)) == 5


def test_a_search_that_means_nothing_any_more_ends_its_webhook(hook, record):
    SavedSearch.objects.update(query={"colour": ["red"]})
    store(record, 1)
    assert notice(until=now()) == 0
    hook.refresh_from_db()
    assert not hook.is_active
    assert "colour" in hook.problem


@pytest.mark.usefixtures("hook")
def test_nothing_goes_out_for_an_account_that_is_closed(site, record):
    store(record, 1, 2)
    notice(until=now())
    User.objects.update(is_active=False)
    assert (notice(until=now()), deliver_due(), site.seen) == (0, 0, [])


# --- attempts


@given(st.integers(1, 40), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_to_a_day_with_a_little_chance(attempts, drawn):
    pause, plain = pause_s(attempts, drawn), 30 * 4 ** (attempts - 1)
    assert min(plain, 86_400) <= pause <= min(plain, 86_400) * 1.2
    assert pause_s(attempts + 1, drawn) >= pause


def test_all_attempts_take_about_three_days():
    total_s = sum(pause_s(attempts, 0.0) for attempts in range(1, SHARING.attempts_most))
    assert 2 * 86_400 < total_s < 4 * 86_400


@pytest.mark.parametrize("status", [500, 503, 404, 301, 307, 429])
def test_what_is_not_received_is_tried_again_with_the_same_id_and_body(site, hook, record, status):
    replies = iter([(status, {"Location": "/other"}, b""), OK])
    site.pages["/hook"] = lambda _: next(replies)
    store(record, 1)
    notice(until=now())
    assert deliver_due() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (State.PENDING, 1)
    assert f"HTTP {status}" in delivery.problem
    assert 29 < (delivery.next_attempt_at - now()).total_seconds() < 37
    assert deliver_due() == 0
    make_due()
    assert deliver_due() == 1
    one, two = site.seen
    assert one.path == two.path == "/hook"
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    assert one.body == two.body
    Receiver(secret_of(hook)).verify(two.body, two.headers)


@pytest.mark.usefixtures("hook")
def test_a_receiver_that_asks_for_time_gets_it(site, record):
    site.pages["/hook"] = (503, {"Retry-After": "3600"}, b"")
    store(record, 1)
    notice(until=now())
    deliver_due()
    left = Delivery.objects.get().next_attempt_at - now()
    assert 3590 < left.total_seconds() <= 3600


@pytest.mark.usefixtures("hook")
def test_a_receiver_that_hangs_up_is_tried_again(site, record):
    site.pages["/hook"] = lambda _: None
    store(record, 1)
    notice(until=now())
    assert deliver_due() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.response_status) == (State.PENDING, None)
    assert "cannot be fetched" in delivery.problem


@pytest.mark.usefixtures("hook")
def test_a_private_address_is_not_sent_to(site, record, settings):
    """Allowed when it was made, and not any more: as a name that leads elsewhere since."""
    settings.FETCH_ALLOW_HOSTS = frozenset()
    Webhook.objects.update(address="http://localhost:8000/hook")
    store(record, 1)
    notice(until=now())
    assert deliver_due() == 0
    assert "not public" in Delivery.objects.get().problem
    assert site.seen == []


@pytest.mark.usefixtures("hook")
def test_of_a_webhook_that_fails_the_others_wait(site, record):
    site.pages["/hook"] = (500, {}, b"")
    store(record, 1, 2, 3)
    notice(until=now(), params=SHARING.model_copy(update={"message_rows": 1}))
    deliver_due()
    assert len(site.seen) == 1


def test_receivers_that_are_down_hold_up_nobody(site, search, record):
    """Ten messages to one that is down are due before the one to another; two attempts suffice."""
    site.pages["/hook"], site.pages["/up"] = (500, {}, b""), OK
    webhooks.create(search, f"{site.address}/hook")
    store(record, *range(10))
    notice(until=now(), params=SHARING.model_copy(update={"message_rows": 1}))
    webhooks.create(search, f"{site.address}/up")
    store(record, 10)
    notice(until=now())
    assert deliver_due(most=2) == 1
    assert [seen.path for seen in site.seen] == ["/hook", "/up"]


def test_giving_up_and_switching_off(site, hook, record):
    site.pages["/hook"] = (500, {}, b"")
    store(record, 1, 2, 3, 4)
    few = SHARING.model_copy(update={"message_rows": 1, "attempts_most": 2, "failures_most": 3})
    notice(until=now(), params=few)
    for _ in range(20):
        make_due()
        deliver_due(params=few)
    hook.refresh_from_db()
    assert not hook.is_active
    assert hook.failures == 3
    assert "3 messages in a row" in hook.problem
    assert "HTTP 500" in hook.problem
    states = sorted(Delivery.objects.values_list("state", flat=True))
    assert states == [State.FAILED] * 3 + [State.PENDING]
    assert len(site.seen) == 6
    site.pages["/hook"] = OK
    webhooks.change(hook, is_active=True)
    assert deliver_due() == 1
    hook.refresh_from_db()
    assert (hook.failures, hook.problem) == (0, "")


@pytest.mark.usefixtures("site", "hook")
def test_one_success_forgives(record):
    store(record, 1)
    Webhook.objects.update(failures=2)
    notice(until=now())
    deliver_due()
    assert Webhook.objects.get().failures == 0


def test_gone_switches_off_at_once(site, hook, record):
    site.pages["/hook"] = (410, {}, b"")
    store(record, 1, 2)
    notice(until=now())
    deliver_due()
    hook.refresh_from_db()
    assert (hook.is_active, "410" in hook.problem) == (False, True)
    store(record, 3)
    assert (notice(until=now()), deliver_due(), len(site.seen)) == (0, 0, 1)


@pytest.mark.usefixtures("hook")
def test_a_message_whose_sender_was_killed_is_sent_again_with_its_id(site, record):
    """It was taken, and perhaps sent; nobody can say. Its id lets the receiver tell."""
    store(record, 1)
    notice(until=now())
    delivery = Delivery.objects.get()
    assert webhooks._take(delivery, SHARING)
    assert deliver_due() == 0
    make_due()
    assert deliver_due() == 1
    assert site.seen[0].headers["webhook-id"] == f"msg_{delivery.uid.hex}"
    assert Delivery.objects.get().attempts == 2


@pytest.mark.usefixtures("hook")
def test_a_webhook_deleted_while_its_message_is_sent_stays_deleted(site, record):
    def answer(_seen):
        return OK

    site.pages["/hook"] = answer
    store(record, 1)
    notice(until=now())
    delivery = Delivery.objects.select_related("webhook__search").get()
    Webhook.objects.all().delete()
    webhooks._settle(delivery, 204, "")
    assert not Delivery.objects.exists()


# --- tests, log, limits


def test_a_test_is_sent_at_once_and_once(site, hook):
    delivery = webhooks.send_test(hook)
    assert (delivery.state, delivery.attempts) == (State.DELIVERED, 1)
    (message,) = told(site)
    assert message["type"] == "test"
    assert message["data"]["quotations"] == []
    site.pages["/hook"] = (500, {}, b"")
    failed = webhooks.send_test(hook)
    assert (failed.state, failed.response_status) == (State.FAILED, 500)
    assert deliver_due() == 0
    assert len(site.seen) == 2
    hook.refresh_from_db()
    assert hook.is_active


def test_the_log_is_bounded_and_keeps_what_waits(hook):
    for _ in range(8):
        webhooks.send_test(hook)
    waiting = Delivery.objects.order_by("pk").first()
    Delivery.objects.filter(pk=waiting.pk).update(state=State.PENDING)
    notice(until=now(), params=SHARING.model_copy(update={"log_rows": 3}))
    kept = list(webhooks.log_of(hook).order_by("pk").values_list("pk", flat=True))
    assert kept[0] == waiting.pk
    assert len(kept) == 4


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("http://10.0.0.1/hook", "not public"),
        ("https://u:p@example.org/", "credentials"),
        ("https://example.org:25/", "port 25"),
        ("mailto:jo@example.org", "no web address"),
        ("", "no web address"),
    ],
)
def test_addresses_that_may_not_be_sent_to(search, hook, address, problem):
    with pytest.raises(WebhookError, match=problem) as refused:
        webhooks.create(search, address)
    assert refused.value.field == "address"
    with pytest.raises(WebhookError, match=problem):
        webhooks.change(hook, address=address)


def test_there_is_a_most(search, hook, monkeypatch):
    monkeypatch.setattr(webhooks, "SHARING", SHARING.model_copy(update={"webhooks_most": 1}))
    with pytest.raises(WebhookError, match="the most"):
        webhooks.create(search, hook.address)
