"""Query -> QuerySet: full-text search over the quotations. Hides the search backend.

`query_language.py` reads what is typed; here it becomes plain conditions (outlets looked up, days
made keys), which a backend puts into its database's words: search_sqlite.py, search_postgresql.py.
Another engine would be one more `Backend`. All values are bound or are letters and digits.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from django.db import connections
from django.db.models import Q

from quotes import search_postgresql, search_sqlite
from quotes.models import SAID, Outlet, QuotationQuerySet
from quotes.params import SEARCH
from quotes.query_language import (
    CHOICES,
    All,
    Either,
    Is,
    Not,
    Published,
    Query,
    QueryError,
    Words,
    folded_words,
    leaves,
    parse,
)
from quotes.search_documents import LAST_KEY, ROWS
from quotes.search_index import keys_of_days, tag
from quotes.search_newest import (
    KEY,
    OLDEST_FIRST,
    Asking,
    Recency,
    are_current,
    found_by,
    newest,
    oldest_keys,
)
from quotes.search_terms import Condition, Nothing, Sought, Tag, Term

__all__ = [
    "MOST_CERTAIN_FIRST",
    "OLDEST_FIRST",
    "Filters",
    "QueryError",
    "Sought",
    "at_keys",
    "backend",
    "most_certain",
    "newest_first",
    "newest_of",
    "newest_part",
    "oldest_first",
    "parse",
    "search",
    "sought",
]

MOST_CERTAIN_FIRST = ("-confidence", "-version_id", "position")
_NAMED = "named"
_NOT_REVIEWED = Condition(f"NOT {ROWS}.reviewed")


def _of_kinds(*kinds: str) -> Condition:
    return Condition(f"{ROWS}.kind IN ({', '.join(['%s'] * len(kinds))})", kinds)


# What many rows have, in a query: see Filters.conditions.
_BROAD = {
    **{("kind", kind): _of_kinds(kind) for kind in CHOICES["kind"]},
    ("reviewed", "no"): _NOT_REVIEWED,
}
_ALL = Sought(None, 0, LAST_KEY)


class Filters(NamedTuple):
    """What a list is narrowed to beside its query, by the index rather than row by row.

    Several `kinds`, `factualities`, `media`, `speakers` or `outlets`: any of them. `called` are
    words, each group of which stands together in a name, the last as a beginning.
    """

    act: str = ""
    factualities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    reviewed: bool | None = None
    source: str = ""
    speakers: tuple[int, ...] = ()
    outlets: tuple[int, ...] = ()
    article: str = ""
    first: date | None = None
    last: date | None = None
    called: tuple[tuple[str, ...], ...] = ()

    def terms(self) -> list[Term]:
        """Return the words of the index that stand for what few rows have."""
        media = [word for one in self.media if (word := "".join(folded_words(one)))]
        if self.media and not media:  # marks without a letter or digit are no medium
            return [Nothing()]
        asked: tuple[tuple[str, Sequence[str | int]], ...] = (
            ("m", media),
            ("r", ["yes"] if self.reviewed else []),
            ("f", [self.source] if self.source not in {"", _NAMED} else []),
            ("t", () if SAID & {*self.factualities} else self.factualities),
            ("s", self.speakers),
            ("o", self.outlets),
            ("a", [self.article] if self.article else []),
        )
        found = [
            _simplified(Either, tuple(Tag(tag(kind, value)) for value in values))
            for kind, values in asked
            if values
        ]
        found += [Words(words, "speaker", is_prefix=True) for words in self.called]
        return found

    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions on a row's columns that stand for what many rows have."""
        found = []
        if self.act:
            found.append(Condition(f"{ROWS}.act = %s", (self.act,)))
        if self.kinds:
            found.append(_of_kinds(*self.kinds))
        if SAID & {*self.factualities}:  # most are said: no word of the index says so
            marks = ", ".join(["%s"] * len(self.factualities))
            found.append(Condition(f"{ROWS}.factuality IN ({marks})", self.factualities))
        if self.reviewed is False:
            found.append(_NOT_REVIEWED)
        if self.source == _NAMED:
            found.append(Condition(f"{ROWS}.speaker_id IS NOT NULL"))
        return tuple(found)


class Backend(Protocol):
    """What the search asks of an engine."""

    def matching(
        self, rows: QuotationQuerySet, what: Sought, *, in_ranges: bool = False
    ) -> QuotationQuerySet:
        """Keep the matches; annotate `recency`, by which the newest come first cheaply.

        `in_ranges` says that short ranges of keys are read: only their rows are to be looked at.
        """

    def ranked(
        self,
        rows: QuotationQuerySet,
        what: Sought,
        newest: Sequence[int] | None = None,
        part: slice | None = None,
    ) -> QuotationQuerySet:
        """Keep the matches that are ranked; annotate `recency` and `relevance`.

        `newest` are the keys of the newest matches, where they are known. Only `part` of their
        order is kept, where one is given and the index's rows alone tell which these are.
        """


