"""Template tags: where to go from an address that leads nowhere."""

from typing import NamedTuple

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context

from quotes import speaker_search
from quotes.models import Article, Quotation, Speaker, Tombstone
from quotes.params import PAGES

register = template.Library()
_SLUG_CHARS = 400
# By the first part of an address: what is there.
_KINDS = {
    "articles": Tombstone.Kind.ARTICLE,
    "quotes": Tombstone.Kind.QUOTATION,
    "q": Tombstone.Kind.QUOTATION,
    "statements": Tombstone.Kind.STATEMENT,
}


class Ways(NamedTuple):
    """What is near a wrong address, or was there, and the words of it to search for."""

    speakers: list[Speaker]
    article: Article | None
    quotation: Quotation | None
    words: str
    removed: Tombstone | None = None


_NOWHERE = Ways([], None, None, "")
_KNOWN = "quotes.ways"  # kept with the request: title and page both ask


@register.simple_tag(takes_context=True)
def ways_on(context: Context) -> Ways:
    """Return what the visitor of a wrong address may have meant, as far as they may see it.

    Two queries for a speaker, an article or a quotation, one for a statement, none for other
    addresses, nor if it is asked again for the same request.
    """
    request = context.get("request")
    if not isinstance(request, HttpRequest) or not _may_read(request):
        return _NOWHERE
    if _KNOWN not in request.META:
        request.META[_KNOWN] = _ways(request)
    known: Ways = request.META[_KNOWN]
    return known


def _ways(request: HttpRequest) -> Ways:
    kind, _, rest = request.path_info.strip("/").partition("/")
    name = rest.partition("/")[0]
    if not name or len(name) > _SLUG_CHARS or not name.isprintable():
        return _NOWHERE
    if kind == "speakers":
        words = name.replace("-", " ")[: PAGES.name_max_chars]
        return Ways(speaker_search.alike(words), None, None, words)
    article = Article.objects.filter(uid=name).first() if kind == "articles" else None
    quotation = Quotation.objects.filter(uid=name).first() if kind in {"quotes", "q"} else None
    removed = None
    if kind in _KINDS and not article and not quotation:
        removed = Tombstone.objects.filter(kind=_KINDS[kind], uid=name).first()
    return Ways([], article, quotation, "", removed)


def _may_read(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return settings.PUBLIC_READS or (user is not None and user.is_authenticated)
