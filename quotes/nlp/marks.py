"""Quotation marks: which open, which close, and what stands between them.

Marks are paired within a paragraph (a run without a line break), so that a lost mark cannot turn
the rest of an article inside out. Double marks are trusted, also where a closing one is of another
style than its mate; single marks, which are also apostrophes, only count as a pair with nothing
attached before the one and behind the other.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from quotes.nlp.document import Kind, Span

_EDGE = " \t\xa0,;"
PARAGRAPH = re.compile(r"[^\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_DOUBLE = re.compile(r"``|''|‘‘|’’|(?<![\w,]),,(?=\w)|[“”„‟\"＂«»「」『』]")
_SINGLE = re.compile(r"[‘’'`‹›]")
_ATTACHES = "([{<—–-―/‒…|‘'’"
# Opening marks with their closing marks. The other double marks open only where they recur.
_CLOSES = {
    "“": "”",
    "‟": "”",
    "„": "“”",
    ",,": "“”",
    "«": "»",
    "「": "」",
    "『": "』",
    "``": "''",
    "‘‘": "’’",
}
_EITHER = ('"', "＂", "''")
# ”So”, »so« and ”so“ are opened by what elsewhere closes; a stray closing mark does not recur.
_RECURRING = {"”": "”“", "»": "«", "’’": "’’"}
_PAUSE = ".,?!…"
_SENTENCE = re.compile(rf"[{_PAUSE}]\s+(?=[^\W\d_a-z])|:\s+")
_SINGLE_CLOSING = re.compile(rf"(?<=[{_PAUSE}])['’](?=\s|$)")


class MarkState(IntEnum):
    """What the quotation marks make of one character of the text."""

    OUTSIDE = 0
    DOUBLE = 1
    SINGLE = 2
    OPENING = 3
    CLOSING = 4


class Pair(NamedTuple):
    """An opening mark `[start, inner)` and its closing mark `[outer, end)`, in code points.

    `outer == end` where the mark is never closed: what it opens runs to the end of its paragraph.
    `start == inner` where the opening mark was lost: what is closed begins with its sentence.
    """

    start: int
    inner: int
    outer: int
    end: int
    single: bool = False

    @property
    def closed(self) -> bool:
        """Say whether the text has the closing mark."""
        return self.outer < self.end


def _free_before(text: str, at: int, floor: int) -> bool:
    return at <= floor or text[at - 1].isspace() or text[at - 1] in _ATTACHES


def _can_open(text: str, mark: re.Match[str], paragraph: re.Match[str]) -> bool:
    """Say whether the mark has nothing attached before it, and something behind it."""
    behind = mark.end() < paragraph.end() and not text[mark.end()].isspace()
    return behind and _free_before(text, mark.start(), paragraph.start())


def _opens(
    text: str, mark: re.Match[str], paragraph: re.Match[str], last: Mapping[str, int]
) -> bool:
    """Say whether the mark opens a quotation where none is open; `last` is where each sign ends."""
    sign = mark.group()
    if sign in _CLOSES:
        return not _ends_words(text, mark, paragraph)
    if not _can_open(text, mark, paragraph):
        return False
    return sign in _EITHER or any(last.get(m, -1) > mark.start() for m in _RECURRING.get(sign, ""))


def _ends_words(text: str, mark: re.Match[str], paragraph: re.Match[str]) -> bool:
    """Say whether the mark stands as a closing one does: behind a pause, before a space."""
    paused = mark.start() > paragraph.start() and text[mark.start() - 1] in _PAUSE
    return paused and (mark.end() == paragraph.end() or not text[mark.end()].isalnum())


def _reopens(text: str, opened: str, mark: re.Match[str], paragraph: re.Match[str]) -> bool:
    """Say whether the mark opens anew although `opened` was never closed."""
    sign = mark.group()
    if sign in _CLOSES:
        mates = _CLOSES.get(opened) or _RECURRING.get(opened, "")
        return sign not in mates and not _ends_words(text, mark, paragraph)
    spaced = mark.start() <= paragraph.start() or text[mark.start() - 1].isspace()
    return sign in _EITHER and spaced and _can_open(text, mark, paragraph)


def _outer_close(
    text: str, opened: str, marks: Sequence[re.Match[str]], at: int, paragraph: re.Match[str]
) -> int:
    """Return which of `marks` closes `opened` if the one at `at` opens inside it, else 0.

    That needs a mark that closes the inner one and then one that closes the outer, with nothing
    opened between.
    """
    waiting = [opened, marks[at].group()]
    while waiting and (at := at + 1) < len(marks):
        mates = _CLOSES.get(waiting[-1]) or _RECURRING.get(waiting[-1], waiting[-1])
        sign = marks[at].group()
        if sign not in mates or _reopens(text, waiting.pop(), marks[at], paragraph):
            return 0
    return 0 if waiting else at


def _double_pairs(text: str, paragraph: re.Match[str]) -> Iterator[Pair]:
    """Yield the pairs of double marks of one paragraph, in order and disjoint."""
    marks = list(_DOUBLE.finditer(text, paragraph.start(), paragraph.end()))
    last = {mark.group(): mark.start() for mark in marks}
    opened: re.Match[str] | None = None
    skip = -1
    for number, mark in enumerate(marks):
        if number <= skip:
            continue
        if opened is None:
            opened = mark if _opens(text, mark, paragraph, last) else None
            if opened is None and number == 0 and _ends_words(text, mark, paragraph):
                yield _headless(text, mark, paragraph)
        elif not _reopens(text, opened.group(), mark, paragraph):
            yield Pair(opened.start(), opened.end(), mark.start(), mark.end())
            opened = None
        elif outer := _outer_close(text, opened.group(), marks, number, paragraph):
            skip = outer
            yield Pair(opened.start(), opened.end(), *marks[skip].span())
            opened = None
        else:
            yield _endless(text, opened, mark.start())
            opened = mark
    if opened is not None:
        yield _endless(text, opened, paragraph.end())


def _headless(text: str, closing: re.Match[str], paragraph: re.Match[str]) -> Pair:
    """Return the pair of a closing mark whose opening one was lost: from its sentence's start."""
    start = paragraph.start()
    for stop in _SENTENCE.finditer(text, start, closing.start()):
        start = stop.end()
    return Pair(start, start, closing.start(), closing.end())


