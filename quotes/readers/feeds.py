"""Feeds: RSS and Atom through feedparser, JSON Feed. An item with its whole content is an article.

An item with a summary only is none, and is refused: its page must be fetched (`manage.py` and the
API do so for feeds that they follow).
"""

import json
import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any, NamedTuple

from quotes import blocks
from quotes.fields import clip, parse_date, string
from quotes.nlp.document import Frozen
from quotes.readers.inputs import Input, Item, article
from quotes.refusals import InputError
from quotes.source_texts import ID_CHARS, SourceText, is_web_address

_VERSION = "https://jsonfeed.org/version/"
_BROKEN = ("is no feed that can be read", "check the address: RSS, Atom and JSON Feed are read")
# An entity may stand for a file, for an address, or for a million times itself.
_ENTITY = re.compile(rb"(?:(?!<rss|<feed|<\w+:RDF).)*?<!ENTITY\b", re.IGNORECASE | re.DOTALL)
_PROLOG_BYTES = 1 << 16


class Entry(Frozen):
    """An item of a feed. `html` or `text` is its whole content; both are "" if it has a summary.

    `updated` is when it says that it was changed, as it is written.
    """

    id: str
    url: str
    title: str
    byline: str
    section: str
    language: str
    published_on: date | None
    published_at: datetime | None
    html: str
    text: str
    updated: str = ""

    @property
    def is_whole(self) -> bool:
        """Say whether the feed carries the article itself."""
        return bool(self.html.strip() or self.text.strip())


class ParsedFeed(NamedTuple):
    """A feed: its title, the language that it declares, and its entries or why one is none."""

    title: str
    language: str
    media_type: str
    entries: tuple[Entry | InputError, ...]


def read_feed(given: Input) -> Iterator[Item]:
    """Yield the article of each item of a feed; InputError if it is no feed, or an empty one."""
    yield from feed_articles(given, parse_feed(given.whole()))


def feed_articles(given: Input, feed: ParsedFeed) -> Iterator[Item]:
    """Yield the article of each entry, or why there is none; numbers count from 1."""
    if not feed.entries:
        raise InputError("is a feed without items", "read it again later, or check its address")
    for number, entry in enumerate(feed.entries, start=1):
        try:
            if isinstance(entry, InputError):
                raise entry
            yield _article(given, feed, entry)
        except InputError as error:
            yield error.refusal(given.origin, number)


def _article(given: Input, feed: ParsedFeed, entry: Entry) -> SourceText:
    if not entry.is_whole:
        place = f" {entry.url}" if entry.url else ""
        raise InputError("gives a summary only, not the article", f"fetch its page{place}")
    source = entry.html or entry.text
    is_global = entry.id.startswith(("tag:", "urn:"))
    return article(
        given,
        blocks.html_text(entry.html) if entry.html else entry.text,
        outlet=feed.title,
        url=entry.url,
        origin_id=clip(entry.id, ID_CHARS),
        id_scope="world" if is_global else given.id_scope,
        method="feed",
        media_type="text/html" if entry.html else "text/plain",
        raw=source.encode("utf-8", "replace"),
        source_sha256="",
        text_extractor=blocks.NAME if entry.html else "feed text",
        language=entry.language or feed.language,
        **entry.model_dump(include={"title", "byline", "section", "published_on", "published_at"}),
    )


def parse_feed(data: bytes) -> ParsedFeed:
    """Return the feed that `data` is; InputError if it is none."""
    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        try:
            value = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise InputError(*_BROKEN) from error
        if not is_json_feed(value):
            raise InputError(*_BROKEN)
        return json_feed(value)
    return _xml_feed(data)


# --- RSS and Atom


def _xml_feed(data: bytes) -> ParsedFeed:
    # Without NULs ASCII is the same in UTF-16.
    if _ENTITY.match(data[:_PROLOG_BYTES].replace(b"\0", b"")):
        raise InputError("declares entities, which are not read", "give a feed without entities")
    import feedparser  # noqa: PLC0415  not for every start

    try:
        # A stream: of a string it would think that it might be an address.
        parsed = feedparser.parse(BytesIO(data))
    except Exception as error:  # a third party's parser on hostile input
        raise InputError(*_BROKEN) from error
    version, entries = parsed.get("version", ""), parsed.get("entries", [])
    if not version and not entries:
        raise InputError(*_BROKEN)
    return ParsedFeed(
        title=_plain(parsed.feed.get("title", "")),
        language=parsed.feed.get("language", ""),
        media_type="application/atom+xml" if "atom" in version else "application/rss+xml",
        entries=tuple(_xml_entry(entry) for entry in entries),
    )


