"""Text -> wordpieces with features, cut into windows: what the quotation tagger reads.

A paragraph is a chunk (or several, if long); a window is a run of chunks, of which it decides on
some and reads the others as context. Source: docs/decisions/0003-quotation-tagger.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from os import PathLike
from typing import NamedTuple, Self

from tokenizers import Tokenizer

from quotes.nlp.marks import PARAGRAPH, MarkState, mark_states

UNKNOWN, CLS, SEP = 100, 101, 102
CASES, QUOTE_STATES, STARTS = 8, 6, 4
MAX_CHUNK = 250
SEPARATOR_CASE, SEPARATOR_QUOTE = 7, 5
START_FIRST, START_PARAGRAPH, START_CHUNK = 2, 1, 3
_SENTENCE_END = frozenset('.!?”"')


@dataclass(frozen=True, slots=True)
class Chunk:
    """A paragraph or a part of one: wordpieces, their offsets (code points) and features."""

    ids: list[int]
    starts: list[int]
    ends: list[int]
    first: list[bool]
    cases: list[int]
    quotes: list[int]
    start_state: int
    paragraph: int

    def __len__(self) -> int:
        """Return the number of wordpieces."""
        return len(self.ids)

    def words(self) -> list[int]:
        """Return the index of the first wordpiece of every word."""
        return [i for i, first in enumerate(self.first) if first]

    def word_end(self, index: int) -> int:
        """Return the text offset where the word of wordpiece `index` ends."""
        while index + 1 < len(self.ids) and not self.first[index + 1]:
            index += 1
        return self.ends[index]

    def part(self, low: int, high: int) -> Self:
        """Return wordpieces `[low, high)` as a chunk that continues the paragraph if `low > 0`."""
        return type(self)(
            ids=self.ids[low:high],
            starts=self.starts[low:high],
            ends=self.ends[low:high],
            first=self.first[low:high],
            cases=self.cases[low:high],
            quotes=self.quotes[low:high],
            start_state=START_CHUNK if low else self.start_state,
            paragraph=self.paragraph,
        )


class Window(NamedTuple):
    """Chunks `[low, high)` read together; it decides on `[own_low, own_high)`."""

    low: int
    own_low: int
    own_high: int
    high: int


@dataclass(frozen=True, slots=True)
class Rows:
    """The encoder's input for one window, and the row where each of its chunks begins."""

    ids: list[int]
    cases: list[int]
    quotes: list[int]
    starts: list[int]
    offsets: dict[int, int]

    def __len__(self) -> int:
        """Return the number of rows, separators included."""
        return len(self.ids)


def case_of(word: str) -> int:
    """Return the case class of a word: 0 lower, 1 capitalised, 2 upper, 3 mixed, 4 digits, 5 none.

    A feature, because the encoder itself reads lower case only.
    """
    if word.isalpha() and word.islower():
        return 0
    if not any(map(str.isalpha, word)):
        return 4 if any(map(str.isdigit, word)) else 5
    if word.islower():
        return 0
    if word.isupper():
        return 2 if len(word) > 1 else 1
    return 1 if word[0].isupper() and word[1:].islower() else 3


