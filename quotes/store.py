"""The only writer: one transaction an article, and nothing stored twice.

What a later run finds again keeps its row and its address; what it no longer finds is marked
gone, never deleted, so that what people attach to a quotation survives every re-extraction. Why:
docs/decisions/0004-data-model.md.
"""

import logging
import uuid
import zlib
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from quotes import (
    carrying,
    copies,
    merging,
    methods,
    speaker_counts,
    statements,
    store_quotations,
    text_labels,
)
from quotes.addresses import short_uid
from quotes.ingest import SourceText, clip
from quotes.models import (
    Article,
    ArticleVersion,
    CanonicalText,
    Extraction,
    ExtractionRun,
    Outlet,
    SourceBytes,
)
from quotes.nlp.document import Document, Provenance
from quotes.nlp.language import UNDETERMINED, note
from quotes.rows import StoreError

__all__ = [
    "StoreError",
    "close_run",
    "find_version",
    "open_run",
    "record",
    "record_again",
    "seen_again",
]

logger = logging.getLogger(__name__)

_TRIES = 3
_SLUG_CHARS = 200
_OPENING_CHARS = 100
_NOTE_CHARS = 500


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
    prepared = copies.prepare(source.text)

    def once() -> Extraction:
        extraction = _extraction(_version(source, doc, prepared), doc, run)
        statements.place(extraction.version)
        return extraction

    return _in_one_transaction(once, source.origin)


def record_again(version: ArticleVersion, doc: Document, run: ExtractionRun) -> Extraction:
    """Store what `run` made of a stored version, in one transaction; return the extraction.

    Where an equal extractor was the last to read it nothing changes. Raises StoreError if `doc` is
    of another text.
    """

    def once() -> Extraction:
        stored = ArticleVersion.objects.select_related("article", "text").get(pk=version.pk)
        if doc.text != stored.text.content:
            raise StoreError(f"article {stored.article.uid}: the document is of another text")
        extraction = _extraction(stored, doc, run)
        statements.place(stored)
        return extraction

    return _in_one_transaction(once, version.article.uid)


def _in_one_transaction(work: Callable[[], Extraction], what: str) -> Extraction:
    """Return what `work` stored; where another process stored the same first, build upon that."""
    for _ in range(_TRIES - 1):
        try:
            return _locked(work)
        except IntegrityError as error:
            logger.info("lost a race, storing again origin=%s error=%s", what, error)
    return _locked(work)


@transaction.atomic
def _locked(work: Callable[[], Extraction]) -> Extraction:
    merging.lock_speakers(shared=True)
    return work()


def _extraction(version: ArticleVersion, doc: Document, run: ExtractionRun) -> Extraction:
    """Store the quotations of `version`, unless an equal extractor was the last to read it."""
    # Others who would change its quotations, a run or a person, wait here.
    ArticleVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    earlier = list(version.extractions.select_related("run").order_by("-pk"))
    if earlier and earlier[0].run.fingerprint == run.fingerprint:
        return earlier[0]
    if any(extraction.run_id == run.pk for extraction in earlier):
        place = f"article {version.article.uid}"
        raise StoreError(f"{place}: another extractor has read it since {run} did; open a new run")
    extraction = Extraction.objects.create(
        version=version,
        run=run,
        quotation_count=len(doc.quotations),
        language=doc.language,
        language_note=clip(note(doc), _NOTE_CHARS),
    )
    new = store_quotations.write(version, doc, extraction, is_first=not earlier)
    carrying.carry(version, new)
    return extraction


# --- the article and its version


def _version(source: SourceText, doc: Document, prepared: copies.Prepared) -> ArticleVersion:
    """Return the version of `source`'s article with its text, storing what is missing.

    Its language is what the source declares, else what was recognised.
    """
    known = find_version(source)
    if known:
        _seen_again(known, source)
        return ArticleVersion.objects.select_related("article", "text").get(pk=known.pk)
    copies.lock()
    article = _article(source)
    text = _text(source)
    _keep_bytes(source)
    newest = article.versions.aggregate(number=Max("number"))["number"] or 0
    current = article.versions.filter(is_current=True).first()
    is_newest = current is None or not _stood_later(current, source)
    if current and is_newest:
        _retire(current)
    version = ArticleVersion.objects.create(
        article=article,
        number=newest + 1,
        is_current=is_newest,
        text=text,
        opening=_opening(source.text),
        language=source.language or ("" if doc.language == UNDETERMINED else doc.language),
        **source.model_dump(exclude={"text", "raw", "outlet", "outlet_domain", "url", "language"}),
    )
    version.copies = copies.place(text.sha256, prepared)
    return version


def _opening(text: str) -> str:
    """Return the first words of a text, without the labels that it may begin with."""
    start = text_labels.read(text).end
    return clip(text[start : start + 4 * _OPENING_CHARS], _OPENING_CHARS)


def seen_again(source: SourceText, version: ArticleVersion) -> bool:
    """Let a stored version be current again if its address now shows its text; say whether.

    `version` is what `find_version` gave for `source`. Only a text that was fetched says what
    stands at an address now: an archive on a disk may be of any age (quotes/methods.py).
    """
    if version.is_current or source.method != methods.WEB:
        return False
    with transaction.atomic():
        merging.lock_speakers(shared=True)
        is_back = _seen_again(version, source)
        if is_back:
            statements.place(version)
        return is_back


def _seen_again(version: ArticleVersion, source: SourceText) -> bool:
    if source.method != methods.WEB or version.is_current:
        return False
    Article.objects.select_for_update().get(pk=version.article_id)
    row = ArticleVersion.objects.get(pk=version.pk)
    current = row.article.versions.filter(is_current=True).first()
    if row.is_current or (current and _stood_later(current, source)):
        return False
    if current:
        _retire(current)
    row.is_current, row.returned_at = True, source.retrieved_at
    row.save(update_fields=["is_current", "returned_at"])
    speaker_counts.refresh(_speakers_in(row))
    return True


def _stood_later(version: ArticleVersion, source: SourceText) -> bool:
    """Say whether `version` is known to have stood at its address later than `source` did.

    Of an undated text nothing is known: if it is new, it counts as news.
    """
    if version.method not in methods.TIMED and not version.returned_at:
        return False
    stood = version.returned_at or version.retrieved_at
    return source.method in methods.TIMED and source.retrieved_at < stood


def _retire(version: ArticleVersion) -> None:
    """Let a version be the current one no more; who speaks in it is counted without it."""
    ArticleVersion.objects.filter(pk=version.pk).update(is_current=False)
    speaker_counts.refresh(_speakers_in(version))


def _speakers_in(version: ArticleVersion) -> set[int]:
    named = version.quotations.exclude(speaker=None).order_by().values_list("speaker_id", flat=True)
    return {pk for pk in named.distinct() if pk is not None}


def _keep_bytes(source: SourceText) -> None:
    """Keep what the text was made from, byte for byte, where the reader has handed it over."""
    if source.raw and not SourceBytes.objects.filter(sha256=source.source_sha256).exists():
        SourceBytes.objects.create(
            sha256=source.source_sha256,
            content=zlib.compress(source.raw),
            media_type=source.media_type,
            length_bytes=len(source.raw),
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
