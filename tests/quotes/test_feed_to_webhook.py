"""The whole way: a feed at a real server, the import of its items, and what a webhook is told."""

import json
from html import escape

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone

from quotes import feeds, jobs, saved_searches, task_list, webhooks
from quotes.models import ArticleVersion, Feed, Import
from tests.quotes.quick_extractor import QuickExtractor
from tests.webserver import page, serving

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PAGE = "<html><head><title>Tax {0}</title></head><body><article><h1>Tax {0}</h1>{1}</article>"


@pytest.fixture(autouse=True)
def apart(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.FETCH_ALLOW_HOSTS = frozenset({"127.0.0.1"})
    extractor = QuickExtractor()
    for module in ("quotes.jobs", "quotes.extraction"):
        monkeypatch.setattr(f"{module}.configured_extractor", lambda: extractor)
    cache.clear()


def words(number: int) -> str:
    sentence = f"The minister, Ana Roe, said tax {number} would rise on every railway line. "
    return f"<p>{sentence}</p>" + "<p>Nobody else spoke on that day in the old parliament.</p>" * 15


def feed_of(site, *numbers: int) -> str:
    """Return a feed whose even items have their whole text; those of the others are on pages."""
    items = "".join(
        f"<item><guid>{n}</guid><title>Tax {n}</title><link>{site.address}/{n}</link>"
        f"<content:encoded>{escape(words(n)) if n % 2 == 0 else ''}</content:encoded></item>"
        for n in numbers
    )
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>The Wire</title>{items}</channel></rss>"
    )


def read_what_is_due() -> Import | None:
    """Do what `manage.py work` does about feeds, here; return the import that came of it."""
    before = set(Import.objects.values_list("pk", flat=True))
    task_list.run_feeds()
    made = Import.objects.exclude(pk__in=before).first()
    if made is not None:
        jobs.work(made)
        made.refresh_from_db()
    return made


def test_from_a_feed_to_a_webhook():
    with serving() as site:
        site.pages["/feed"] = page(feed_of(site, 1, 2), "application/rss+xml", ETag='"1"')
        for number in (1, 3):
            site.pages[f"/{number}"] = page(PAGE.format(number, words(number)))
        site.pages["/hook"] = (204, {}, b"")
        search = saved_searches.create(User.objects.create_user("jo"), "Tax", {"q": ["tax"]})
        webhooks.create(search, f"{site.address}/hook")
        feed = feeds.add(f"{site.address}/feed")
        first = read_what_is_due()
        assert first is not None
        assert (first.kind, first.state, first.new) == ("feed", "finished", 2), first.problem
        assert read_what_is_due() is None  # not due
        site.pages["/feed"] = page(feed_of(site, 3, 1, 2), "application/rss+xml", ETag='"2"')
        Feed.objects.filter(pk=feed.pk).update(next_check_at=timezone.now())
        second = read_what_is_due()
        assert second is not None
        assert (second.new, second.same, second.refused) == (1, 0, 0)
        assert sorted(path for path in site.paths() if path != "/feed") == ["/1", "/3"]
        outlets = {version.article.outlet.name for version in ArticleVersion.objects.all()}
        assert outlets == {"The Wire"}
        webhooks.notice(until=timezone.now())
        assert webhooks.deliver_due() == 1
        told = json.loads(site.seen[-1].body)["data"]["quotations"]
        assert len(told) == 3
        assert {row["event"] for row in told} == {"new"}
        assert all(row["article"]["url"].startswith(site.address) for row in told)
