"""Text and overlapping marks -> paragraphs of segments that a page can show. Pure.

Whatever the marks are, the segments put end to end are the text: nothing is lost, doubled or
reordered, so a page that prints them shows the evidence exactly as it is stored.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

_BREAK = re.compile(r"[\r\n]\s*")


class Mark(NamedTuple):
    """A range `[start, end)` of code points that `key` (a quotation's uid, a role) marks."""

    start: int
    end: int
    key: str


class Segment(NamedTuple):
    """A stretch of text on which the same marks lie; `keys` runs from the shortest mark up.

    `opens` and `closes` name the marks that begin and end with this segment.
    """

    start: int
    text: str
    keys: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()


class Block(NamedTuple):
    """A paragraph, counted from 1, or (`number` 0) the white space between two of them."""

    number: int
    start: int
    end: int


class MarkedBlock(NamedTuple):
    """A block cut into segments."""

    number: int
    segments: list[Segment]


def blocks(text: str) -> list[Block]:
    """Return paragraphs and the gaps between them; put end to end they are `text`.

    A paragraph ends at a line break; white space around the break belongs to the gap.
    """
    found: list[Block] = []
    at = number = 0
    for gap in _BREAK.finditer(text):
        end = at + len(text[at : gap.start()].rstrip())
        if end > at:
            number += 1
            found.append(Block(number, at, end))
        found.append(Block(0, end, gap.end()))
        at = gap.end()
    if at < len(text):
        found.append(Block(number + 1, at, len(text)))
    return found


def paragraph_places(text: str) -> list[int]:
    """Return where the paragraphs of `text` begin, in order: those that `blocks` numbers."""
    first = _BREAK.search(text)
    begins = text[: first.start() if first else len(text)].rstrip()
    starts = [0] if begins or (text and not first) else []
    return starts + [gap.end() for gap in _BREAK.finditer(text) if gap.end() < len(text)]


def marked_paragraphs(text: str, marks: Iterable[Mark], first: int, last: int) -> list[MarkedBlock]:
    """Return the paragraphs numbered `first` to `last`, marked, without the gaps between them.

    Nothing else of the text is gone through, but for finding where its paragraphs begin.
    """
    starts = paragraph_places(text)
    first, last = max(1, first), min(last, len(starts))
    if first > last:
        return []
    start = starts[first - 1]
    end = starts[last] if last < len(starts) else len(text)
    near = [
        Mark(max(mark.start, start) - start, min(mark.end, end) - start, mark.key)
        for mark in marks
        if mark.start < end and mark.end > start
    ]
    found = marked_blocks(text[start:end], near)
    return [MarkedBlock(b.number + first - 1, b.segments) for b in found if b.number]


def marked_blocks(text: str, marks: Iterable[Mark]) -> list[MarkedBlock]:
    """Return all blocks of `text`, cut where a mark starts or ends.

    Marks may nest, overlap and cross paragraphs; what lies outside the text is ignored.
    """
    parts = blocks(text)
    edges = {part.start for part in parts}
    pending = iter(_segments(text, list(marks), edges))
    segment = next(pending, None)
    result: list[MarkedBlock] = []
    for part in parts:
        inside: list[Segment] = []
        while segment is not None and segment.start < part.end:
            inside.append(segment)
            segment = next(pending, None)
        result.append(MarkedBlock(part.number, inside))
    return result


def _segments(text: str, marks: Sequence[Mark], edges: set[int]) -> Iterator[Segment]:
    inside = [mark for mark in marks if 0 <= mark.start < mark.end <= len(text)]
    starts: dict[int, list[Mark]] = {}
    ends: dict[int, list[Mark]] = {}
    for mark in inside:
        starts.setdefault(mark.start, []).append(mark)
        ends.setdefault(mark.end, []).append(mark)
    covering: list[Mark] = []
    for start, end in pairwise(sorted({0, len(text), *edges, *starts, *ends})):
        for mark in ends.get(start, ()):
            covering.remove(mark)
        covering.extend(starts.get(start, ()))
        yield Segment(
            start,
            text[start:end],
            _keys(covering),
            _keys(starts.get(start, ())),
            _keys(ends.get(end, ())),
        )


def _keys(marks: Iterable[Mark]) -> tuple[str, ...]:
    by_length = sorted(marks, key=lambda mark: (mark.end - mark.start, -mark.start))
    return tuple(dict.fromkeys(mark.key for mark in by_length))


def paragraph_at(parts: Sequence[Block], offset: int) -> int:
    """Return the number of the paragraph that holds the code point `offset`, or the next one."""
    return next((part.number for part in parts if part.number and offset < part.end), 0)


class Piece(NamedTuple):
    """A stored slice that is to be checked against its text."""

    start: int
    end: int
    exact: str


def mismatches(text: str, stored_sha256: str, pieces: Iterable[Piece]) -> list[str]:
    """Return in words what of the stored evidence does not agree with `text`; empty if all does."""
    problems: list[str] = []
    if sha256(text.encode()).hexdigest() != stored_sha256:
        problems.append("the stored text no longer has the SHA-256 under which it was stored")
    problems += [
        f"characters {piece.start}–{piece.end} are not the stored words"
        for piece in pieces
        if piece.end > len(text) or text[piece.start : piece.end] != piece.exact
    ]
    return problems
