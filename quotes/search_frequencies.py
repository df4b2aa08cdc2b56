"""How many rows have a word, by PostgreSQL's own statistics: what a search will cost."""

import math
import time
from bisect import bisect_left
from functools import lru_cache
from itertools import takewhile
from typing import Any, NamedTuple

from django.db import connections

from quotes.params import SEARCH
from quotes.query_language import All, Either, Not, Words
from quotes.search_documents import MARK, ROWS
from quotes.search_index_postgresql import pairs
from quotes.search_terms import Tag, Term

_YEAR = f"{MARK}y"


class Frequencies(NamedTuple):
    """The number of `rows`, and the share of them that has a word; of other words, below `least`.

    `words` are sorted, for what begins with a prefix.
    """

    rows: float
    shares: dict[str, float]
    words: list[str]
    least: float

    def share(self, term: Term) -> float:
        """Return the share of rows that match `term`, about, as if words stood independently.

        A phrase counts as its rarest word: it takes as much to look it up.
        """
        if isinstance(term, All):
            return math.prod(map(self.share, term.parts))
        if isinstance(term, Either):
            return min(1.0, sum(map(self.share, term.parts)))
        if isinstance(term, Not):
            return 1.0 - self.share(term.part)
        if isinstance(term, Tag):
            return self._share(term.word)
        assert isinstance(term, Words)  # noqa: S101  days are keys, values are tags by now
        whole = term.words[:-1] if term.is_prefix else term.words
        found = [self._share(word) for word in (*whole, *pairs(whole))]
        if term.is_prefix:
            found.append(self._share_begun(term.words[-1]))
        return min(found)

    def years(self) -> list[tuple[int, float]]:
        """Return each year and its share of the rows, the newest first."""
        tags = takewhile(lambda word: word.startswith(_YEAR), self._from(_YEAR))
        found = [(int(tag.removeprefix(_YEAR)), self.shares[tag]) for tag in tags]
        return sorted(found, reverse=True)

    def _share(self, word: str) -> float:
        return self.shares.get(word, self.least)

    def _share_begun(self, prefix: str) -> float:
        begun = takewhile(lambda word: word.startswith(prefix), self._from(prefix))
        return min(1.0, self.least + sum(self.shares[word] for word in begun))

    def _from(self, word: str) -> list[str]:
        return self.words[bisect_left(self.words, word) :]


def frequencies(using: str) -> Frequencies | None:
    """Return what the database `using` knows of its words; None if it has not counted them yet.

    As it was when it was last read, at most `SEARCH.frequencies_kept_s` ago.
    """
    period = int(time.monotonic() // SEARCH.frequencies_kept_s)
    return _read(using, connections[using].settings_dict["NAME"], period)


def forget() -> None:
    """Let the next search read the statistics anew."""
    _read.cache_clear()


@lru_cache(maxsize=4)
def _read(using: str, _name: str, _period: int) -> Frequencies | None:
    # Past Django, which counts the queries of a list: this one is no part of any.
    connections[using].ensure_connection()
    driver: Any = connections[using].connection
    row = driver.execute(_ASK).fetchone()
    if row is None or not row[1]:
        return None
    rows, words, shares = row
    # Behind the words' shares stand the least and the greatest of them.
    found = dict(zip(words, shares, strict=False))
    return Frequencies(rows, found, sorted(found), shares[len(words)])


_ASK = f"""SELECT c.reltuples, s.most_common_elems::text::text[], s.most_common_elem_freqs
    FROM pg_stats s JOIN pg_class c ON c.oid = '{ROWS}'::regclass
    WHERE s.tablename = '{ROWS}' AND s.attname = 'vector' AND s.schemaname = current_schema()
"""  # noqa: S608  a constant
