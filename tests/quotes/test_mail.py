"""E-mail through a real mail server: to confirmed addresses only; addresses confirm themselves."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from quotes import characters, mail, mailboxes
from quotes.mail import MailError
from quotes.mailboxes import MailboxError
from quotes.models import Mailbox
from quotes.params import MAIL
from tests import smtp_sink

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def sink(settings):
    """A mail server that is there and takes everything."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "127.0.0.1", False
    settings.DEFAULT_FROM_EMAIL = "tracker@example.org"
    settings.SITE_URL = "https://tracker.example.org"
    with smtp_sink.running() as server:
        settings.EMAIL_PORT = server.port
        yield server


@pytest.fixture
def jo():
    return User.objects.create_user("jo", password="a-good-pass-phrase")


@pytest.fixture
def mailbox(jo):
    return Mailbox.objects.create(user=jo, address="jo@example.org", confirmed_at=timezone.now())


def parts(letter):
    return {
        part.get_content_type(): part.get_content()
        for part in letter.walk()
        if not part.is_multipart()
    }


def link_of(letter, name):
    return re.search(
        rf"https://tracker\.example\.org(/mail/{name}/\S+)", parts(letter)["text/plain"]
    )[1]


# --- sending


@pytest.mark.usefixtures("mailbox")
def test_a_letter_arrives_whole(sink, jo):
    mail.send(jo, "Two\nnew — “words”", "Täxt\n.\n..end", "<p>Täxt</p>", stop="https://x/stop")
    (letter,) = sink.letters
    assert sink.recipients == ["jo@example.org"]
    assert letter["Subject"] == "Two new — “words”"
    assert letter["From"] == "tracker@example.org"
    assert letter["List-Unsubscribe"] == "<https://x/stop>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@tracker.example.org>")
    assert {name: text.strip().replace("\r\n", "\n") for name, text in parts(letter).items()} == {
        "text/plain": "Täxt\n.\n..end",
        "text/html": "<p>Täxt</p>",
    }


@pytest.mark.usefixtures("mailbox")
@pytest.mark.parametrize("change", [{"confirmed_at": None}, {"address": ""}])
def test_nothing_goes_where_nobody_confirmed(sink, jo, change):
    Mailbox.objects.update(**change)
    with pytest.raises(MailError, match="no address is confirmed"):
        mail.send(jo, "s", "t", "h")
    assert not sink.letters


@pytest.mark.usefixtures("mailbox")
def test_without_a_server_it_says_so(jo, settings):
    settings.EMAIL_HOST = ""
    assert not mail.is_configured()
    with pytest.raises(MailError, match="sends no e-mail"):
        mail.send(jo, "s", "t", "h")


@pytest.mark.parametrize(
    ("at", "reply", "is_passing"),
    [
        ("RCPT", "550 no such user", False),
        ("RCPT", "451 greylisted", True),
        ("MAIL", "452 full", True),
        ("DATA", "554 spam", False),
        ("DATA", "421 later", True),
    ],
)
def test_refusals_are_kept_only_if_they_last(sink, jo, mailbox, at, reply, is_passing):
    sink.refusals = {at: reply}
    with pytest.raises(MailError) as refused:
        mail.send(jo, "s", "t", "h")
    mailbox.refresh_from_db()
    assert refused.value.is_passing == is_passing
    assert reply[:3] in refused.value.problem
    assert reply[4:] not in str(refused.value)  # a server's own words may hold anything
    assert bool(mailbox.problem) != is_passing
    sink.refusals = {}
    mail.send(jo, "s", "t", "h")
    mailbox.refresh_from_db()
    assert mailbox.problem == ""


@pytest.mark.usefixtures("sink", "mailbox")
def test_a_server_that_is_down_is_passing(jo, settings):
    settings.EMAIL_PORT = smtp_sink.free_port()
    with pytest.raises(MailError) as refused:
        mail.send(jo, "s", "t", "h")
    assert refused.value.is_passing


@given(st.text(max_size=400))
def test_subjects_are_one_line(subject):
    line = mail.one_line(subject)
    assert len(line) <= MAIL.mail_subject_chars
    assert line == line.strip()
    assert characters.one_line(line) == line


# --- addresses


@pytest.mark.parametrize(
    "address", ["", "jo", "jo@", "a@b.org\nBcc: c@d.org", "x" * 250 + "@b.org"]
)
def test_bad_addresses_are_refused(sink, jo, address):
    with pytest.raises(MailboxError):
        mailboxes.give(jo, address)
    assert not sink.letters


