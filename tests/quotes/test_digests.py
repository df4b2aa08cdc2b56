"""Digests of saved searches: when they come, what is in them, that none comes twice or is lost."""

import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from quotes import digests, mail, quotation_feeds, saved_searches, task_list
from quotes.digests import DAILY, WEEKLY
from quotes.models import Mailbox, Quotation, SavedSearch
from quotes.nlp.document import Document, Kind
from quotes.params import MAIL
from tests.builders import ROE, UN, quotation, source

pytestmark = [pytest.mark.django_db, pytest.mark.database]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def server(settings):
    """Letters are kept in memory; the way through a real server is in test_mail.py."""
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "tracker@example.org"
    settings.SITE_URL = "https://tracker.example.org"


@pytest.fixture
def jo():
    user = User.objects.create_user("jo", password="a-good-pass-phrase")
    Mailbox.objects.create(user=user, address="jo@example.org", confirmed_at=timezone.now())
    return user


@pytest.fixture
def search(jo):
    """A search whose digest is due: it was last looked at two days ago."""
    found = saved_searches.create(jo, "The tax", {"q": ["tax"]})
    digests.choose(found, DAILY)
    before = timezone.now() - 2 * DAY
    SavedSearch.objects.update(digest_sent_at=before, digest_reached_at=before)
    found.refresh_from_db()
    return found


@pytest.fixture
def news(record):
    """Store an article with so many quotations on the tax of each of two speakers."""

    def store(of_roe=1, of_un=0, title="Rail tax to rise"):
        said = [(ROE, f"the tax will rise {n} times") for n in range(of_roe)]
        said += [(UN, f"a tax is fair {n} times") for n in range(of_un)]
        text = "Ana Roe and the UN spoke. " + " ".join(f"They said {words}." for _, words in said)
        found = tuple(quotation(text, words, speaker=who) for who, words in said)
        text += f" It was said of {title}."
        fields = {"title": title, "outlet": "The Wire", "published_on": "2026-03-04"}
        fields["origin"] = title
        record(source(text, **fields), Document(text=text, quotations=found))

    return store


def sent_now(**fields):
    """Send what is due, seeing all that is stored."""
    return digests.send_due(until=timezone.now(), **fields)


# --- when


@pytest.mark.parametrize(
    ("digest", "now", "start"),
    [
        (DAILY, "2026-11-21 06:00", "2026-11-21 06:00"),
        (DAILY, "2026-11-21 05:59", "2026-11-20 06:00"),
        (DAILY, "2026-11-21 23:59", "2026-11-21 06:00"),
        (WEEKLY, "2026-11-23 06:00", "2026-11-23 06:00"),  # a Monday
        (WEEKLY, "2026-11-23 05:59", "2026-11-16 06:00"),
        (WEEKLY, "2026-11-22 12:00", "2026-11-16 06:00"),
        (WEEKLY, "2027-01-01 12:00", "2026-12-28 06:00"),
    ],
)
def test_periods(digest, now, start):
    def at(words):
        return datetime.fromisoformat(words).replace(tzinfo=UTC)

    assert digests.period_start(digest, at(now)) == at(start)


@given(st.integers(0, 2**32), st.sampled_from([DAILY, WEEKLY]))
def test_a_moment_is_in_one_period(second, digest):
    now = datetime.fromtimestamp(second, UTC)
    start, following = digests.period_start(digest, now), digests.next_after(digest, now)
    assert start <= now < following
    assert digests.period_start(digest, following) == following
    assert start.hour == MAIL.digest_hour
    assert digest == DAILY or start.weekday() == 0


def test_the_first_comes_with_the_next_period(jo):
    found = saved_searches.create(jo, "Tax", {"q": ["tax"]})
    digests.choose(found, DAILY)
    now = timezone.now()
    assert not digests.due(now).exists()
    assert list(digests.due(digests.next_after(DAILY, now))) == [found]
    digests.choose(found, "")
    assert not digests.due(now + 3 * DAY).exists()


@pytest.mark.parametrize(
    "hinder",
    [
        lambda: Mailbox.objects.update(confirmed_at=None),
        lambda: User.objects.update(is_active=False),
        lambda: SavedSearch.objects.update(digest=""),
        lambda: Mailbox.objects.all().delete(),
    ],
    ids=["unconfirmed", "closed", "not-wanted", "no-address"],
)
@pytest.mark.usefixtures("search")
def test_nobody_else_is_written_to(news, hinder):
    news()
    assert digests.due().exists()
    hinder()
    assert not digests.due().exists()
    assert sent_now() == 0
    assert outbox.outbox == []


