"""Letters about what changed: who gets one, when, what it says; that none comes twice."""

import re
import smtplib
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from quotes import cited, cited_mail, collections, decisions, task_list
from quotes.models import CitedQuotation, Collection, Mailbox, Quotation
from quotes.params import CITED
from tests import reviewing
from tests.reviewing import said

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LATER = timedelta(seconds=CITED.mail_settle_s + 1)
PAUSE = timedelta(seconds=CITED.mail_pause_s)


@pytest.fixture(autouse=True)
def server(settings):
    """Letters are kept in memory; the way through a real server is in test_mail.py."""
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "tracker@example.org"
    settings.SITE_URL = "https://tracker.example.org"


@pytest.fixture(autouse=True)
def world(run):
    return reviewing.stored_world(run)


@pytest.fixture
def jo() -> User:
    user = User.objects.create_user("jo")
    Mailbox.objects.create(user=user, address="jo@example.org", confirmed_at=timezone.now())
    return user


@pytest.fixture
def rita():
    return reviewing.reviewer("rita")


@pytest.fixture
def own(jo) -> Collection:
    row = collections.create(jo, "Rail & <sea>")
    collections.add(row, list(Quotation.objects.values_list("uid", flat=True)))
    cited.keep(row, form="docx", style="apa", by=jo)
    return row


@pytest.fixture
def changed(own, rita) -> Collection:
    """A collection of which words were corrected and one was rejected."""
    start = reviewing.TAX.index("she had doubts")
    decisions.correct_words(said("doubts"), [(start, start + len("she had"))], rita)
    decisions.reject(said("nobody knew"), rita)
    cited.notice(until=timezone.now())
    return own


def send(after: timedelta = LATER) -> int:
    return cited_mail.send_due(now=timezone.now() + after)


def test_one_letter_says_all_of_it(changed):
    assert send() == 1
    [letter] = outbox.outbox
    assert letter.to == ["jo@example.org"]
    assert letter.subject == "2 cited quotations changed"
    body = letter.body
    assert "Rail & <sea>" in body
    assert f"https://tracker.example.org/collections/{changed.uid}/" in body
    assert "Words corrected: she had doubts -> she had" in body
    assert "Not a quotation" in body
    assert f"https://tracker.example.org/quotes/{said('nobody knew').uid}/" in body
    html = letter.alternatives[0].content
    assert "Rail &amp; &lt;sea&gt;" in html
    assert "<del>she had doubts</del> → <ins>she had</ins>" in html
    assert "List-Unsubscribe" in letter.extra_headers


@pytest.mark.usefixtures("changed")
def test_none_twice_and_none_too_soon():
    assert send(timedelta(0)) == 0  # it may be undone yet
    assert send() == 1
    assert send() == 0
    assert send(LATER + 2 * PAUSE) == 0


def test_what_changes_later_waits_for_its_time(changed, rita):
    send()
    decisions.reject(said("no trains"), rita)
    cited.notice(until=timezone.now())
    assert send(2 * LATER) == 0
    assert send(LATER + PAUSE) == 1
    assert outbox.outbox[-1].subject == "1 cited quotation changed"
    assert cited.changed(changed).count() == 3


def test_what_is_undone_or_seen_meanwhile_is_not_written(own, changed, rita):
    assert own.pk == changed.pk
    row = said("nobody knew")
    decisions.undo(row.decisions.order_by("-pk").first(), rita)
    cited.notice(until=timezone.now())
    cited.mark_seen(own, [said("she had").uid])
    assert send() == 0


@pytest.mark.usefixtures("changed")
@pytest.mark.parametrize(
    "change",
    [
        {"confirmed_at": None},
        {"tells_of_changes": False},
    ],
)
def test_who_does_not_want_it_gets_none(change):
    Mailbox.objects.update(**change)
    assert send() == 0
    assert outbox.outbox == []


@pytest.mark.usefixtures("changed")
def test_nobody_who_left_and_nothing_without_a_server(settings, jo):
    User.objects.filter(pk=jo.pk).update(is_active=False)
    assert send() == 0
    User.objects.update(is_active=True)
    settings.EMAIL_HOST = ""
    assert send() == 0


@pytest.mark.usefixtures("changed")
def test_one_press_ends_them(client):
    send()
    address = re.search(r"End such letters: (\S+)", outbox.outbox[0].body)[1]
    assert client.post(address.removeprefix("https://tracker.example.org")).status_code == 200
    assert not Mailbox.objects.get().tells_of_changes


@pytest.mark.usefixtures("changed")
def test_a_server_that_takes_nothing_for_now_is_asked_again(monkeypatch):
    def busy(*_args):
        raise smtplib.SMTPServerDisconnected("try later")

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", busy)
        assert send() == 0
    assert not CitedQuotation.objects.filter(mailed_at__isnull=False).exists()
    assert send() == 1


@pytest.mark.usefixtures("changed")
def test_more_than_a_letter_holds_is_counted():
    few = CITED.model_copy(update={"changes_shown": 1})
    assert cited_mail.send_due(now=timezone.now() + LATER, params=few) == 1
    assert "and 1 more: https://tracker.example.org/collections/" in outbox.outbox[0].body


@pytest.mark.usefixtures("own")
def test_the_task_notices_and_writes(rita):
    decisions.reject(said("nobody knew"), rita)
    hour_ago = timezone.now() - timedelta(hours=1)
    Quotation.objects.filter(pk=said("nobody knew").pk).update(updated_at=hour_ago)
    cited.Noticed.objects.update(reached_at=hour_ago - timedelta(hours=1))
    assert task_list.drain("citations") == 1
    assert CitedQuotation.objects.filter(changed_at__isnull=False).count() == 1
    CitedQuotation.objects.filter(changed_at__isnull=False).update(changed_at=hour_ago)
    assert task_list.drain("citations") == 1
    assert len(outbox.outbox) == 1
