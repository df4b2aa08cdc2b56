"""Feeds that are read again and again: their new items as articles, when to look next.

An item that carries its whole text is an article as it is; of others the page is fetched. Who
stores the articles is jobs.py. Source: docs/decisions/0023-fetching.md.
"""

import logging
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from quotes import blocks, fetching, ingest
from quotes.fetching import Fetched, FetchError, Hosts
from quotes.fields import clip
from quotes.ingest import ReadOptions, Refusal, SourceText
from quotes.models import ArticleVersion, Feed, FeedItem
from quotes.params import FETCHING, FetchParams
from quotes.readers.feeds import Entry, ParsedFeed, feed_articles, parse_feed
from quotes.readers.inputs import Input
from quotes.refusals import InputError

logger = logging.getLogger(__name__)

_TITLE_CHARS, _ETAG_CHARS, _DATE_CHARS, _PROBLEM_CHARS = 500, 500, 100, 500
_TTL = re.compile(rb"<ttl>\s*(\d{1,7})\s*</ttl>")
_TTL_UNIT_S = 60
_CUT_OFF = ("…", "...", "[…]", "[...]", "[&#8230;]")
_MOST_DOUBLINGS = 20


# --- the list of feeds


def add(address: str, *, by: User | None = None, outlet: str = "", interval_s: int = 3600) -> Feed:
    """Add a feed to those that are read, due at once.

    `outlet` is that of articles that name none. Raises InputError for an address that may not be
    fetched, and for one that is in the list.
    """
    checked = fetching.check_address(address.strip())
    try:
        with transaction.atomic():
            return Feed.objects.create(
                uid=uuid.uuid4(),
                address=checked,
                outlet=outlet,
                interval_s=interval_s,
                added_by=by,
                next_check_at=timezone.now(),
            )
    except IntegrityError as error:
        remedy = "look it up in the list of feeds"
        raise InputError(f"{address}: is in the list already", remedy) from error


def pause(feed: Feed) -> None:
    """Read `feed` no more until it is resumed."""
    Feed.objects.filter(pk=feed.pk).update(is_active=False)


def resume(feed: Feed) -> None:
    """Read `feed` again, at once: whatever it failed at before is forgotten."""
    Feed.objects.filter(pk=feed.pk).update(
        is_active=True, failures=0, problem="", next_check_at=timezone.now()
    )


def due() -> Iterator[Feed]:
    """Yield the feeds that are to be read now, the longest overdue first.

    Each is taken by putting its next reading off, if nobody else has: two workers that ask at the
    same time get different feeds. `check` then says when it is really due again.
    """
    now = timezone.now()
    rows = Feed.objects.filter(is_active=True).filter(
        Q(next_check_at__isnull=True) | Q(next_check_at__lte=now)
    )
    for feed in list(rows.order_by("next_check_at", "pk")):
        as_read = Feed.objects.filter(pk=feed.pk, next_check_at=feed.next_check_at)
        put_off = now + timedelta(seconds=feed.interval_s)
        if as_read.update(next_check_at=put_off):
            feed.next_check_at = put_off
            yield feed


# --- one reading


def check(
    feed: Feed, *, hosts: Hosts | None = None, params: FetchParams = FETCHING
) -> Iterator[SourceText | Refusal]:
    """Yield the article of each item of `feed` that is new or says something else than before.

    In the feed's order; a Refusal for an item that cannot be read, or for the whole feed. An item
    whose article is stored, or that was refused for good, is passed over and its page not fetched.
    The feed's row says afterwards when it is due again. A reading that is broken off is begun
    anew: what was not stored is yielded again.
    """
    # The host's word that nothing is new helps only if everything of before has been settled.
    is_settled = not _unsettled(feed).exists()
    try:
        found = fetching.fetch(
            feed.address,
            etag=feed.etag if is_settled else "",
            last_modified=feed.last_modified if is_settled else "",
            hosts=hosts,
            params=params,
        )
        is_new = found.status != HTTPStatus.NOT_MODIFIED
        parsed = parse_feed(found.body) if is_new else None
    except InputError as error:
        _failed(feed, error, params)
        yield error.refusal(feed.address)
        return
    if parsed is not None:
        yield from _news(feed, parsed, hosts, params)
    _succeeded(feed, found, parsed, params)