def backend(using: str) -> Backend:
    """Return the search engine that goes with the database `using`."""
    return search_postgresql if connections[using].vendor == "postgresql" else search_sqlite


def search(
    quotes: QuotationQuerySet,
    query: str,
    *,
    by_relevance: bool = False,
    filters: Filters | None = None,
    newest: Sequence[int] | None = None,
    part: slice | None = None,
) -> QuotationQuerySet:
    """Keep the quotations that match `query`; raise QueryError if it cannot be read.

    An empty query keeps all; one without a single word, such as "?!", none. All are annotated
    with `recency`, by which order_by("-recency") is cheap. `by_relevance` keeps the newest
    matches only (`SEARCH.ranked`), annotates `relevance` (more is better, of no unit) and puts
    exact phrases first, then reviewed quotations, then what is more relevant, then newer; where
    there is nothing to rank by, the newest first, if they are known. Pass conditions as `filters`
    rather than on `quotes` where they can be: they cost nothing there.
    `newest` spares a look into the index: the keys of all matches, newest first, or of more of
    them than are ranked, as `facets` gives them. By relevance no more than `part` of that order
    is kept; where what the index does not know narrows `quotes`, the slice is taken of all.
    """
    what = sought(query, filters, using=quotes.db)
    if what is None:
        return newest_first(quotes.none())
    if by_relevance and what.words:
        ranked: Any = backend(quotes.db).ranked(quotes, what, newest, part)
        best: QuotationQuerySet = ranked.order_by("-relevance", "-recency")
        return best[part] if part and not are_current(quotes) else best
    if by_relevance and newest is not None:  # nothing to rank by
        return at_keys(quotes, newest[part] if part else newest)
    if what.term is None:
        return newest_first(quotes, what)
    return backend(quotes.db).matching(quotes, what)


def at_keys(quotes: QuotationQuerySet, keys: Sequence[int]) -> QuotationQuerySet:
    """Return those of `quotes` that have these keys of the index, the newest first."""
    newest: QuotationQuerySet = _at_keys(quotes, keys).order_by("-recency")
    return newest


def newest_part(
    quotes: QuotationQuerySet, found: QuotationQuerySet, part: slice
) -> QuotationQuerySet:
    """Return a part of `found`, the newest first; `found` is what `search` returns of `quotes`.

    Two queries: which they are, where possible by the index alone, and the rows of the part. A
    slice of `found` joins each of the thousand before them too, or of a speaker's ten thousand all.
    """
    return at_keys(quotes, [key for (key,) in newest(found, ["key"], part.stop)][part])


def oldest_first(
    quotes: QuotationQuerySet, found: QuotationQuerySet, part: slice
) -> QuotationQuerySet:
    """Return a part of `found`, the oldest first, what has no day last.

    `found` is what `search` returns of `quotes`. Three queries at most: by the index's order, as
    the newest are read, and the rows of the part alone.
    """
    keys = oldest_keys(found, part.stop)[part]
    oldest: QuotationQuerySet = _at_keys(quotes, keys).order_by(*OLDEST_FIRST)
    return oldest


def most_certain(
    quotes: QuotationQuerySet, found: QuotationQuerySet, part: slice
) -> QuotationQuerySet:
    """Return a part of `found`, the most certain first, of its newest `SEARCH.counted`.

    `found` is what `search` returns of `quotes`. Three queries: no index has the matches of any
    search in this order, and to sort hundreds of thousands takes seconds.
    """
    some: Any = newest_of(quotes, found).select_related(None).order_by(*MOST_CERTAIN_FIRST)
    keys = list(some.values_list("recency", flat=True)[part])
    certain: QuotationQuerySet = _at_keys(quotes, keys).order_by(*MOST_CERTAIN_FIRST)
    return certain


def newest_of(quotes: QuotationQuerySet, found: QuotationQuerySet) -> QuotationQuerySet:
    """Return the newest `SEARCH.counted` of `found`, which `search` returns of `quotes`.

    In no order. One query finds which they are.
    """
    known = [] if found.query.is_empty() else newest(found, ["key"], SEARCH.counted)
    those: QuotationQuerySet = _at_keys(quotes, [key for (key,) in known])
    return those


def _at_keys(quotes: QuotationQuerySet, keys: Sequence[int]) -> Any:
    marks = ", ".join(["%s"] * len(keys))
    asking = Asking((ROWS,), f"{KEY} IN ({marks})", tuple(keys))
    return found_by(quotes, asking, Recency(KEY)) if keys else newest_first(quotes.none())