class WordpieceReader:
    """Reads text into chunks with the encoder's own tokenizer (a `tokenizer.json`)."""

    def __init__(self, tokenizer_file: str | PathLike[str]) -> None:
        """Load the tokenizer; whatever `tokenizers` raises if the file is not one passes on."""
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._canonical = {
            int(state): self._tokenizer.token_to_id(mark) or UNKNOWN
            for state, mark in ((MarkState.OPENING, "“"), (MarkState.CLOSING, "”"))
        }

    def __call__(self, text: str, *, canonical: bool = True) -> list[Chunk]:
        """Return the chunks of `text` in order; none where there is no word and no sign.

        With `canonical` the encoder reads every paired mark (", '', «, ') as “ or ”, so that one
        house's quotation marks mean what another's do.
        """
        states = mark_states(text)
        chunks: list[Chunk] = []
        for match in PARAGRAPH.finditer(text):
            number = chunks[-1].paragraph + 1 if chunks else 0
            whole = self._paragraph(match.group(), match.start(), number, states)
            if whole.ids:
                chunks += _split(text, self._with_marks(whole) if canonical else whole)
        return chunks

    def _paragraph(self, paragraph: str, at: int, number: int, states: bytearray) -> Chunk:
        encoding = self._tokenizer.encode(paragraph, add_special_tokens=False)
        offsets, words = encoding.offsets, encoding.word_ids
        starts = [at + start for start, _ in offsets]
        first = [word != before for before, word in pairwise([-1, *words])]
        return Chunk(
            ids=encoding.ids,
            starts=starts,
            ends=[at + end for _, end in offsets],
            first=first,
            cases=_cases(paragraph, offsets, first),
            quotes=[states[start] for start in starts],
            start_state=START_PARAGRAPH if number else START_FIRST,
            paragraph=number,
        )

    def _with_marks(self, chunk: Chunk) -> Chunk:
        marks = self._canonical
        if marks.keys().isdisjoint(chunk.quotes):
            return chunk
        ids = [marks.get(q, i) for i, q in zip(chunk.ids, chunk.quotes, strict=True)]
        return replace(chunk, ids=ids)


def _cases(paragraph: str, offsets: list[tuple[int, int]], first: list[bool]) -> list[int]:
    """Return the case class of each wordpiece's whole word."""
    cases: list[int] = []
    bounds = [*(i for i, begins in enumerate(first) if begins), len(first)]
    for low, high in pairwise(bounds):
        case = case_of(paragraph[offsets[low][0] : offsets[high - 1][1]])
        cases += [case] * (high - low)
    return cases


def _split(text: str, whole: Chunk) -> list[Chunk]:
    """Cut a paragraph into chunks of at most `MAX_CHUNK` wordpieces, at sentence ends if it can."""
    parts: list[Chunk] = []
    low = 0
    while len(whole) - low > MAX_CHUNK:
        high = _cut(text, whole, low)
        parts.append(whole.part(low, high))
        low = high
    return [*parts, whole.part(low, len(whole)) if low else whole]


def _cut(text: str, whole: Chunk, low: int) -> int:
    limit = low + MAX_CHUNK
    for index in range(limit - 1, low + MAX_CHUNK // 2, -1):
        if whole.first[index] and text[whole.starts[index - 1]] in _SENTENCE_END:
            return index
    words = (index for index in range(limit, low, -1) if whole.first[index])
    return next(words, limit)


def windows(
    chunks: Sequence[Chunk], own: int, context: int, first: int | None = None
) -> list[Window]:
    """Return the windows over `chunks`, each deciding on a chunk or up to `own` wordpieces.

    Whole chunks are added as context while they fit in `context` wordpieces on each side. `first`
    is the budget of the first window where it differs (training moves the borders with it).
    """
    sizes = [len(chunk) + 1 for chunk in chunks]
    found: list[Window] = []
    budget = first or own
    at = 0
    while at < len(sizes):
        end = _grow(sizes, at + 1, budget - sizes[at])
        low = at - (_grow(sizes[max(0, at - context) : at][::-1], 0, context) if context else 0)
        found.append(Window(low, at, end, _grow(sizes, end, context)))
        at, budget = end, own
    return found


def _grow(sizes: Sequence[int], index: int, room: int) -> int:
    """Return how far from `index` the sizes fit into `room`."""
    while index < len(sizes) and sizes[index] <= room:
        room -= sizes[index]
        index += 1
    return index


def rows(chunks: Sequence[Chunk], window: Window) -> Rows:
    """Return the encoder's input for `window`: each chunk followed by a separator."""
    ids, cases, quotes, starts = [CLS], [SEPARATOR_CASE], [SEPARATOR_QUOTE], [0]
    offsets: dict[int, int] = {}
    for number in range(window.low, window.high):
        chunk = chunks[number]
        offsets[number] = len(ids)
        ids += [*chunk.ids, SEP]
        cases += [*chunk.cases, SEPARATOR_CASE]
        quotes += [*chunk.quotes, SEPARATOR_QUOTE]
        starts += [chunk.start_state, *[0] * len(chunk)]
    return Rows(ids, cases, quotes, starts, offsets)
