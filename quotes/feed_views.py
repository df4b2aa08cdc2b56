"""The feeds of saved searches, at addresses that cannot be guessed: who has one may read it."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from quotes import quotation_feeds, saved_searches, selections
from quotes.forms import QuotationFilter
from quotes.models import Quotation, SavedSearch
from quotes.params import SHARING
from quotes.quotation_feeds import FeedHead
from quotes.selections import SelectionError

_WRITERS: dict[str, tuple[Callable[[FeedHead, Sequence[Quotation]], bytes], str]] = {
    "atom": (quotation_feeds.atom, "application/atom+xml; charset=utf-8"),
    "json": (quotation_feeds.json_feed, "application/feed+json; charset=utf-8"),
}

# Parameters of a stored query that the page names, or says, in another way.
_ON_PAGE: dict[str, tuple[str, dict[str, str]]] = {
    "any_name": ("speaker", {}),
    "published_from": ("after", {}),
    "published_to": ("before", {}),
    "reviewed": ("reviewed", {"true": "yes", "false": "no"}),
    "act": ("attitudes", {selections.ANY_ACT: "on"}),
}


def feed_address(search: SavedSearch, form: str) -> str:
    """Return the absolute address of a feed of `search`: its "atom" or its "json"."""
    return settings.SITE_URL + reverse("saved-feed", args=[search.feed_key, form])


def list_path(query: Mapping[str, Sequence[str]]) -> str:
    """Return the path of the page that lists what a stored query selects.

    "" if it asks for something that the page has no filter for, as searches made by the API may.
    """
    asked: list[tuple[str, str]] = []
    for name, values in query.items():
        field, said = _ON_PAGE.get(name, (name, {}))
        if field not in QuotationFilter.base_fields or (said and not said.keys() >= set(values)):
            return ""
        asked += [(field, said.get(value, value)) for value in values]
    return f"{reverse('quotations')}{'?' if asked else ''}{urlencode(asked)}"


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
        # Not the search's own page: that is its owner's alone, and leads others nowhere.
        home=settings.SITE_URL + (list_path(search.query) or reverse("quotations")),
        updated=max([search.updated_at, *(row.updated_at for row in rows)]),
    )