def _endless(text: str, opened: re.Match[str], limit: int) -> Pair:
    """Return the pair of an opening mark without its mate: to a single one, or to `limit`."""
    closing = _SINGLE_CLOSING.search(text, opened.end(), limit)
    inside = text[opened.end() : closing.start()] if closing else ""
    if closing is None or any(_is_loose(inside, m.start()) for m in _SINGLE.finditer(inside)):
        return Pair(opened.start(), opened.end(), limit, limit)
    return Pair(opened.start(), opened.end(), closing.start(), closing.end())


def _is_loose(text: str, at: int) -> bool:
    """Say whether the single mark at `at` has nothing attached before it, so that it may open."""
    return _free_before(text, at, 0)


def _single_opens(text: str, at: int, paragraph: re.Match[str]) -> bool:
    """Say whether the single mark at `at` can open: free before, a word or a sum behind."""
    ahead = text[at + 1 : at + 3]
    if text[at] in "’›" or not ahead or not _free_before(text, at, paragraph.start()):
        return False
    decade = ahead.isdigit() and text[at + 3 : at + 4] in ("s", "")
    return (ahead[0].isalnum() or ahead[0] in '$£€#@[(…“"') and not decade


def _single_closes(text: str, at: int, paragraph: re.Match[str]) -> bool:
    """Say whether the single mark at `at` can close: something before, no letter behind."""
    if text[at] in "‘`‹" or at <= paragraph.start() or text[at - 1].isspace():
        return False
    return at + 1 >= paragraph.end() or not text[at + 1].isalnum()


def _maybe_possessive(text: str, at: int) -> bool:
    """Say whether the mark may be the apostrophe of a plural: the workers’ rights."""
    behind = text[at + 1 : at + 3]
    return text[at - 1] in "sSzZxX" and behind[:1] == " " and behind[1:].isalnum()


