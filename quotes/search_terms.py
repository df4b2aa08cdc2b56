"""What a backend of the search gets to put into its own words."""

from dataclasses import dataclass
from typing import NamedTuple

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


class Sought(NamedTuple):
    """What is sought, in the index's terms: no term for all, and keys [low, high).

    `words` are those that are ranked by, `phrase` all of them where they were typed bare: they
    rank highest where they stand together in a content.
    """

    term: Term | None
    low: int
    high: int
    phrase: tuple[str, ...] = ()
    words: tuple[Words, ...] = ()

    def whole(self) -> Term:
        """Return the term, one that everything has for none; what must not be is in an All."""
        if self.term is None:
            return EVERY
        return All((self.term,)) if isinstance(self.term, Not) else self.term

    def and_also(self, more: Term) -> Term:
        """Return its term together with `more`."""
        return more if self.term is None else All((self.term, more))
