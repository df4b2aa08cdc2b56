"""Quotations -> Atom (RFC 4287) and JSON Feed 1.1: what a saved search found last. No HTTP.

The speaker stands in the prose, not as the entry's author: who wrote the article is its author.
An entry's id is the address of the quotation in the first version that had it so. Doubt is said in
each entry.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quotes import plain_words
from quotes.bylines import without_by
from quotes.characters import closed, cut
from quotes.formers import first, formers
from quotes.interchange import absolute
from quotes.models import Quotation
from quotes.params import SHARING

_TITLE_CHARS = 120
_OPENING = "“\"„«‘'‹「『"
_BY = "Quote Tracker"
_LANGUAGE = "en"


class FeedHead(NamedTuple):
    """What a feed says of itself; `id` stays, addresses are absolute, `updated` is aware."""

    id: str
    title: str
    address: str
    home: str
    updated: datetime


def atom(head: FeedHead, rows: Sequence[Quotation]) -> bytes:
    """Return an Atom feed of `rows`, which are loaded as for a list."""
    feed = _Atom(
        title=xml_text(head.title),
        link=head.home,
        description="",
        feed_url=head.address,
        feed_guid=head.id,
        author_name=_BY,
        language=_LANGUAGE,
        updated=head.updated,
    )
    begun = _begun(rows)
    for row in rows:
        uid, at = begun[row.pk]
        feed.add_item(
            title=xml_text(title_of(row)),
            link=absolute(row.get_absolute_url()),
            description=xml_text(prose_of(row)),
            unique_id=_id(uid),
            pubdate=at,
            updateddate=row.updated_at,
            author_name=xml_text(without_by(row.version.byline) or _outlet(row)) or _BY,
            categories=[row.kind],
        )
    return feed.writeString("utf-8").encode()


def _begun(rows: Sequence[Quotation]) -> dict[int, tuple[str, datetime]]:
    """Return, by key, the uid and the time under which readers first got what an entry says.

    So words that a newer version of an article leaves as they were are no new entry.
    """
    chains = formers(rows)
    found = ((row, first(row, chains.get(row.pk, ())) or row) for row in rows)
    return {row.pk: (one.uid, one.created_at) for row, one in found}


def _id(uid: str) -> str:
    return absolute(reverse("quotation", args=[uid]))


class _Atom(Atom1Feed):
    """Django's, with the entries' text as content and the feed's own time."""

    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated"]
        return updated

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        described = {**item, "description": None}
        super().add_item_elements(handler, described)
        handler.addQuickElement("content", item["description"], {"type": "html"})


def json_feed(head: FeedHead, rows: Sequence[Quotation]) -> bytes:
    """Return a JSON Feed 1.1 of `rows`, which are loaded as for a list."""
    begun = _begun(rows)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.home,
        "feed_url": head.address,
        "language": _LANGUAGE,
        "items": [_json_item(row, *begun[row.pk]) for row in rows],
    }
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":")).encode()


def _json_item(row: Quotation, uid: str, at: datetime) -> dict[str, Any]:
    address = absolute(row.get_absolute_url())
    version = row.version
    item: dict[str, Any] = {
        "id": _id(uid),
        "url": address,
        "title": title_of(row),
        "content_html": prose_of(row),
        "date_published": at.isoformat(),
        "date_modified": row.updated_at.isoformat(),
        "tags": [row.kind],
    }
    if version.article.url:
        item["external_url"] = version.article.url
    if author := without_by(version.byline) or _outlet(row):
        item["authors"] = [{"name": author}]
    return item


# --- one quotation


def title_of(row: Quotation) -> str:
    """Return who said what, in a line, with doubt beside the name.

    Only words that are verbatim throughout get marks; mixed ones keep those that they have.
    """
    who = speaker_of(row) or "No speaker named"
    if speaker_of(row) and not _is_decided(row):
        is_unsure = plain_words.confidence_band(row.speaker_confidence).is_unsure
        who = f"{who} (unsure)" if is_unsure else who
    if not_said := plain_words.not_said(row.factuality, is_inside=True):
        who = f"{who}, {not_said}"
    words = closed(cut(" ".join(shown_words(row).split()), _TITLE_CHARS))
    if row.kind != "direct":
        return f"{who}: {words}" if not_said else f"{who}, as reported: {words}"
    return f"{who}: {in_marks(words)}"


def in_marks(words: str) -> str:
    """Return verbatim words in quotation marks, their own where they begin with one."""
    return words if words[:1] in _OPENING else f"“{words}”"


def speaker_of(row: Quotation) -> str:
    """Return the speaker's name as across articles, else as in this one; "" if none is named."""
    return row.speaker.name if row.speaker else row.speaker_name


def shown_words(row: Quotation) -> str:
    """Return the words, cut with an ellipsis where they are longer than feeds and messages give."""
    return cut(row.content, SHARING.shared_words_chars)


def prose_of(row: Quotation) -> SafeString:
    """Return the quotation as HTML: words, speaker, article, and how sure that is."""
    return format_html(
        '<blockquote dir="auto"><p>{}</p></blockquote>\n'
        '<p>{}{}, in <a href="{}"><bdi>{}</bdi></a>{}{}.</p>\n'
        '<p>{} <a href="{}">Context and evidence</a>{}</p>',
        shown_words(row),
        format_html("<strong><bdi>{}</bdi></strong>", speaker_of(row) or "No speaker named"),
        format_html(", <bdi>{}</bdi>", row.speaker_role) if row.speaker_role else "",
        absolute(row.version.get_absolute_url()),
        row.version.display_title,
        format_html(", <bdi>{}</bdi>", _outlet(row)) if _outlet(row) else "",
        f", {date_format(row.version.published_on, 'j F Y')}" if row.version.published_on else "",
        doubt_of(row),
        absolute(row.get_absolute_url()),
        _at_publisher(row),
    )


def doubt_of(row: Quotation) -> str:
    """Return how sure words and speaker are, in a sentence or two."""
    kind = f"{row.get_kind_display()} speech." if row.act == "speech" else "Belief or intention."
    if not row.is_said:
        means = plain_words.FACTUALITY_MEANS[row.factuality]
        kind = f"{plain_words.not_said(row.factuality)}. {means} {kind}"
    if _is_decided(row):
        return f"{kind} {row.get_review_display()} by people."
    band = plain_words.confidence_band(row.speaker_confidence)
    return f"{kind} {plain_words.CONFIDENCE_MEANS[band.key]} ({band.percent} %)"


def _is_decided(row: Quotation) -> bool:
    """Say whether people have found it right, or made it so."""
    return row.review in (Quotation.Review.CONFIRMED, Quotation.Review.CORRECTED)


def _at_publisher(row: Quotation) -> SafeString | str:
    url = row.version.article.url
    return format_html('; <a href="{}">the article at its publisher</a>', url) if url else ""


def _outlet(row: Quotation) -> str:
    return row.version.article.outlet.name if row.version.article.outlet else ""


def xml_text(text: str) -> str:
    """Return `text` without the characters that XML cannot hold, � in their place."""
    return "".join(
        c if c in "\t\n\r" or (c >= " " and not "\ufffe" <= c <= "\uffff") else "\ufffd"
        for c in text
    )
