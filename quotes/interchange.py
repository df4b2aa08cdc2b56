"""Stored rows -> plain records, for programs: the names and values that every format shares.

Doubt travels with every record: `attribution` says in a word how far the speaker is to be
believed, `confidence` and `speaker_confidence` how probable, `speaker_link` why the article's
name is this speaker's. Each field of each format: docs/formats.md. Wants rows loaded as
quotes/formats.py loads them, else it queries for each part. Writes nothing.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.urls import reverse

from quotes.models import ArticleVersion, Outlet, Quotation, QuotationSpan, Speaker, SpeakerLink
from quotes.nlp.document import SpeakerKind
from quotes.params import PAGES

Record = dict[str, Any]
Cell = str | int | float | None


def absolute(path: str) -> str:
    """Return the public address of a path of this site."""
    return f"{settings.SITE_URL}{path}"


def moment(at: datetime | date | None) -> str | None:
    """Return a moment or a day in ISO 8601, UTC as "Z"; None if there is none."""
    return at.isoformat().replace("+00:00", "Z") if at else None


# --- doubt


class Attribution(StrEnum):
    """How far the speaker that a quotation names is to be believed.

    REVIEWED: people decided. LIKELY: the tracker is sure enough, of the words, of the name and of
    whose name it is. UNSURE: it is not. ANONYMOUS: the article describes a source and names none.
    NONE: there is no source.
    """

    REVIEWED = "reviewed"
    LIKELY = "likely"
    UNSURE = "unsure"
    ANONYMOUS = "anonymous"
    NONE = "none"

    @property
    def names_speaker(self) -> bool:
        """Say whether a format that knows no doubt may name the speaker."""
        return self in (Attribution.REVIEWED, Attribution.LIKELY)


def attribution_of(row: Quotation) -> Attribution:
    """Return how far the speaker of `row` is to be believed."""
    if row.speaker_kind == SpeakerKind.ANONYMOUS:
        return Attribution.ANONYMOUS
    if not (row.speaker_name or row.speaker):
        return Attribution.NONE
    if row.review in (Quotation.Review.CONFIRMED, Quotation.Review.CORRECTED):
        return Attribution.REVIEWED
    link = link_of(row)
    is_linked = link is None or link.decided or link.score >= PAGES.link_sure_from
    is_likely = row.speaker_confidence >= PAGES.confidence_likely_from
    return Attribution.LIKELY if is_likely and is_linked else Attribution.UNSURE


def link_of(row: Quotation) -> SpeakerLink | None:
    """Return why the article's name is the row's speaker's, its own name first; None without."""
    links = [
        link
        for link in row.version.article.speaker_links.all()
        if link.speaker_id == row.speaker_id
    ]
    return min(links, key=lambda link: link.name != row.speaker_name, default=None)


# --- records