def newest_first(
    quotes: QuotationQuerySet, what: Sought = _ALL, alone: Sought | None = None
) -> QuotationQuerySet:
    """Annotate `recency`: order_by("-recency") gives the newest published first, cheaply.

    Keeps the keys and conditions of `what`, of whose term nothing is asked. `alone` asks the
    index for what `quotes` are narrowed to.
    """
    is_asked = alone is not None and alone.term is None
    return found_by(
        quotes, _in_order(what), Recency(KEY), _in_order(alone) if alone and is_asked else None
    )


def _in_order(what: Sought) -> Asking:
    # By a bound SQLite sees that it can read in the order of the keys.
    return Asking(
        (ROWS,), f"{KEY} >= %s AND {KEY} < %s{what.where}", (what.low, what.high, *what.bound)
    )


def sought(query: str, filters: Filters | None = None, *, using: str = "default") -> Sought | None:
    """Return what `query` and `filters` ask of the index; None if nothing can match."""
    read = parse(query)
    if read is None and query.strip():
        return None
    terms = list(filters.terms()) if filters else []
    low, high = 0, LAST_KEY
    days = [filters.first, filters.last] if filters else [None, None]
    ranges = [Published(*days)] if any(days) else []
    parts = read.parts if isinstance(read, All) else [read] if read is not None else []
    conditions = list(filters.conditions()) if filters else []
    for part in parts:
        if isinstance(part, Published):
            ranges.append(part)
        elif isinstance(part, Is) and (part.field, part.value) in _BROAD:
            conditions.append(_BROAD[part.field, part.value])
        else:
            terms.append(_resolved(part, using))
    for days_asked in ranges:
        first, after = keys_of_days(days_asked.first, days_asked.last)
        low, high = max(low, first), min(high, after)
    if low >= high or any(isinstance(term, Nothing) for term in terms):
        return None
    term = All(tuple(terms)) if len(terms) > 1 else terms[0] if terms else None
    words = tuple(leaf for leaf in _wanted(read) if isinstance(leaf, Words))
    return Sought(term, low, high, _phrase(parts), words, tuple(conditions))


def _phrase(parts: Sequence[Query | None]) -> tuple[str, ...]:
    """Return the words typed bare, in order, which rank first where they stand together."""
    bare = [p for p in parts if isinstance(p, Words) and p.field in {"", "said"}]
    found = tuple(word for part in bare for word in part.words)
    return found if len(bare) > 1 and not any(part.is_prefix for part in bare) else ()


def _wanted(query: Query | None) -> list[Words | Is | Published]:
    """Return the leaves of `query` that are not excluded."""
    if query is None or isinstance(query, Not):
        return []
    if isinstance(query, (All, Either)):
        return [leaf for part in query.parts for leaf in _wanted(part)]
    return list(leaves(query))


def _resolved(query: Query, using: str) -> Term:
    """Return `query` with each value that has a row or a tag put as the index has it."""
    if isinstance(query, (All, Either)):
        parts = tuple(_resolved(part, using) for part in query.parts)
        return _simplified(type(query), parts)
    if isinstance(query, Not):
        part = _resolved(query.part, using)
        return Tag(tag("x")) if isinstance(part, Nothing) else Not(part)
    if isinstance(query, Is):
        return _VALUES[query.field](query.value, using)
    if isinstance(query, Words) and query.field == "cue":
        return Words(tuple(tag("c", word) for word in query.words), "cue", query.is_prefix)
    return query


def _simplified(kind: type[All] | type[Either], parts: tuple[Term, ...]) -> Term:
    some = tuple(part for part in parts if not isinstance(part, Nothing))
    if not some or (kind is All and len(some) < len(parts)):
        return Nothing()
    return kind(some) if len(some) > 1 else some[0]


def _outlets(value: str, using: str) -> Term:
    asked = Q(slug=value) | Q(name__iexact=value)
    found = Outlet.objects.using(using).filter(asked) or Outlet.objects.using(using).filter(
        name__icontains=value
    )
    keys = found.order_by("pk").values_list("pk", flat=True)[: SEARCH.outlets_meant]
    return _simplified(Either, tuple(Tag(tag("o", key)) for key in keys))


_VALUES: dict[str, Callable[[str, str], Term]] = {
    "outlet": _outlets,
    "kind": lambda value, _: Tag(tag("k", value)),
    "reviewed": lambda value, _: Tag(tag("r", value)),
    "medium": lambda value, _: Tag(tag("m", "".join(folded_words(value)))),
    "in": lambda value, _: Tag(tag("a", "".join(folded_words(value)))),
}