@pytest.mark.usefixtures("search")
def test_without_a_server_nothing_is_due(settings):
    settings.EMAIL_HOST = ""
    assert not digests.due().exists()


# --- what


def test_a_letter_has_what_is_new_by_speaker(search, news, monkeypatch):
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now)  # links are signed by second
    news(of_roe=MAIL.digest_of_speaker + 2, of_un=1)
    assert sent_now() == 1
    (letter,) = outbox.outbox
    assert letter.to == ["jo@example.org"]
    assert letter.subject == "8 new quotations: The tax"
    stop = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert stop == digests.stop_address(search)
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = re.sub("</?bdi>", "", letter.alternatives[0][0])
    for body, heading in ((letter.body, "\n\n"), (html, '<h2 dir="auto">')):
        assert body.index("Ana Roe") < body.index(f"{heading}{UN.name}")
        assert body.count("as reported:") == MAIL.digest_of_speaker + 1
        assert "and 2 more of Ana Roe" in body
        assert "The Wire, 4 March 2026, Rail tax to rise" in body
        assert "80 %" in body
        assert stop in body
        for row in Quotation.objects.filter(speaker__name=UN.name):
            assert f"https://tracker.example.org{row.get_absolute_url()}" in body


@pytest.mark.usefixtures("search")
def test_direct_words_stand_in_marks_and_markup_is_text(record):
    text = 'Ana Roe said: "The <b>tax</b> & all must rise."'
    words = "The <b>tax</b> & all must rise."
    row = quotation(text, words, speaker=ROE, kind=Kind.DIRECT)
    record(source(text, title="A & <i>B</i>"), Document(text=text, quotations=(row,)))
    sent_now()
    (letter,) = outbox.outbox
    assert f"“{words}”" in letter.body
    assert "A & <i>B</i>" in letter.body
    html = letter.alternatives[0][0]
    assert "“The &lt;b&gt;tax&lt;/b&gt; &amp; all must rise.”" in html
    assert "<i>" not in html


@pytest.mark.usefixtures("search")
def test_words_quoted_in_part_keep_their_own_marks(record):
    text = "Ana Roe said the tax “must rise” soon."
    row = quotation(text, "the tax “must rise” soon", speaker=ROE, kind=Kind.MIXED)
    record(source(text), Document(text=text, quotations=(row,)))
    sent_now()
    (letter,) = outbox.outbox
    assert "as reported: the tax “must rise” soon" in letter.body
    title = quotation_feeds.title_of(Quotation.objects.get())
    assert title == "Ana Roe, as reported: the tax “must rise” soon"


def test_speakers_beyond_the_most_are_counted(search, news):
    news(of_roe=3, of_un=2)
    params = MAIL.model_copy(update={"digest_speakers": 1})
    digest = digests.collected(search, timezone.now(), params=params)
    assert ([group.speaker for group in digest.groups], digest.others) == (["Ana Roe"], 2)
    few = digests.collected(
        search, timezone.now(), params=MAIL.model_copy(update={"digest_rows": 4})
    )
    assert (few.total, few.is_over) == (4, True)
    assert digests.letter(search, few)[0].startswith("over 4 new quotations")


FERRY = "Ana Roe spoke.\n\nShe said the tax opens in June.\n\nShe said the tax is fair.\n"


def version(record, text: str, *said: str, speaker=ROE) -> None:
    """Store the article on the ferry tax as it reads now, with what is said in it."""
    found = tuple(quotation(text, words, speaker=speaker) for words in said)
    given = source(text, url="https://wire.example/ferry", title="The ferry")
    record(given, Document(text=text, quotations=found))


def told(since) -> str:
    """Return the text of the letters since then, the last digest having reached to it."""
    outbox.outbox.clear()
    SavedSearch.objects.update(digest_sent_at=timezone.now() - 2 * DAY, digest_reached_at=since)
    sent_now()
    return "\n".join(f"{letter.subject}\n{letter.body}" for letter in outbox.outbox)


