"""Removing an article for good: its texts, its quotations, and what rests on them.

For what must not be kept: a court's order, a text that is no article. What was found wrong is
marked so on the site's pages, which keeps it and can be undone.
Why: docs/decisions/0004-data-model.md.
"""

import logging
from typing import NamedTuple

from django.db import transaction

from quotes import merging, speaker_counts
from quotes.models import (
    Article,
    ArticleVersion,
    CanonicalText,
    CollectionItem,
    Decision,
    Quotation,
    SourceBytes,
)

logger = logging.getLogger(__name__)


class Removed(NamedTuple):
    """How much goes, or went, with an article."""

    versions: int
    quotations: int
    decisions: int
    collected: int


def extent(article: Article) -> Removed:
    """Return what `remove` would remove; four queries."""
    own = Quotation.objects.filter(version__article=article)
    return Removed(
        article.versions.count(),
        own.count(),
        Decision.objects.filter(quotation__in=own.order_by()).count(),
        CollectionItem.objects.filter(quotation__in=own.order_by()).count(),
    )


@transaction.atomic
def remove(article: Article) -> Removed:
    """Delete an article with its versions and quotations; return how much that was.

    With them go the decisions on single quotations, their places in collections, and texts and
    kept bytes that no other version has. Tombstones stay at the addresses (quotes/tombstones.py),
    and those who cited a quotation are told that it is gone. Speakers and statements are counted
    anew. An article that is read again from the same address has the same addresses again.
    """
    merging.lock_speakers(shared=True)
    locked = Article.objects.select_for_update().get(pk=article.pk)
    found = extent(locked)
    texts = set(locked.versions.values_list("text_id", flat=True))
    kept = set(locked.versions.values_list("source_sha256", flat=True))
    own = Quotation.objects.filter(version__article=locked).order_by()
    named = own.exclude(speaker=None).values_list("speaker_id", flat=True)
    speakers = [pk for pk in named.distinct() if pk is not None]
    CollectionItem.objects.filter(quotation__in=own).delete()
    # What undoes another refers to it, and so goes first.
    decided = Decision.objects.filter(quotation__in=own)
    decided.filter(kind=Decision.Kind.UNDO).delete()
    decided.delete()
    own.delete()
    locked.delete()
    used = ArticleVersion.objects.filter(text__in=texts).values_list("text_id", flat=True)
    CanonicalText.objects.filter(pk__in=texts - set(used)).delete()
    read = ArticleVersion.objects.filter(source_sha256__in=kept)
    kept -= set(read.values_list("source_sha256", flat=True))
    SourceBytes.objects.filter(pk__in=kept).delete()
    speaker_counts.refresh(speakers)
    logger.info("removed article=%s quotations=%d", locked.uid, found.quotations)
    return found
