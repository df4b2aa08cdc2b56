"""What a backend of the search gets to put into its own words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from quotes.params import SEARCH, SearchParams
from quotes.query_language import All, Not, Query, Words
from quotes.search_index import tag


@dataclass(frozen=True, slots=True)
class Tag:
    """A word of the index that stands for a property: search_index.tag gives it."""

    word: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """What nothing matches, such as an outlet that is not stored."""


Term = Query | Tag | Nothing

EVERY = Tag(tag("x"))


class Condition(NamedTuple):
    """A condition on the columns of an index's row, in SQL, with the values that it binds."""

    sql: str
    values: tuple[Any, ...] = ()


class Sought(NamedTuple):
    """What is sought, in the index's terms: no term for all, and keys [low, high).

    `words` are those that are ranked by, `phrase` all of them where they were typed bare: they
    rank highest where they stand together in a content. `conditions` hold besides.
    """

    term: Term | None
    low: int
    high: int
    phrase: tuple[str, ...] = ()
    words: tuple[Words, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def where(self) -> str:
        """Return the conditions in SQL, each led by AND; "" for none."""
        return "".join(f" AND {condition.sql}" for condition in self.conditions)

    @property
    def bound(self) -> tuple[Any, ...]:
        """Return the values that `where` binds."""
        return tuple(value for condition in self.conditions for value in condition.values)

    def whole(self) -> Term:
        """Return the term, one that everything has for none; what must not be is in an All."""
        if self.term is None:
            return EVERY
        return All((self.term,)) if isinstance(self.term, Not) else self.term

    def and_also(self, more: Term) -> Term:
        """Return its term together with `more`."""
        if self.term is None:
            return more
        parts = self.term.parts if isinstance(self.term, All) else (self.term,)
        return All((*parts, more))


def ranked_keys(
    what: Sought,
    newest: Callable[[Sought, int], list[int]],
    known: Sequence[int] | None = None,
    *,
    params: SearchParams = SEARCH,
) -> list[int]:
    """Return the keys of the matches that are ranked: all, or the newest where there are many.

    With these, then, the newest reviewed ones and the newest exact phrases, which rank first.
    `newest` gives the keys of the newest matches, at most so many; `known` are those of all of
    `what`, newest first, if they are known, whether or not more than are ranked.
    """
    keys = newest(what, params.ranked + 1) if known is None else known
    if len(keys) <= params.ranked:
        return list(keys)
    found = dict.fromkeys(keys[: params.ranked])
    first: list[Term] = [Tag(tag("r", "yes"))]
    if what.phrase:
        first.append(Words(what.phrase, "said"))
    for term in first:
        also = what._replace(term=what.and_also(term))
        found |= dict.fromkeys(newest(also, params.ranked_first))
    return list(found)
