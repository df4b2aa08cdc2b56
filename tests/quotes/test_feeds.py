"""Feeds that are read again and again, from a real server: what is new, pages, pauses, the page."""

import json
from datetime import timedelta
from html import escape

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quotes import feeds
from quotes.ingest import Refusal, SourceText
from quotes.models import ArticleVersion, Feed, FeedItem
from quotes.params import FETCHING
from tests.webserver import page, serving

pytestmark = [pytest.mark.django_db, pytest.mark.database]
QUICK = FETCHING.model_copy(update={"host_pause_s": 0.0})
LONG = "<p>" + "The minister, Ana Roe, said the café tax would rise. " * 20 + "</p>"
TEASER = "<p>The minister said that the tax would rise, and …</p>"
RSS, ATOM, JSON = "application/rss+xml", "application/atom+xml", "application/feed+json"


@pytest.fixture(autouse=True)
def apart(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.FETCH_ALLOW_HOSTS = frozenset({"127.0.0.1"})
    cache.clear()


@pytest.fixture
def site():
    with serving() as running:
        yield running


@pytest.fixture
def feed(site):
    return feeds.add(f"{site.address}/feed")


def item(site, number: int, content: str = LONG, **fields: str) -> str:
    extra = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return (
        f"<item><guid>item-{number}</guid><title>Tax {number}</title>"
        f"<link>{site.address}/news/{number}</link><pubDate>Wed, 04 Mar 2026 10:00:00 GMT</pubDate>"
        f"<content:encoded>{escape(content)}</content:encoded>{extra}</item>"
    )


def rss(*items: str, ttl: str = "") -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>The Wire</title>'
        f"{f'<ttl>{ttl}</ttl>' if ttl else ''}{''.join(items)}</channel></rss>"
    )


def article_page(number: int) -> str:
    text = f"The minister, Ana Roe, said on day {number} that the café tax would rise. " * 10
    return (
        f"<html><head><title>Tax {number}</title></head><body><article><h1>Tax {number}</h1>"
        f"<p>{text}</p><p>{text}</p></article></body></html>"
    )


def read(feed: Feed, record=None) -> list[SourceText | Refusal]:
    """Read `feed` once, storing each article where `record` is given, and reload its row."""
    found = []
    for one in feeds.check(feed, params=QUICK):
        found.append(one)
        if record and isinstance(one, SourceText):
            record(one)
    feed.refresh_from_db()
    return found


# --- what a feed brings


def test_an_item_with_its_whole_text_is_an_article_without_fetching_its_page(site, feed):
    site.pages["/feed"] = page(rss(item(site, 1)), RSS)
    (found,) = read(feed)
    assert isinstance(found, SourceText)
    assert found.title == "Tax 1"
    assert found.outlet == "The Wire"
    assert found.url == found.origin == f"{site.address}/news/1"
    assert found.published_at is not None
    assert found.text.startswith("The minister, Ana Roe, said the café tax would rise.")
    assert site.paths() == ["/feed"]
    assert (feed.title, feed.failures, feed.problem) == ("The Wire", 0, "")
    assert feed.next_check_at - feed.checked_at == timedelta(hours=1)


@pytest.mark.parametrize("content", [TEASER, "", LONG[:-4] + " …</p>"])
def test_the_page_of_a_teaser_is_fetched(site, feed, content):
    site.pages["/feed"] = page(rss(item(site, 1, content)), RSS)
    site.pages["/news/1"] = page(article_page(1))
    (found,) = read(feed)
    assert isinstance(found, SourceText), found
    assert "said on day 1" in found.text
    assert found.outlet == "The Wire"
    assert str(found.published_on) == "2026-03-04"
    assert site.paths() == ["/feed", "/news/1"]