def _single_pairs(text: str, paragraph: re.Match[str], double: Sequence[Pair]) -> Iterator[Pair]:
    """Yield the pairs of single marks of one paragraph that stand outside its double marks."""
    opened = closing = -1
    inside = iter([*double, Pair(len(text), len(text), len(text), len(text))])
    pair = next(inside)
    for mark in _SINGLE.finditer(text, paragraph.start(), paragraph.end()):
        at = mark.start()
        while pair.end <= at:
            pair = next(inside)
        if pair.start <= at:
            continue
        if opened >= 0 and _single_closes(text, at, paragraph):
            closing = at
            if not _maybe_possessive(text, at):
                yield Pair(opened, opened + 1, closing, closing + 1, single=True)
                opened = closing = -1
        elif _single_opens(text, at, paragraph):
            if opened >= 0 and closing >= 0:
                yield Pair(opened, opened + 1, closing, closing + 1, single=True)
            opened, closing = at, -1
    if opened >= 0 and closing >= 0:
        yield Pair(opened, opened + 1, closing, closing + 1, single=True)


@lru_cache(maxsize=4)
def mark_pairs(text: str) -> tuple[Pair, ...]:
    """Return the pairs of quotation marks of `text`, by start.

    Pairs of double marks are disjoint; a pair of single marks may hold pairs of double marks.
    """
    pairs: list[Pair] = []
    for paragraph in PARAGRAPH.finditer(text):
        double = list(_double_pairs(text, paragraph))
        single = [p for p in _single_pairs(text, paragraph, double) if p.outer - p.inner > 1]
        pairs += sorted(double + single) if single else double
    return tuple(pairs)


def mark_states(text: str) -> bytearray:
    """Return the `MarkState` of every character of `text`; as long as `text`."""
    states = bytearray(len(text))
    for pair in sorted(mark_pairs(text), key=lambda p: not p.single):
        inside = MarkState.SINGLE if pair.single else MarkState.DOUBLE
        states[pair.start : pair.inner] = bytes([MarkState.OPENING]) * (pair.inner - pair.start)
        states[pair.inner : pair.outer] = bytes([inside]) * (pair.outer - pair.inner)
        states[pair.outer : pair.end] = bytes([MarkState.CLOSING]) * (pair.end - pair.outer)
    return states


@lru_cache(maxsize=4)
def quoted_spans(text: str) -> tuple[Span, ...]:
    """Return what stands inside quotation marks: disjoint spans in text order, without the marks.

    Double marks nested in single ones, and the reverse, are part of the outer span.
    """
    spans: list[Span] = []
    for pair in mark_pairs(text):
        if pair.inner < pair.outer and not (spans and pair.start < spans[-1].end):
            spans.append(Span(start=pair.inner, end=pair.outer))
    return tuple(spans)


def trimmed(text: str, span: Span) -> Span:
    """Return the span without spaces, commas, emoji at its edges, unless nothing is left."""
    start, end = span.start, span.end
    while start < end and _sheds(text[start]):
        start += 1
    while start < end and _sheds(text[end - 1]):
        end -= 1
    return Span(start=start, end=end) if start < end else span


def _sheds(character: str) -> bool:
    """Say whether an edge sheds a character: spaces, commas, pictures (emoji)."""
    return character in _EDGE or unicodedata.category(character) == "So"


def words_in(text: str, spans: Iterable[Span]) -> Iterator[re.Match[str]]:
    """Yield the words (letters and digits, no punctuation) that begin inside `spans`."""
    for span in spans:
        yield from WORD.finditer(text, span.start, span.end)


def word_tokens(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the same words as spans of their own."""
    for match in words_in(text, spans):
        yield Span(start=match.start(), end=match.end())


def is_quoted(text: str, start: int) -> bool:
    """Say whether the character at `start` stands inside quotation marks."""
    quoted = quoted_spans(text)
    index = bisect_left(quoted, start + 1, key=lambda span: span.start) - 1
    return index >= 0 and start < quoted[index].end


def kind_of(content: Sequence[Span], text: str) -> Kind:
    """Return whether all, some or none of the words of `content` stand in quotation marks.

    One quoted word makes a report mixed. Content without words is indirect.
    """
    inside = [is_quoted(text, word.start()) for word in words_in(text, content)]
    if inside and all(inside):
        return Kind.DIRECT
    return Kind.MIXED if any(inside) else Kind.INDIRECT
