"""Where a quotation has the words that were sought, for marking them. Pure but for its argument."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from quotes.params import SEARCH
from quotes.query_language import All, Either, Is, Not, Published, Query, Words, folded_spans, parse

_SAID, _TITLE = frozenset({"", "said"}), frozenset({"", "title"})


class Snippet(NamedTuple):
    """A piece of a quotation's content, and what of the content answers the query.

    `text` is the content from code point `start` on; `ranges` are [start, end) in code points into
    the whole content, in order, without overlap, and lie inside the piece.
    """

    text: str
    ranges: tuple[tuple[int, int], ...]
    start: int = 0
    goes_on: bool = False

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """Yield the text in pieces, each with whether it is to be marked."""
        at = 0
        for low, high in self.ranges:
            if low - self.start > at:
                yield self.text[at : low - self.start], False
            yield self.text[low - self.start : high - self.start], True
            at = high - self.start
        if at < len(self.text):
            yield self.text[at:], False


class Quoted(Protocol):
    """A row with a content: a quotation."""

    pk: int
    content: str


def snippets(rows: Iterable[Quoted], query: str) -> dict[int, Snippet]:
    """Return primary key -> snippet for each of `rows`; QueryError if `query` cannot be read.

    Words found in names or the title only leave a snippet without ranges.
    """
    wanted = _wanted(parse(query), _SAID)
    return {row.pk: snippet(row.content, wanted) for row in rows}


def title_snippets(titles: Iterable[str], query: str) -> dict[str, Snippet]:
    """Return title -> snippet, for those of `titles` that have words of `query`."""
    wanted = _wanted(parse(query), _TITLE)
    most = SEARCH.title_chars
    found = ((title, snippet(title, wanted, most)) for title in dict.fromkeys(titles))
    return {title: marked for title, marked in found if marked.ranges}


def snippet(content: str, wanted: Sequence[Words], most: int = SEARCH.snippet_chars) -> Snippet:
    """Return `content`, or `most` code points of it around the first of what is `wanted`."""
    ranges = _merged(_found(content, wanted))
    if len(content) <= most:
        return Snippet(content, ranges)
    low = max(0, ranges[0][0] - most // 4) if ranges else 0
    low = content.rfind(" ", 0, low) + 1 if low else 0
    high = low + most
    inside = tuple((start, end) for start, end in ranges if low <= start and end <= high)
    return Snippet(content[low:high], inside, low, high < len(content))


def _wanted(query: Query | None, fields: frozenset[str]) -> list[Words]:
    if query is None or isinstance(query, (Not, Is, Published)):
        return []
    if isinstance(query, (All, Either)):
        return [words for part in query.parts for words in _wanted(part, fields)]
    return [query] if query.field in fields else []


def _found(content: str, wanted: Sequence[Words]) -> Iterator[tuple[int, int]]:
    if not wanted:
        return
    spans = list(folded_spans(content))
    for at in range(len(spans)):
        for term in wanted:
            here = spans[at : at + len(term.words)]
            if _is(term, [word for word, _, _ in here]):
                yield here[0][1], here[-1][2]


def _is(term: Words, words: list[str]) -> bool:
    if len(words) < len(term.words) or words[:-1] != list(term.words[:-1]):
        return False
    last = term.words[-1]
    return words[-1].startswith(last) if term.is_prefix else words[-1] == last


def _merged(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return `ranges` in order, those that overlap as one."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)