def test_atom_and_json_feeds_are_read(site):
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Atoms</title><entry><id>urn:1</id>'
        f'<title>One</title><link href="{site.address}/news/1"/><updated>2026-03-04T10:00:00Z'
        f'</updated><content type="html">{escape(LONG)}</content></entry></feed>'
    )
    entry = {"id": "1", "url": f"{site.address}/news/2", "title": "Two", "content_html": LONG}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [entry]}
    site.pages["/atom"] = page(atom, ATOM)
    site.pages["/json"] = page(json.dumps(feed), JSON)
    titles = [
        (one.outlet, one.title)
        for name in ("atom", "json")
        for one in read(feeds.add(f"{site.address}/{name}"))
        if isinstance(one, SourceText)
    ]
    assert titles == [("Atoms", "One"), ("J", "Two")]


def test_the_operators_outlet_goes_before_the_feeds_title(site):
    site.pages["/feed"] = page(rss(item(site, 1)), RSS)
    (found,) = read(feeds.add(f"{site.address}/feed", outlet="Daily"))
    assert isinstance(found, SourceText)
    assert found.outlet == "Daily"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<html><p>no feed</p></html>", "no feed that can be read"),
        ('{"a": 1}', "no feed that can be read"),
        (b"\x00\xff", "no feed that can be read"),
        ('<!DOCTYPE x [<!ENTITY a "' + "a" * 9 + '">' + "".join(
            f'<!ENTITY a{n} "&a{n - 1 or ""};&a{n - 1 or ""};">' for n in range(1, 60)
        ) + "]><rss><channel><title>&a59;</title></channel></rss>", ""),
    ],
    ids=["page", "json", "bytes", "laughs"],
)  # fmt: skip
def test_what_is_no_feed_is_a_refusal(site, feed, body, problem):
    site.pages["/feed"] = page(body, RSS)
    found = read(feed)
    assert all(isinstance(one, Refusal) for one in found)
    if problem:
        assert problem in found[0].problem
        assert problem in feed.problem
        assert feed.failures == 1


# --- again and again


def test_what_is_stored_is_not_read_again(site, feed, record):
    site.pages["/feed"] = page(rss(item(site, 1), item(site, 2, TEASER)), RSS)
    site.pages["/news/2"] = page(article_page(2))
    assert len(read(feed, record)) == 2
    site.seen.clear()
    assert read(feed, record) == []
    assert site.paths() == ["/feed"]
    site.pages["/feed"] = page(rss(item(site, 3), item(site, 1), item(site, 2, TEASER)), RSS)
    assert [one.title for one in read(feed, record)] == ["Tax 3"]
    assert ArticleVersion.objects.count() == 3


def test_an_item_that_says_something_else_is_read_again(site, feed, record):
    site.pages["/feed"] = page(rss(item(site, 1)), RSS)
    read(feed, record)
    site.pages["/feed"] = page(rss(item(site, 1, LONG.replace("café", "coffee"))), RSS)
    read(feed, record)
    versions = ArticleVersion.objects.order_by("number")
    assert [version.is_current for version in versions] == [False, True]


def test_a_page_is_read_again_when_its_item_says_that_it_was_changed(site, feed, record):
    """As Atom and JSON Feed do: the same teaser, a later time."""
    site.pages["/news/1"] = page(article_page(1))
    entry = {"id": "1", "url": f"{site.address}/news/1", "date_modified": "2026-03-04T10:00:00Z"}
    for later, count in (("10", 1), ("10", 0), ("11", 1)):
        entry["date_modified"] = f"2026-03-04T{later}:00:00Z"
        content = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [entry]}
        site.pages["/feed"] = page(json.dumps(content), JSON)
        assert len(read(feed, record)) == count


def test_a_reading_that_was_killed_is_begun_anew(site, feed, record):
    """Stopped after the first article, which is stored; also if the host says: nothing new."""
    conditional = []

    def answer(seen):
        conditional.append("if-none-match" in seen.headers)
        if "if-none-match" in seen.headers:
            return 304, {}, b""
        return page(rss(*(item(site, n) for n in (1, 2, 3))), RSS, ETag='"1"')

    site.pages["/feed"] = answer
    reading = feeds.check(feed, params=QUICK)
    record(next(reading))
    next(reading)  # read, and lost
    reading.close()
    assert [one.title for one in read(feed, record)] == ["Tax 2", "Tax 3"]
    assert read(feed, record) == []
    assert conditional == [False, False, True]