def _news(
    feed: Feed, parsed: ParsedFeed, hosts: Hosts | None, params: FetchParams
) -> Iterator[SourceText | Refusal]:
    entries = parsed.entries[: params.feed_items_most]
    keys = [_key(entry) for entry in entries if isinstance(entry, Entry)]
    known = {item.key: item for item in _stored(FeedItem.objects.filter(feed=feed, key__in=keys))}
    for number, entry in enumerate(entries, start=1):
        if isinstance(entry, InputError):
            yield entry.refusal(feed.address, number)
            continue
        item = known.pop(_key(entry), None) or FeedItem(feed=feed, key=_key(entry))
        fingerprint = sha256(entry.model_dump_json().encode("utf-8", "replace")).hexdigest()
        item.seen_at = timezone.now()
        if item.fingerprint == fingerprint and (item.is_refused or getattr(item, "stored", False)):
            FeedItem.objects.filter(pk=item.pk).update(seen_at=item.seen_at)
            continue
        if item.fingerprint != fingerprint:
            item.fingerprint, item.is_refused, item.failures = fingerprint, False, 0
        yield _tried(item, entry, feed, parsed, hosts, params)
    old = timezone.now() - timedelta(seconds=params.feed_item_keep_s)
    FeedItem.objects.filter(feed=feed, seen_at__lt=old).delete()


def _tried(
    item: FeedItem,
    entry: Entry,
    feed: Feed,
    parsed: ParsedFeed,
    hosts: Hosts | None,
    params: FetchParams,
) -> SourceText | Refusal:
    """Return the article of an entry or why there is none, and remember which."""
    origin = entry.url or feed.address
    is_lasting = True
    try:
        outcome = _article(entry, feed, parsed, hosts, params)
    except InputError as error:
        outcome = error.refusal(origin)
        is_lasting = not isinstance(error, FetchError) or error.is_lasting
    if isinstance(outcome, SourceText):
        item.identity, item.text_sha256, item.failures = outcome.identity, outcome.sha256, 0
    else:
        item.failures += 1
        item.is_refused = is_lasting or item.failures >= params.feed_item_attempts
    _keep(item)
    return outcome


def _keep(item: FeedItem) -> None:
    """Save what is remembered of an item, also if another reading did so first."""
    names = ("fingerprint", "identity", "text_sha256", "is_refused", "failures", "seen_at")
    FeedItem.objects.update_or_create(
        feed=item.feed, key=item.key, defaults={name: getattr(item, name) for name in names}
    )


def _key(entry: Entry) -> str:
    return sha256((entry.id or entry.url or entry.title).encode("utf-8", "replace")).hexdigest()


def _stored(items: QuerySet[FeedItem]) -> QuerySet[FeedItem]:
    """Annotate `stored`: whether the text that was made of an item is in the database."""
    return items.annotate(stored=_is_stored())


def _unsettled(feed: Feed) -> QuerySet[FeedItem]:
    return feed.items.filter(is_refused=False).exclude(_is_stored())


def _is_stored() -> Exists:
    versions = ArticleVersion.objects.filter(
        article__identity=OuterRef("identity"), text=OuterRef("text_sha256")
    )
    return Exists(versions)


# --- one item