@pytest.mark.usefixtures("search")
def test_a_newer_versions_words_are_news_only_where_they_differ(record):
    version(record, FERRY, "the tax opens in June", "the tax is fair")
    seen = timezone.now()
    version(record, FERRY + "More.\n", "the tax opens in June", "the tax is fair")
    assert told(seen) == ""
    # Twice since: what stood there at the last digest counts, not what stood there in between.
    later = FERRY.replace("June", "July")
    version(record, later, "the tax opens in July", "the tax is fair")
    letter = told(seen)
    assert "1 new or changed quotation: The tax" in letter
    assert "the tax opens in July\n  The article had before: the tax opens in June\n" in letter
    assert "is fair" not in letter
    html = outbox.outbox[0].alternatives[0][0]
    assert "<p>The article had before: <bdi>the tax opens in June</bdi></p>" in html
    # and to whom nothing had been told, all of it is new
    letter = told(timezone.now() - 2 * DAY)
    assert "2 new quotations: The tax" in letter
    assert "had before" not in letter


@pytest.mark.usefixtures("search")
def test_the_same_words_of_another_speaker_are_news(record):
    version(record, FERRY, "the tax is fair")
    seen = timezone.now()
    version(record, FERRY + "More.\n", "the tax is fair", speaker=UN)
    letter = told(seen)
    assert "1 new quotation: The tax" in letter
    assert "United Nations" in letter


@pytest.mark.usefixtures("search")
def test_behind_many_that_stood_before_the_new_are_found(record):
    words = [f"the tax will rise {n} times" for n in range(7)]
    text = "Ana Roe spoke. " + " ".join(f"She said {one}." for one in words)
    version(record, text, *words)
    seen = timezone.now()
    more = f"{text} She said the tax is fair."
    version(record, more, *words, "the tax is fair")
    found = digests.collected(
        SavedSearch.objects.get(), timezone.now(),
        params=MAIL.model_copy(update={"digest_rows": 2}),
    )  # fmt: skip
    assert found.total == 2  # nothing has been told of any
    SavedSearch.objects.update(digest_reached_at=seen)
    found = digests.collected(
        SavedSearch.objects.get(), timezone.now(),
        params=MAIL.model_copy(update={"digest_rows": 2}),
    )  # fmt: skip
    assert [entry.words for group in found.groups for entry in group.entries] == ["the tax is fair"]


@pytest.mark.parametrize("read", ["atom", "json"])
def test_in_a_feed_words_that_stay_are_no_new_entry(record, search, client, read):
    def entries() -> dict[str, str]:
        body = client.get(reverse("saved-feed", args=[search.feed_key, read])).content.decode()
        if read == "json":
            return {item["id"]: item["date_published"] for item in json.loads(body)["items"]}
        found = re.findall(r"<published>(.*?)</published>.*?<id>(.*?)</id>", body)
        return {uid: at for at, uid in found}

    version(record, FERRY, "the tax opens in June", "the tax is fair")
    then = entries()
    for n in range(2):
        version(record, f"{FERRY}More {n}.\n", "the tax opens in June", "the tax is fair")
        assert entries() == then
    version(record, FERRY.replace("June", "July"), "the tax opens in July", "the tax is fair")
    now = entries()
    fair = Quotation.objects.get(content="the tax is fair", version__number=1)
    assert set(now) & set(then) == {f"https://tracker.example.org{fair.get_absolute_url()}"}
    assert len(now) == 2


@pytest.mark.usefixtures("search")
def test_nothing_new_is_no_letter(news):
    news()
    assert sent_now() == 1
    assert sent_now(now=timezone.now() + DAY) == 0
    news(title="Another")  # the same words once more, in another article
    assert sent_now(now=timezone.now() + 2 * DAY) == 1
    assert [letter.subject for letter in outbox.outbox] == ["1 new quotation: The tax"] * 2


# --- once


@pytest.mark.usefixtures("search")
def test_one_letter_a_period(news):
    news()
    assert sent_now() == 1
    news(title="Another")
    assert sent_now() == 0
    assert not digests.due().exists()
    assert sent_now(now=timezone.now() + DAY) == 1


@pytest.mark.usefixtures("search")
def test_whoever_reserved_it_sends_it(news, monkeypatch):
    """Another process takes the digest between the look and the reservation."""
    news()
    look = digests.due

    def after_another(now):
        rows = list(look(now))
        SavedSearch.objects.update(digest_sent_at=timezone.now())
        return rows

    monkeypatch.setattr(digests, "due", after_another)
    assert sent_now() == 0
    assert outbox.outbox == []


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.usefixtures("search")
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_the_letter(news, monkeypatch, when):
    """No second letter in the period; what the letter had, or was to have, comes with the next."""
    news()
    send = mail.send

    def killed(*args, **fields):
        if when == "after":
            send(*args, **fields)
        raise Killed

    monkeypatch.setattr(mail, "send", killed)
    with pytest.raises(Killed):
        sent_now()
    monkeypatch.setattr(mail, "send", send)
    assert sent_now() == 0
    assert len(outbox.outbox) == (when == "after")
    assert sent_now(now=timezone.now() + DAY) == 1
    assert outbox.outbox[-1].subject == "1 new quotation: The tax"