def test_an_article_that_was_read_and_not_stored_is_asked_for_again(site, feed, record):
    """The last of a reading, say, before its import was killed; the ETag is not sent meanwhile."""
    asked = []

    def answer(seen):
        asked.append(seen.headers.get("if-none-match"))
        return page(rss(item(site, 1)), RSS, ETag='"1"')

    site.pages["/feed"] = answer
    assert len(read(feed)) == 1
    assert len(read(feed, record)) == 1
    read(feed)
    assert asked == [None, None, '"1"']


def test_a_page_that_is_gone_is_asked_for_once(site, feed):
    site.pages["/feed"] = page(rss(item(site, 1, "")), RSS)
    (refused,) = read(feed)
    assert isinstance(refused, Refusal)
    assert "HTTP 404" in refused.problem
    assert refused.origin == f"{site.address}/news/1"
    assert read(feed) == []
    assert site.paths().count("/news/1") == 1


def test_a_page_that_fails_is_asked_for_some_times(site, feed):
    site.pages["/feed"] = page(rss(item(site, 1, "")), RSS)
    site.pages["/news/1"] = (503, {}, b"")
    readings = [len(read(feed)) for _ in range(QUICK.feed_item_attempts + 2)]
    assert readings == [1] * QUICK.feed_item_attempts + [0, 0]
    site.pages["/feed"] = page(rss(item(site, 1, "", category="new")), RSS)
    assert len(read(feed)) == 1


def test_robots_txt_counts_for_pages_of_items(site, feed):
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /news/")
    site.pages["/feed"] = page(rss(item(site, 1, TEASER), item(site, 2)), RSS)
    refused, whole = read(feed)
    assert "robots.txt" in refused.problem
    assert isinstance(whole, SourceText)


def test_items_without_an_address_are_what_they_are(site, feed):
    bare = "<item><guid>x</guid><title>T</title><description>Short</description></item>"
    site.pages["/feed"] = page(rss(bare), RSS)
    (refused,) = read(feed)
    assert "neither the article nor its address" in refused.problem


def test_items_that_a_feed_has_dropped_are_forgotten(site, feed, record):
    site.pages["/feed"] = page(rss(item(site, 1)), RSS)
    read(feed, record)
    long_ago = timezone.now() - timedelta(seconds=QUICK.feed_item_keep_s + 1)
    FeedItem.objects.update(seen_at=long_ago)
    site.pages["/feed"] = page(rss(item(site, 2)), RSS)
    read(feed, record)
    assert [i.identity[-7:] for i in FeedItem.objects.all()] == ["/news/2"]


# --- when it is due


@pytest.mark.parametrize(
    ("ttl", "interval_s", "pause_s"),
    [
        ("", 3600, 3600),
        ("120", 3600, 7200),
        ("5", 3600, 3600),
        ("9999999", 60, 604_800),
        ("", 1, 300),
    ],
)
def test_pauses_follow_the_feed(site, ttl, interval_s, pause_s):
    feed = feeds.add(f"{site.address}/feed", interval_s=interval_s)
    site.pages["/feed"] = page(rss(item(site, 1), ttl=ttl), RSS)
    read(feed)
    assert (feed.next_check_at - feed.checked_at).total_seconds() == pause_s


def test_failures_double_the_pause_and_end_the_feed(site, feed):
    site.pages["/feed"] = (500, {}, b"")
    pauses = []
    for _ in range(QUICK.feed_failures_most):
        assert feed.is_active
        read(feed)
        pauses.append((feed.next_check_at - feed.checked_at).total_seconds())
    assert pauses[:4] == [3600, 7200, 14_400, 28_800]
    assert pauses[-1] == QUICK.feed_pause_most_s
    assert not feed.is_active
    feeds.resume(feed)
    site.pages["/feed"] = page(rss(item(site, 1)), RSS)
    feed.refresh_from_db()
    assert len(read(feed)) == 1
    assert (feed.failures, feed.problem, feed.is_active) == (0, "", True)


