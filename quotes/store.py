"""The only writer: one transaction an article, and nothing stored twice.

What a later run finds again keeps its row and its address; what it no longer finds is marked
gone, never deleted, so that what people attach to a quotation survives every re-extraction. Why:
docs/decisions/0004-data-model.md.
"""

import logging
import uuid

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from quotes import matching, speaker_counts, store_speakers
from quotes.addresses import short_uid
from quotes.ingest import SourceText, clip
from quotes.models import (
    Article,
    ArticleVersion,
    CanonicalText,
    Extraction,
    ExtractionRun,
    Outlet,
    Quotation,
    QuotationSpan,
)
from quotes.nlp import document
from quotes.nlp.document import Document, Provenance
from quotes.nlp.language import UNDETERMINED, note
from quotes.rows import (
    SHOWN_COLUMNS,
    StoreError,
    paragraph_starts,
    quotation_fields,
    span_rows,
)

__all__ = ["StoreError", "close_run", "find_version", "open_run", "record"]

logger = logging.getLogger(__name__)

_TRIES = 3
_SLUG_CHARS = 200
_OPENING_CHARS = 100
_NOTE_CHARS = 500
_MACHINE_COLUMNS = (
    *(name.removesuffix("_id") for name in SHOWN_COLUMNS),
    "position",
    "extraction",
    "updated_at",
)


def open_run(provenance: Provenance) -> ExtractionRun:
    """Store and return a run of the extractor that `provenance` describes."""
    return ExtractionRun.objects.create(
        uid=uuid.uuid4(),
        fingerprint=provenance.fingerprint,
        code_version=provenance.code_version[:100],
        code_sha256=provenance.code_sha256,
        model_hashes=provenance.models,
        lexicon_hashes=provenance.lexicons,
        params=provenance.params,
    )


def close_run(run: ExtractionRun) -> None:
    """Note that `run` has ended."""
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])


def find_version(source: SourceText) -> ArticleVersion | None:
    """Return the stored version that holds the text of `source`, else None.

    For an article with an address or an outlet's id that is a version of the same article, old
    ones included; for a text without either, the same text anywhere.
    """
    same_text = ArticleVersion.objects.select_related("article").filter(text_id=source.sha256)
    own = same_text.filter(article__identity=source.identity).first()
    if own or source.url or (source.outlet and source.origin_id):
        return own
    # A file's ids hold inside it, but the file may have been moved.
    return same_text.filter(origin_id=source.origin_id).order_by("pk").first()


def record(source: SourceText, doc: Document, run: ExtractionRun) -> Extraction:
    """Store an article and its quotations in one transaction; return what the run made of it.

    Storing the same again (same text, equal extractor) changes nothing. Raises StoreError if
    `doc` is not of `source`'s text, or a span does not hold its words. Another process storing
    the same article or speaker at the same moment is waited for and built upon.
    """
    if doc.text != source.text:
        raise StoreError(f"{source.origin}: the document is of another text; extract this one")
    for _ in range(_TRIES - 1):
        try:
            with transaction.atomic():
                return _record(source, doc, run)
        except IntegrityError as error:
            logger.info("lost a race, storing again origin=%s error=%s", source.origin, error)
    with transaction.atomic():
        return _record(source, doc, run)


def _record(source: SourceText, doc: Document, run: ExtractionRun) -> Extraction:
    version = _version(source, doc)
    latest = version.extractions.select_related("run").order_by("-pk").first()
    if latest and latest.run.fingerprint == run.fingerprint:
        return latest
    found = {
        "quotation_count": len(doc.quotations),
        "language": doc.language,
        "language_note": clip(note(doc), _NOTE_CHARS),
    }
    extraction, _ = Extraction.objects.update_or_create(version=version, run=run, defaults=found)
    _store_quotations(version, doc, extraction)
    return extraction


# --- the article and its version


def _version(source: SourceText, doc: Document) -> ArticleVersion:
    """Return the version of `source`'s article with its text, storing what is missing.

    Its language is what the source declares, else what was recognised.
    """
    known = find_version(source)
    if known:
        return ArticleVersion.objects.select_related("article", "text").get(pk=known.pk)
    article = _article(source)
    text = _text(source)
    newest = article.versions.aggregate(number=Max("number"))["number"] or 0
    article.versions.filter(is_current=True).update(is_current=False)
    return ArticleVersion.objects.create(
        article=article,
        number=newest + 1,
        text=text,
        opening=clip(source.text[: 4 * _OPENING_CHARS], _OPENING_CHARS),
        language=source.language or ("" if doc.language == UNDETERMINED else doc.language),
        **source.model_dump(exclude={"text", "outlet", "outlet_domain", "url", "language"}),
    )