def quotation_record(row: Quotation) -> Record:
    """Return a quotation with its spans by role, the link to its speaker and the run."""
    return {
        "uid": row.uid,
        "url": absolute(reverse("api:quotation-detail", args=[row.uid])),
        "address": absolute(row.get_absolute_url()),
        "kind": row.kind,
        "act": row.act,
        "factuality": row.factuality or None,
        "content": row.content,
        "prefix": row.prefix,
        "suffix": row.suffix,
        "paragraph_index": row.paragraph_index,
        "cue": row.cue,
        "mention": row.mention,
        "medium": row.medium,
        "speaker": _speaker_link(row.speaker) if row.speaker else None,
        "speaker_name": row.speaker_name,
        "speaker_kind": row.speaker_kind,
        "speaker_role": row.speaker_role,
        "attribution": attribution_of(row).value,
        "confidence": row.confidence,
        "speaker_confidence": row.speaker_confidence,
        "speaker_link": _link_record(link_of(row)),
        "status": row.status,
        "review": row.review,
        "reviewed_at": moment(row.reviewed_at),
        "article": _article_link(row.version),
        "spans": {role: _spans(row, role) for role in QuotationSpan.Role.values},
        "run": _run(row),
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def _spans(row: Quotation, role: str) -> list[Record]:
    return [
        {"start": span.start, "end": span.end, "exact": span.exact, "rule": span.rule}
        for span in row.spans_of(role)
    ]


def _run(row: Quotation) -> Record:
    run = row.extraction.run
    return {
        "uid": str(run.uid),
        "code_version": run.code_version,
        "fingerprint": run.fingerprint,
    }


def _link_record(link: SpeakerLink | None) -> Record | None:
    if link is None:
        return None
    return {name: getattr(link, name) for name in ("name", "role", "reason", "score", "decided")}


def _speaker_link(speaker: Speaker) -> Record:
    return {
        "slug": speaker.slug,
        "name": speaker.name,
        "kind": speaker.kind,
        "wikidata_id": speaker.wikidata_id,
        "address": absolute(speaker.get_absolute_url()),
    }


def _outlet(outlet: Outlet | None) -> Record | None:
    if outlet is None:
        return None
    return {"slug": outlet.slug, "name": outlet.name, "domain": outlet.domain}


def _article_link(version: ArticleVersion) -> Record:
    return {
        "uid": version.article.uid,
        "address": absolute(version.get_absolute_url()),
        "url": version.article.url,
        "title": version.title,
        "byline": version.byline,
        "section": version.section,
        "language": version.language,
        "outlet": _outlet(version.article.outlet),
        "published_on": moment(version.published_on),
        "published_at": moment(version.published_at),
        "version": version.number,
        "is_current": version.is_current,
        "text_sha256": version.text_id,
    }


def article_record(version: ArticleVersion) -> Record:
    """Return an article version without its text, in the fields that `manage.py ingest` reads."""
    outlet = version.article.outlet
    return {
        "uid": version.article.uid,
        "id": version.origin_id or None,
        "address": absolute(version.get_absolute_url()),
        "url": version.article.url or None,
        "title": version.title,
        "byline": version.byline,
        "section": version.section,
        "language": version.language,
        "outlet": outlet.name if outlet else "",
        "published_at": moment(version.published_at),
        "published_on": moment(version.published_on),
        "version": version.number,
        "retrieved_at": moment(version.retrieved_at),
        "method": version.method,
        "text_note": version.text_note,
        "text_sha256": version.text_id,
    }


def article_with_text(version: ArticleVersion) -> Record:
    """Return an article version with its text; `manage.py ingest` reads it back."""
    return {**article_record(version), "text": version.text.content}


def speaker_record(speaker: Speaker) -> Record:
    """Return a speaker as lists show it."""
    return {
        **_speaker_link(speaker),
        "url": absolute(reverse("api:speaker-detail", args=[speaker.slug])),
        "description": speaker.description,
        "quotation_count": speaker.quotation_count,
        "first_quoted_on": moment(speaker.first_quoted_on),
        "last_quoted_on": moment(speaker.last_quoted_on),
    }


# --- flat rows


def quotation_cells(row: Quotation) -> dict[str, Cell]:
    """Return a quotation as one row of a table: column -> value."""
    version, outlet, link = row.version, row.version.article.outlet, link_of(row)
    content = row.spans_of(QuotationSpan.Role.CONTENT)
    return {
        "uid": row.uid,
        "address": absolute(row.get_absolute_url()),
        "kind": row.kind,
        "act": row.act,
        "content": row.content,
        "attribution": attribution_of(row).value,
        "speaker": row.speaker.name if row.speaker else "",
        "speaker_slug": row.speaker.slug if row.speaker else "",
        "speaker_wikidata_id": row.speaker.wikidata_id if row.speaker else "",
        "speaker_name": row.speaker_name,
        "speaker_kind": row.speaker_kind,
        "speaker_role": row.speaker_role,
        "confidence": row.confidence,
        "speaker_confidence": row.speaker_confidence,
        "speaker_link_score": link.score if link else None,
        "review": row.review,
        "reviewed_at": moment(row.reviewed_at),
        "status": row.status,
        "medium": row.medium,
        "cue": row.cue,
        "mention": row.mention,
        "prefix": row.prefix,
        "suffix": row.suffix,
        "paragraph_index": row.paragraph_index,
        "start": content[0].start if content else None,
        "end": content[-1].end if content else None,
        "pieces": " ".join(f"{span.start}-{span.end}" for span in content),
        "article_uid": version.article.uid,
        "article_version": version.number,
        "article_address": absolute(version.get_absolute_url()),
        "article_url": version.article.url,
        "article_title": version.title,
        "article_byline": version.byline,
        "article_section": version.section,
        "language": version.language,
        "outlet": outlet.name if outlet else "",
        "outlet_slug": outlet.slug if outlet else "",
        "published_on": moment(version.published_on),
        "published_at": moment(version.published_at),
        "text_sha256": version.text_id,
        "run": str(row.extraction.run.uid),
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
        "factuality": row.factuality,
    }


# --- spreadsheets

# What spreadsheets take for a formula, after white space too, and the mark that defuses it.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n']")
_DEFUSED = "'"


def defused(value: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula: such a text gets a "'" before it.

    So does a text that begins with "'", so that `fused` gives back what was written. Numbers stay.
    """
    if isinstance(value, str) and _FORMULA.match(value):
        return _DEFUSED + value
    return value


def fused(cell: str) -> str:
    """Return the text that `defused` wrote as `cell`: without a "'" at its beginning."""
    return cell.removeprefix(_DEFUSED)


def row_of(cells: dict[str, Cell], columns: Sequence[str]) -> list[Cell]:
    """Return `cells` in the order of `columns`, defused, with "" where there is no value."""
    return ["" if cells[name] is None else defused(cells[name]) for name in columns]