def _article(
    entry: Entry, feed: Feed, parsed: ParsedFeed, hosts: Hosts | None, params: FetchParams
) -> SourceText | Refusal:
    outlet = feed.outlet or parsed.title
    origin = entry.url or feed.address
    if _is_full(entry, params):
        given = Input(BytesIO(), origin, address=entry.url)
        named = parsed._replace(title=outlet, entries=(entry,))
        return next(feed_articles(given, named))
    if not entry.url:
        remedy = "nothing can be done here: ask the publisher"
        raise InputError("gives neither the article nor its address", remedy)
    found = fetching.fetch(entry.url, hosts=hosts, params=params)
    charset = f"; charset={found.charset}" if found.charset else ""
    options = ReadOptions(outlet=clip(outlet, 200), language=entry.language or parsed.language)
    items = ingest.read_stream(
        BytesIO(found.body),
        entry.url,
        media_type=f"{found.media_type}{charset}",
        address=found.address,
        options=options,
    )
    read = next(items, None)
    if read is None:
        raise InputError("holds no article", "open it in a browser and see what is there")
    return _completed(read, entry) if isinstance(read, SourceText) else read


def _is_full(entry: Entry, params: FetchParams) -> bool:
    """Say whether the feed gives the item's whole text; a short or cut one is a teaser."""
    if not entry.is_whole:
        return False
    if not entry.url:
        return True
    text = (blocks.html_text(entry.html) if entry.html else entry.text).rstrip()
    return len(text) >= params.feed_content_chars and not text.endswith(_CUT_OFF)


def _completed(source: SourceText, entry: Entry) -> SourceText:
    """Return `source` with what its page does not say and the feed does."""
    lacking: dict[str, Any] = {
        name: clip(getattr(entry, name), most)
        for name, most in (("title", 500), ("byline", 500), ("section", 200))
        if not getattr(source, name) and getattr(entry, name)
    }
    is_same_day = source.published_on in (None, entry.published_on)
    if is_same_day and source.published_at is None and entry.published_on is not None:
        lacking |= {"published_on": entry.published_on, "published_at": entry.published_at}
    if not lacking:
        return source
    fields = {name: getattr(source, name) for name in SourceText.model_fields}
    return SourceText(**{**fields, **lacking})


# --- when it is due again


def _succeeded(feed: Feed, found: Fetched, parsed: ParsedFeed | None, params: FetchParams) -> None:
    now = timezone.now()
    told: dict[str, Any] = {"checked_at": now, "failures": 0, "problem": ""}
    ttl_s = 0
    if parsed is not None:
        ttl = _TTL.search(found.body)
        ttl_s = int(ttl.group(1)) * _TTL_UNIT_S if ttl else 0
        told |= {
            "title": clip(parsed.title, _TITLE_CHARS) or feed.title,
            "etag": found.etag if len(found.etag) <= _ETAG_CHARS else "",
            "last_modified": found.last_modified[:_DATE_CHARS],
        }
    pause_s = min(max(feed.interval_s, ttl_s, params.feed_pause_least_s), params.feed_pause_most_s)
    told["next_check_at"] = now + timedelta(seconds=pause_s)
    Feed.objects.filter(pk=feed.pk).update(**told)
    logger.info("feed=%s status=%s pause_s=%s", feed.uid, found.status, pause_s)


def _failed(feed: Feed, error: InputError, params: FetchParams) -> None:
    """Write why a reading failed, and put the next one off: twice as long each time."""
    now = timezone.now()
    failures = feed.failures + 1
    status = error.status if isinstance(error, FetchError) else None
    asked_s = (error.retry_after_s if isinstance(error, FetchError) else None) or 0
    doubled_s = feed.interval_s * 2 ** min(failures - 1, _MOST_DOUBLINGS)
    pause_s = min(max(doubled_s, asked_s, params.feed_pause_least_s), params.feed_pause_most_s)
    is_over = status == HTTPStatus.GONE or failures >= params.feed_failures_most
    Feed.objects.filter(pk=feed.pk).update(
        checked_at=now,
        failures=failures,
        problem=clip(f"It {error.problem}; {error.remedy}.", _PROBLEM_CHARS),
        next_check_at=now + timedelta(seconds=pause_s),
        is_active=feed.is_active and not is_over,
    )
    logger.info("feed=%s failures=%s pause_s=%s", feed.uid, failures, pause_s)