def _article(source: SourceText) -> Article:
    """Return the article of `source`, locked until the transaction ends so that versions queue."""
    article, is_new = Article.objects.get_or_create(
        identity=source.identity,
        defaults={
            "uid": short_uid("article", source.identity),
            "outlet": _outlet(source),
            "url": source.url,
        },
    )
    if is_new:
        return article
    article = Article.objects.select_for_update().get(pk=article.pk)
    if article.outlet_id is None and (outlet := _outlet(source)):
        article.outlet = outlet
        article.save(update_fields=["outlet"])
    return article


def _outlet(source: SourceText) -> Outlet | None:
    """Return the outlet by its name, else by its domain; None where neither is given."""
    name, domain = source.outlet or source.outlet_domain, source.outlet_domain
    if not name:
        return None
    by_name = Outlet.objects.filter(name__iexact=name).first()
    by_domain = Outlet.objects.filter(domain=domain).first() if not source.outlet else None
    if found := by_name or by_domain:
        return found
    slug = slugify(name)[:_SLUG_CHARS]
    if not slug or Outlet.objects.filter(slug=slug).exists():
        slug = f"{slug}-{short_uid('outlet', name)}".strip("-")
    return Outlet.objects.create(name=name, slug=slug, domain=domain)


def _text(source: SourceText) -> CanonicalText:
    text, _ = CanonicalText.objects.get_or_create(
        sha256=source.sha256,
        defaults={"content": source.text, "length_chars": len(source.text)},
    )
    if text.content != source.text:
        raise StoreError(f"{source.origin}: the text stored as {text.sha256} is another one")
    return text


# --- its quotations


def _store_quotations(version: ArticleVersion, doc: Document, extraction: Extraction) -> None:
    """Write the document's quotations over the version's stored ones, keeping what is the same."""
    stored = list(version.quotations.prefetch_related("spans").order_by("pk"))
    before = {row.speaker_id for row in stored}
    pairs = matching.match(
        [q.content for q in doc.quotations],
        [[_span(s) for s in row.spans_of(QuotationSpan.Role.CONTENT)] for row in stored],
        preferred=[row.status == Quotation.Status.CURRENT for row in stored],
    )
    speakers = store_speakers.link(version.article, doc)
    taken = {row.uid for row in stored}
    starts = paragraph_starts(doc.text)
    new: list[Quotation] = []
    kept: list[Quotation] = []
    for position, found in enumerate(doc.quotations):
        row = stored[pairs[position]] if position in pairs else Quotation(version=version)
        row.extraction = extraction
        fields = quotation_fields(version, found, starts)
        fields |= {"position": position, "speaker_id": speakers.get(position)}
        if row.pk is None:
            row.uid = _free_uid(version, found, taken)
            new.append(row)
        else:
            kept.append(row)
        _apply(row, fields)
    _write(version, doc, new, kept)
    gone = [row.pk for i, row in enumerate(stored) if i not in set(pairs.values())]
    Quotation.objects.filter(pk__in=gone, status=Quotation.Status.CURRENT).update(
        status=Quotation.Status.GONE, updated_at=timezone.now()
    )
    speaker_counts.refresh({pk for pk in before | set(speakers.values()) if pk is not None})


def _span(row: QuotationSpan) -> document.Span:
    return document.Span(start=row.start, end=row.end)


def _apply(row: Quotation, fields: dict[str, object]) -> None:
    """Set `fields`; `updated_at` moves only if one differs, so that mirrors see real changes."""
    if any(getattr(row, name) != value for name, value in fields.items()):
        row.updated_at = timezone.now()
    for name, value in fields.items():
        setattr(row, name, value)


def _free_uid(version: ArticleVersion, found: document.Quotation, taken: set[str]) -> str:
    """Return the address that article, text and place of a quotation give; note it as taken."""
    place = ",".join(f"{span.start}-{span.end}" for span in found.content)
    count = 0
    while True:
        uid = short_uid("quotation", version.article.uid, version.text_id, place, str(count))
        if uid not in taken:
            taken.add(uid)
            return uid
        count += 1


def _write(
    version: ArticleVersion, doc: Document, new: list[Quotation], kept: list[Quotation]
) -> None:
    QuotationSpan.objects.filter(quotation__in=[row.pk for row in kept]).delete()
    Quotation.objects.bulk_update(kept, _MACHINE_COLUMNS)
    Quotation.objects.bulk_create(new)
    by_position = {row.position: row for row in (*new, *kept)}
    QuotationSpan.objects.bulk_create(
        span
        for position, found in enumerate(doc.quotations)
        for span in span_rows(version, found, by_position[position])
    )