def test_retry_after_is_kept_to(site, feed):
    site.pages["/feed"] = (429, {"Retry-After": "90000"}, b"")
    read(feed)
    assert (feed.next_check_at - feed.checked_at).total_seconds() == 90_000


def test_a_feed_that_is_gone_is_over(site, feed):
    site.pages["/feed"] = (410, {}, b"")
    read(feed)
    assert not feed.is_active
    assert "410" in feed.problem


def test_due_gives_each_feed_once(site, feed):
    later = feeds.add(f"{site.address}/later")
    Feed.objects.filter(pk=later.pk).update(next_check_at=timezone.now() + timedelta(hours=1))
    off = feeds.add(f"{site.address}/off")
    feeds.pause(off)
    assert [one.pk for one in feeds.due()] == [feed.pk]
    assert list(feeds.due()) == []


@pytest.mark.parametrize(
    "address", ["ftp://example.org/", "http://10.0.0.1/", "http://u:p@example.org/", "nonsense"]
)
def test_addresses_that_cannot_be_fetched_are_not_added(address):
    with pytest.raises(ValueError, match="; "):
        feeds.add(address)
    assert not Feed.objects.exists()


# --- the page


@pytest.fixture
def importer(client):
    user = User.objects.create_user("ina", password="a-good-pass-phrase")
    user.user_permissions.add(Permission.objects.get(codename="add_import"))
    client.force_login(user)
    return client


@pytest.fixture
def unlaunched(monkeypatch):
    """Name what would be started in the background, which these tests do not wait for."""
    named = []
    monkeypatch.setattr("quotes.feed_pages.tasks.later", named.append)
    return named


def test_the_page_is_for_those_who_may_import(client):
    assert "login" in client.get("/feeds/").url
    client.force_login(User.objects.create_user("jo"))
    assert client.get("/feeds/").status_code == 403


def test_feeds_are_added_paused_resumed_removed(importer, unlaunched):
    answer = importer.post(
        "/feeds/",
        {"address": "https://example.org/<feed>", "outlet": "Wire", "hours": "2"},
        follow=True,
    )
    body = answer.content.decode()
    assert "is added" in body
    assert "https://example.org/&lt;feed&gt;" in body
    feed = Feed.objects.get()
    assert (feed.interval_s, feed.outlet, feed.added_by.username) == (7200, "Wire", "ina")
    change = reverse("feed-change", args=[feed.uid])
    assert "is paused" in importer.post(change, {"do": "pause"}, follow=True).content.decode()
    assert not Feed.objects.get().is_active
    assert importer.post(change, {"do": "resume"}).status_code == 302
    assert Feed.objects.get().is_active
    assert "Nothing was changed" in importer.post(change, {"do": "x"}, follow=True).content.decode()
    assert unlaunched == ["feeds", "feeds"]
    remove = reverse("feed-delete", args=[feed.uid])
    assert "Keep it" in importer.get(remove).content.decode()
    assert Feed.objects.exists()
    assert "is removed" in importer.post(remove, follow=True).content.decode()
    assert not Feed.objects.exists()


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "Give the address"),
        ({"address": "http://192.168.0.1/feed"}, "not public"),
        ({"address": "ftp://example.org/"}, "no web address"),
        ({"address": "https://example.org/feed", "hours": "0"}, "greater than or equal"),
        ({"address": "https://example.org/there", "hours": "1"}, "in the list already"),
    ],
)
def test_what_cannot_be_added_says_why(importer, unlaunched, given, problem):
    feeds.add("https://example.org/there")
    answer = importer.post("/feeds/", given)
    assert answer.status_code == 400
    assert problem in answer.content.decode()
    assert unlaunched == []
    assert Feed.objects.count() == 1


def test_the_list_costs_the_same_for_one_feed_and_ten(importer):
    counts = []
    for number in range(10):
        feeds.add(f"https://example.org/{number}")
        if number in (0, 9):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert importer.get("/feeds/").status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[1]