def _xml_entry(entry: Any) -> Entry:
    contents = [one for one in entry.get("content", ()) if one.get("value", "").strip()]
    marked_up = [one for one in contents if "html" in one.get("type", "")]
    best: Any = max(marked_up or contents, key=lambda one: len(one["value"]), default={})
    tags = entry.get("tags", ())
    published_on, published_at = _xml_date(entry)
    return Entry(
        id=entry.get("id", ""),
        url=_address(entry.get("feedburner_origlink", ""), entry.get("link", "")),
        title=_plain(entry.get("title", "")),
        byline=", ".join(one["name"] for one in entry.get("authors", ()) if one.get("name"))
        or entry.get("author", ""),
        # Several categories are keywords; a single one is where the article stands.
        section=(tags[0].get("term") or "") if len(tags) == 1 else "",
        language=best.get("language") or "",
        published_on=published_on,
        published_at=published_at,
        html=best.get("value", "") if marked_up else "",
        text="" if marked_up else best.get("value", ""),
        updated=dict.get(entry, "updated", ""),
    )


def _xml_date(entry: Any) -> tuple[date | None, datetime | None]:
    """Return when it was published, as it is written, else as feedparser understands it."""
    for name in ("published", "updated"):
        # Asked in its own way it would answer for the one with the other, and warn that it does.
        written = dict.get(entry, name)
        if not written:
            continue
        try:
            return parse_date(written.strip())
        except (ValueError, TypeError):
            if found := entry.get(f"{name}_parsed"):
                return _moment(found)
    return None, None


def _moment(found: Any) -> tuple[date | None, datetime | None]:
    try:
        return parse_date(datetime.fromtimestamp(timegm(found), UTC).isoformat())
    except (ValueError, TypeError, OverflowError):
        return None, None


# --- JSON Feed


def is_json_feed(value: Any) -> bool:
    """Say whether a JSON value is a JSON Feed, of whatever version."""
    return isinstance(value, dict) and str(value.get("version", "")).startswith(_VERSION)


def json_feed(value: dict[str, Any]) -> ParsedFeed:
    """Return the feed that a JSON object is."""
    items = value.get("items")
    return ParsedFeed(
        title=_given(value, "title"),
        language=_given(value, "language"),
        media_type="application/feed+json",
        entries=tuple(_json_entry(one) for one in items) if isinstance(items, list) else (),
    )


def _json_entry(item: Any) -> Entry | InputError:
    if not isinstance(item, dict):
        return InputError("is no item of a feed", "write each item as a JSON object")
    authors = item.get("authors") or [item.get("author")]
    names = [_given(one, "name") for one in authors] if isinstance(authors, list) else []
    tags = item.get("tags")
    published_on, published_at = _json_date(item)
    return Entry(
        id=str(item.get("id") or ""),
        url=_address(_given(item, "url"), _given(item, "external_url")),
        title=_given(item, "title"),
        byline=", ".join(filter(None, names)),
        section=str(tags[0]) if isinstance(tags, list) and len(tags) == 1 else "",
        language=_given(item, "language"),
        published_on=published_on,
        published_at=published_at,
        html=_given(item, "content_html"),
        text=_given(item, "content_text"),
        updated=_given(item, "date_modified"),
    )


def _json_date(item: dict[str, Any]) -> tuple[date | None, datetime | None]:
    for name in ("date_published", "date_modified"):
        if written := _given(item, name).strip():
            try:
                return parse_date(written)
            except (ValueError, TypeError):
                continue
    return None, None


def _given(item: Any, name: str) -> str:
    """Return a string of a JSON object that can be stored, "" if it is none."""
    try:
        return string(item, name) if isinstance(item, dict) else ""
    except InputError:
        return ""


# --- both


def _address(*addresses: str) -> str:
    return next((one.strip() for one in addresses if is_web_address(one.strip())), "")


def _plain(title: str) -> str:
    """Return a title without the markup that some feeds put into it."""
    return " ".join(blocks.html_text(title).split()) if "<" in title or "&" in title else title
