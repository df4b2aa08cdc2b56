"""What differs between two wordings: whether they say the same, how alike they are, word by word.

For versions of an article. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from rapidfuzz.distance import Indel, LCSseq

from quotes import name_data
from quotes.nlp.marks import WORD
from quotes.params import VERSIONS, VersionParams

_MARKS = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»＂", '"'),
        **dict.fromkeys("‘’‚‛‹›`", "'"),
        **dict.fromkeys("–—―‒‐‑", "-"),
    }
)
_TOKEN = re.compile(r"\s+|[^\W_]+(?:['’.,][^\W_]+)*|[^\w\s]|_")
_PARAGRAPH = re.compile(r"[^\r\n]*\S[^\r\n]*")


def fold(words: str) -> str:
    """Return words such that equal ones say the same: styles of marks and white space apart."""
    return " ".join(words.translate(_MARKS).split())


def similarity(one: str, other: str) -> float:
    """Return how alike two wordings are, in [0, 1]: 1 for equal words, case and marks apart.

    Twice the words that both have in the same order, of all their words.
    """
    first, second = _words(one), _words(other)
    return Indel.normalized_similarity(first, second) if first or second else 1.0


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold().replace("’", "'"))


def differences(one: str, other: str) -> tuple[str, ...]:
    """Return of what kind the differences are: number, negation, words, marks; none if none.

    A number or a negation that came, went or changed is named apart, as it turns what was said.
    """
    if fold(one) == fold(other):
        return ()
    first, second = _words(one), _words(other)
    kinds = ["number"] if _numbers(one) != _numbers(other) else []
    if _negations(first) != _negations(second):
        kinds.append("negation")
    return (*kinds, "marks" if first == second else "words")


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,:]\d+)*", text)


def _negations(words: Sequence[str]) -> int:
    return sum(map(is_negation, words))


def is_negation(word: str) -> bool:
    """Say whether a folded word negates: "not", "never", "don't"."""
    return word in _negating() or word.endswith("n't")


@cache
def _negating() -> frozenset[str]:
    return frozenset(word for (word,) in name_data.rows("negations.txt"))


# --- word by word


class Piece(NamedTuple):
    """A run of text; `differs` if the other wording lacks it."""

    text: str
    differs: bool


class Passage(NamedTuple):
    """Paragraphs that stand opposite each other, cut where they differ.

    `old` or `new` is empty where paragraphs came or went; `is_same` if there is no difference.
    `paragraphs` is how many the longer side has.
    """

    old: list[list[Piece]]
    new: list[list[Piece]]
    is_same: bool
    paragraphs: int


def passages(old: str, new: str, *, params: VersionParams = VERSIONS) -> Iterator[Passage]:
    """Yield the paragraphs of two texts side by side, in order, with the words that differ.

    Paragraphs are compared first, then the words of those that are not the same; of a changed
    passage longer than `compared_words` only the paragraphs.
    """
    before, after = ([p.strip() for p in _PARAGRAPH.findall(text)] for text in (old, new))
    for is_same, first, second in _steps(before, after, params.compared_words):
        if is_same:
            same = [[Piece(text, differs=False)] for text in before[first]]
            yield Passage(same, same, is_same=True, paragraphs=len(same))
        else:
            yield _changed(before[first], after[second], params)


def sides(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Return two wordings in pieces, cut where they differ, each on one line."""
    found = list(passages(old, new))
    return _on_one_line(one.old for one in found), _on_one_line(one.new for one in found)


def _on_one_line(parts: Iterable[list[list[Piece]]]) -> list[Piece]:
    pieces: list[Piece] = []
    for line in (line for part in parts for line in part):
        if pieces:
            pieces.append(Piece(" ", differs=False))
        pieces += line
    return pieces


def _steps(
    old: Sequence[str], new: Sequence[str], limit: int
) -> Iterator[tuple[bool, slice, slice]]:
    """Yield whether runs of two sequences are equal, and where they are, in order.

    Of what is left between equal beginnings and ends, at most `limit` items are compared.
    """
    least = min(len(old), len(new))
    start = next((i for i in range(least) if old[i] != new[i]), least)
    least -= start
    end = next((i for i in range(least) if old[-1 - i] != new[-1 - i]), least)
    if start:
        yield True, slice(start), slice(start)
    first, second = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(first), len(second)) > limit:
        yield False, slice(start, len(old) - end), slice(start, len(new) - end)
    elif first or second:
        codes = LCSseq.opcodes(first, second)
        for is_same, group in groupby(codes, key=lambda code: code.tag == "equal"):
            run = list(group)
            a, b = run[0].src_start + start, run[-1].src_end + start
            c, d = run[0].dest_start + start, run[-1].dest_end + start
            yield is_same, slice(a, b), slice(c, d)
    if end:
        yield True, slice(len(old) - end, len(old)), slice(len(new) - end, len(new))


def _changed(old: list[str], new: list[str], params: VersionParams) -> Passage:
    count = max(len(old), len(new))
    first, second = (_TOKEN.findall("\n".join(side)) for side in (old, new))
    if not old or not new or max(len(first), len(second)) > 2 * params.compared_words:
        whole = [[[Piece(text, differs=True)] for text in side] for side in (old, new)]
        return Passage(whole[0], whole[1], is_same=False, paragraphs=count)
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    for is_same, here, there in _steps(first, second, 2 * params.compared_words):
        for side, text in zip(sides, ("".join(first[here]), "".join(second[there])), strict=True):
            if text:
                side.append(Piece(text, differs=not is_same))
    return Passage(_lines(sides[0]), _lines(sides[1]), is_same=False, paragraphs=count)


def _lines(pieces: list[Piece]) -> list[list[Piece]]:
    """Return pieces by paragraphs again."""
    lines: list[list[Piece]] = [[]]
    for text, differs in pieces:
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append(Piece(part, differs))
    return lines
