"""How much is stored: counted at each look, or kept for a while where it is much.

Counting a million rows takes a tenth of a second, so the counts of a large tracker are kept for a
few minutes by each process. A small one is counted anew each time.
"""

from typing import NamedTuple

from django.core.cache import cache

from quotes.models import Article, Outlet, Quotation, Speaker
from quotes.params import PAGES

_KEY = "quotes:counts"


class Counts(NamedTuple):
    """Current quotations of speech, speakers who have one, articles, outlets that have one."""

    quotations: int
    speakers: int
    articles: int
    outlets: int


def counts() -> Counts:
    """Return what is stored; where it is much, as it was `PAGES.counts_kept_s` ago at most."""
    if not _is_much():
        return _counted()
    kept = cache.get(_KEY)
    if kept is None:
        kept = tuple(_counted())
        cache.set(_KEY, kept, PAGES.counts_kept_s)
    return Counts(*kept)


def _is_much() -> bool:
    newest = Quotation.objects.order_by("-pk").values_list("pk", flat=True).first()
    return (newest or 0) >= PAGES.counts_kept_from


def _counted() -> Counts:
    return Counts(
        quotations=Quotation.objects.count_shown(),
        speakers=Speaker.objects.for_list().count(),
        articles=Article.objects.count(),
        outlets=Outlet.objects.count(),
    )
