"""The feeds of saved searches, at addresses that cannot be guessed: who has one may read it."""

from collections.abc import Callable, Sequence
from hashlib import sha256

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from quotes import quotation_feeds, saved_searches
from quotes.models import Quotation, SavedSearch
from quotes.params import SHARING
from quotes.quotation_feeds import FeedHead
from quotes.selections import SelectionError

_WRITERS: dict[str, tuple[Callable[[FeedHead, Sequence[Quotation]], bytes], str]] = {
    "atom": (quotation_feeds.atom, "application/atom+xml; charset=utf-8"),
    "json": (quotation_feeds.json_feed, "application/feed+json; charset=utf-8"),
}


def feed_address(search: SavedSearch, form: str) -> str:
    """Return the absolute address of a feed of `search`: its "atom" or its "json"."""
    return settings.SITE_URL + reverse("saved-feed", args=[search.feed_key, form])


@require_safe
def saved_feed(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """Send the quotations that a saved search found last, or that they are as they were.

    The ETag is over the whole feed: a speaker's new name and a quotation that people rejected
    change it too.
    """
    search = saved_searches.of_key(key) if form in _WRITERS else None
    if search is None:
        raise Http404("there is no feed at this address, or not any more")
    try:
        found = saved_searches.found(search)
        rows = saved_searches.last_found(found, slice(0, SHARING.feed_rows))
    except SelectionError as error:
        raise Http404(f"this search cannot be used any more: {error}") from error
    write, media_type = _WRITERS[form]
    body = write(_head(search, form, rows), rows)
    response = HttpResponse(body, content_type=media_type)
    etag = quote_etag(sha256(body).hexdigest()[:32])
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response) or response
    if isinstance(answer, HttpResponseNotModified):
        answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _head(search: SavedSearch, form: str, rows: Sequence[Quotation]) -> FeedHead:
    return FeedHead(
        id=f"urn:uuid:{search.uid}",
        title=search.name,
        address=feed_address(search, form),
        home=settings.SITE_URL + reverse("saved-search", args=[search.uid]),
        updated=max([search.updated_at, *(row.updated_at for row in rows)]),
    )
