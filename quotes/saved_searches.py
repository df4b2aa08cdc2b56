"""Searches that accounts keep: made, renamed, deleted, and the quotations that each finds.

What a search means is selections.py's matter.
Source: docs/decisions/0026-saved-searches-and-webhooks.md.
"""

import secrets
import uuid

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from quotes import characters, selections
from quotes.models import Quotation, QuotationQuerySet, SavedSearch
from quotes.params import SHARING
from quotes.refusals import InputError
from quotes.search import newest_first
from quotes.search_newest import last_stored
from quotes.selections import Query

NAME_CHARS = 200
_KEY_BYTES = 24


class SavedSearchError(InputError):
    """A saved search cannot be kept like this: `field` is at fault."""

    def __init__(self, field: str, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.field = field


def of(owner: User) -> QuerySet[SavedSearch]:
    """Return the searches of `owner`, by name."""
    return SavedSearch.objects.filter(owner=owner)


def create(owner: User, name: str, query: Query) -> SavedSearch:
    """Keep `query` under `name`; without a name, under its own words.

    Raises SavedSearchError for a name that is taken or too long and for too many searches, and
    SelectionError for a query that cannot be used.
    """
    cleaned = selections.clean(query)
    checked = checked_name(name) if name.strip() else default_name(cleaned)
    with transaction.atomic():
        # One after the other, so that two at once do not make more than the most.
        User.objects.select_for_update().get(pk=owner.pk)
        if of(owner).count() >= SHARING.searches_most:
            problem = f"you have {SHARING.searches_most} saved searches, the most there can be"
            raise SavedSearchError("name", problem, "delete one that you no longer need")
        search = SavedSearch(
            uid=uuid.uuid4(), owner=owner, name=checked, query=cleaned, feed_key=_new_key()
        )
        return _saved(search)


def change(search: SavedSearch, *, name: str | None = None, query: Query | None = None) -> None:
    """Give `search` another name, another query or both; raises as `create` does."""
    if name is not None:
        search.name = checked_name(name)
    if query is not None:
        search.query = selections.clean(query)
    _saved(search)


def change_key(search: SavedSearch) -> None:
    """Give the feeds of `search` new addresses; nobody reads them at the old ones any more."""
    search.feed_key = _new_key()
    search.save(update_fields=["feed_key", "updated_at"])


def _new_key() -> str:
    return secrets.token_urlsafe(_KEY_BYTES)


def _saved(search: SavedSearch) -> SavedSearch:
    try:
        with transaction.atomic():
            search.save()
    except IntegrityError as error:
        problem = f"you have a saved search named “{search.name}” already"
        raise SavedSearchError("name", problem, "give it another name") from error
    return search


def checked_name(name: str) -> str:
    """Return `name` as one line; SavedSearchError unless it has 1 to `NAME_CHARS` characters."""
    line = " ".join(name.split())
    is_shown = characters.one_line(line) and all(map(characters.is_shown, line))
    if not is_shown or len(line) > NAME_CHARS:
        problem = f"the name does not have 1 to {NAME_CHARS} printable characters"
        raise SavedSearchError("name", problem, "give it a short name, such as “Rail tax”")
    return line


def default_name(query: Query) -> str:
    """Return a name for `query`: what it looks for, in words."""
    words = "; ".join(
        values if label == "Words" else f"{label}: {values}"
        for label, values in selections.in_words(query)
    )
    return characters.cut(characters.one_line(words) or "All quotations", NAME_CHARS)


def found(search: SavedSearch) -> QuotationQuerySet:
    """Return the current quotations that `search` finds and its owner may read, last found first.

    Raises SelectionError if the query was stored by an earlier version and means nothing any more.
    """
    return selections.select(search.query, search.owner).order_by("-pk")


def last_found(rows: QuotationQuerySet, part: slice) -> list[Quotation]:
    """Return a part of `rows`, as `found` returns them, for a list. Three queries at most."""
    keys = last_stored(rows, part.stop)[part]
    return list(Quotation.objects.filter(pk__in=keys).for_list().order_by("-pk"))


def of_key(key: str) -> SavedSearch | None:
    """Return the search whose feeds have `key` in their addresses, if its owner is active."""
    rows = SavedSearch.objects.select_related("owner")
    return rows.filter(feed_key=key, owner__is_active=True).first()


def none() -> QuotationQuerySet:
    """Return no quotations: what a search finds that cannot be used any more."""
    return newest_first(Quotation.objects.none())