@pytest.mark.parametrize(("is_passing", "again"), [(True, 1), (False, 0)])
def test_what_was_refused(search, news, monkeypatch, is_passing, again):
    news()
    send = mail.send

    def refuse(*_args, **_fields):
        raise mail.MailError("the server is full", "wait", is_passing=is_passing)

    monkeypatch.setattr(mail, "send", refuse)
    assert sent_now() == 0
    search.refresh_from_db()
    assert search.digest_problem == "the server is full"
    monkeypatch.setattr(mail, "send", send)
    assert sent_now() == again
    assert sent_now(now=timezone.now() + DAY) == 1 - again
    search.refresh_from_db()
    assert search.digest_problem == ""
    assert len(outbox.outbox) == 1


@pytest.mark.usefixtures("search")
def test_a_server_that_is_down_is_not_asked_for_each(jo, news, monkeypatch):
    news()
    for n in range(5):
        saved_searches.create(jo, f"Tax {n}", {"q": ["tax"]})
    before = timezone.now() - 2 * DAY
    SavedSearch.objects.update(digest=DAILY, digest_sent_at=before, digest_reached_at=before)
    asked = []

    def refuse(*args, **_fields):
        asked.append(args)
        raise mail.MailError("down", "wait", is_passing=True)

    monkeypatch.setattr(mail, "send", refuse)
    sent_now()
    assert len(asked) == 3
    assert digests.due().count() == 6


def test_a_search_that_means_nothing_any_more_says_so(search):
    SavedSearch.objects.update(query={"gone": ["x"]})
    assert sent_now() == 0
    search.refresh_from_db()
    assert "cannot be used any more" in search.digest_problem


@pytest.mark.usefixtures("search")
def test_the_task_is_due_by_the_clock(news, monkeypatch):
    monkeypatch.setattr(digests.mirrors, "mark", timezone.now)
    news()
    task = task_list.TASKS["digests"]
    assert (list(task.due()), task.is_heavy, task.every_s) == ([()], False, MAIL.digest_look_s)
    assert task_list.drain("digests") == 1
    assert len(outbox.outbox) == 1
    assert list(task.due()) == []


# --- pages


def test_it_is_chosen_on_the_page_of_the_search(client, jo):
    found = saved_searches.create(jo, "Tax", {"q": ["tax"]})
    client.force_login(jo)
    page = reverse("saved-search", args=[found.uid])
    html = client.post(reverse("saved-digest", args=[found.uid]), {"digest": "weekly"}, follow=True)
    assert "Next on Monday" in html.content.decode()
    assert "jo@example.org" in html.content.decode()
    Mailbox.objects.all().delete()
    assert "give and confirm your e-mail address" in client.get(page).content.decode()
    client.post(reverse("saved-digest", args=[found.uid]), {"digest": "hourly"})
    found.refresh_from_db()
    assert found.digest == WEEKLY
    other = User.objects.create_user("ina")
    client.force_login(other)
    answer = client.post(reverse("saved-digest", args=[found.uid]), {"digest": ""})
    assert answer.status_code == 404


def test_without_a_server_the_page_offers_feeds(client, jo, settings):
    settings.EMAIL_HOST = ""
    found = saved_searches.create(jo, "Tax", {"q": ["tax"]})
    client.force_login(jo)
    html = client.get(reverse("saved-search", args=[found.uid])).content.decode()
    assert "This tracker sends no e-mail" in html
    assert "Keep this" not in html


def test_one_press_ends_it(client, search):
    path = digests.stop_address(search).removeprefix("https://tracker.example.org")
    assert "End the digests of “<bdi>The tax</bdi>”?" in client.get(path).content.decode()
    assert SavedSearch.objects.get().digest == DAILY  # opening a link changes nothing
    answer = type(client)(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert SavedSearch.objects.get().digest == ""
    page = client.get(path).content.decode()
    assert "They have ended already" in page
    assert "End the digests" not in page
    search.delete()
    for broken in (path, path[:-2] + "/", "/mail/stop/x/"):
        answer = client.post(broken)
        assert (answer.status_code, "nothing to end here" in answer.content.decode()) == (410, True)
    assert re.search("/mail/stop/[^/]+/$", path)