def test_an_address_confirms_itself(sink, jo, client):
    mailboxes.give(jo, " jo@example.org ")
    (letter,) = sink.letters
    assert sink.recipients == ["jo@example.org"]
    assert mail.confirmed(jo) is None
    link = link_of(letter, "confirm")
    assert b"Is this address yours?" in client.get(link).content
    assert mail.confirmed(jo) is None  # programs open links too
    assert b"Confirmed" in client.post(link).content
    assert mail.confirmed(jo).address == "jo@example.org"
    mailboxes.give(jo, "jo@example.org")
    assert len(sink.letters) == 1  # it is confirmed: nothing to ask


def test_letters_that_ask_come_one_by_one(sink, jo):
    mailboxes.give(jo, "jo@example.org")
    for again in ("jo@example.org", "other@example.org"):
        with pytest.raises(MailboxError, match="a moment ago"):
            mailboxes.give(jo, again)
    mailboxes.remove(jo)
    with pytest.raises(MailboxError, match="a moment ago"):
        mailboxes.give(jo, "jo@example.org")
    long_ago = timezone.now() - timedelta(seconds=MAIL.confirm_pause_s + 1)
    Mailbox.objects.update(asked_at=long_ago)
    mailboxes.give(jo, "other@example.org")
    assert sink.recipients == ["jo@example.org", "other@example.org"]


@pytest.mark.usefixtures("sink")
def test_another_address_is_confirmed_anew(jo, mailbox, client):
    token = mailboxes.confirm_token(mailbox)
    mailboxes.give(jo, "other@example.org")
    assert mail.confirmed(jo) is None
    answer = client.get(reverse("mail-confirm", args=[token]))
    assert (answer.status_code, b"another address by now" in answer.content) == (410, True)


def test_a_letter_that_cannot_be_sent_can_be_asked_for_again(sink, jo):
    sink.refusals = {"RCPT": "451 later"}
    with pytest.raises(MailError):
        mailboxes.give(jo, "jo@example.org")
    sink.refusals = {}
    mailboxes.give(jo, "jo@example.org")
    assert len(sink.letters) == 1


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: f"{t}x", lambda _: "x:y:z"])
def test_a_link_that_is_not_whole_says_so(jo, mailbox, client, spoil):
    Mailbox.objects.update(confirmed_at=None)
    link = reverse("mail-confirm", args=[spoil(mailboxes.confirm_token(mailbox))])
    for answer in (client.get(link), client.post(link)):
        assert answer.status_code == 410
        assert "copy all of it" in answer.content.decode()
    assert mail.confirmed(jo) is None


@pytest.mark.usefixtures("jo")
def test_a_link_ends_with_its_days(mailbox, client, monkeypatch):
    link = reverse("mail-confirm", args=[mailboxes.confirm_token(mailbox)])
    later = timezone.now().timestamp() + timedelta(days=MAIL.confirm_days).total_seconds() + 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    answer = client.get(link)
    assert (answer.status_code, "which are over" in answer.content.decode()) == (410, True)


# --- pages


def test_the_page_leads_through(sink, jo, client):
    client.force_login(jo)
    page = reverse("account-mail")
    assert "No address is given" in client.get(page).content.decode()
    answer = client.post(page, {"address": "jo@example"})
    assert (answer.status_code, "this is no e-mail address" in answer.content.decode().lower()) == (
        400,
        True,
    )
    answer = client.post(page, {"address": "jo@example.org"}, follow=True)
    assert "has a letter with a link now" in answer.content.decode()
    assert "Not confirmed yet" in answer.content.decode()
    client.post(link_of(sink.letters[0], "confirm"))
    assert "Confirmed on" in client.get(page).content.decode()
    client.post(reverse("account-mail-changes"), {"wanted": "no"})
    assert Mailbox.objects.get().tells_of_changes is False
    client.post(reverse("account-mail-remove"))
    assert mail.confirmed(jo) is None
    assert "No address is given" in client.get(page).content.decode()


def test_the_page_says_that_there_is_no_server(jo, client, settings):
    settings.EMAIL_HOST = ""
    client.force_login(jo)
    html = client.get(reverse("account-mail")).content.decode()
    assert "This tracker sends no e-mail" in html
    assert "Send the letter" not in html


@pytest.mark.parametrize("name", ["account-mail", "account-mail-remove", "account-mail-changes"])
def test_an_accounts_mail_is_its_own(client, name):
    answer = client.post(reverse(name))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.usefixtures("mailbox")
def test_letters_about_changes_end_with_one_press(jo, client):
    path = mailboxes.stop_changes_address(jo).partition("/mail/")[2]
    answer = client.get(f"/mail/{path}")
    assert "End letters about changes?" in answer.content.decode()
    assert Mailbox.objects.get().tells_of_changes is True
    client.post(f"/mail/{path}", {"List-Unsubscribe": "One-Click"})
    assert Mailbox.objects.get().tells_of_changes is False
    assert "They have ended already" in client.get(f"/mail/{path}").content.decode()
