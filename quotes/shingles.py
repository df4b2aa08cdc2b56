"""Are two texts copies of one piece, as of a wire story? Shingles, signature, judgement.

A shingle is a run of words, as a number. A MinHash signature finds candidates among many texts
(`signature`, `digests`); `judge` then looks at the texts themselves. Pure; thresholds were chosen
on labelled pairs (docs/decisions/0024-versions-and-copies.md).
"""

import re
import unicodedata
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quotes.params import COPIES, CopyParams

Numbers = NDArray[np.uint64]
Mask = NDArray[np.bool_]

_WORD = re.compile(r"\w+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_HALF = np.uint64(32)
_MIX = np.uint64(31)
# Odd constants that spread bits well (splitmix64); stored signatures hang on them.
_STEP, _SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


class Likeness(NamedTuple):
    """How alike two texts are, both in [0, 1].

    `shared` is the share of words that lie in shingles of both, of the text that has more of
    them: an excerpt of the other has 1. `agreement` leaves out what only one of them has, and
    compares what both have in the same place: a paragraph more or less does not lower it, another
    item between the same notices does.
    """

    shared: float
    agreement: float


def words(text: str) -> list[str]:
    """Return the words of a text without case, accents and marks."""
    return _WORD.findall(_ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())))


def shingles(text: str, *, params: CopyParams = COPIES) -> Numbers:
    """Return the shingles of a text in its order, as 64-bit numbers; none for too few words."""
    found = words(text)
    count = len(found) - params.shingle_words + 1
    if count < 1:
        return np.zeros(0, dtype=np.uint64)
    known = {word: _number(word) for word in set(found)}
    numbers = np.fromiter((known[word] for word in found), dtype=np.uint64, count=len(found))
    made = np.zeros(count, dtype=np.uint64)
    for place in range(params.shingle_words):
        made = made * _STEP ^ numbers[place : place + count] * _SPREAD
        made ^= made >> _MIX
    return made


def _number(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest())


def signature(found: Numbers, *, params: CopyParams = COPIES) -> Numbers:
    """Return the MinHash signature of shingles: the least value under each of several hashes.

    The share of values that two signatures have in common estimates the Jaccard index of their
    shingles. Wants at least one shingle.
    """
    factors, addends = _hashes(params.signature_values)
    distinct = np.unique(found)
    hashed: Numbers = (distinct[:, None] * factors + addends) >> _HALF
    least: Numbers = hashed.min(axis=0)
    return least


def _hashes(count: int) -> tuple[Numbers, Numbers]:
    """Return factors (odd) and addends of `count` hash functions, always the same."""
    made = np.array([_number(f"hash {n}") for n in range(2 * count)], dtype=np.uint64)
    return made[:count] | np.uint64(1), made[count:]


def digests(values: Numbers, *, params: CopyParams = COPIES) -> list[int]:
    """Return a signed 64-bit number for each band of a signature: equal bands, equal numbers."""
    rows = values.reshape(-1, params.band_values)
    return [
        int.from_bytes(blake2b(b"%d:" % n + row.tobytes(), digest_size=8).digest(), signed=True)
        for n, row in enumerate(rows)
    ]


def judge(one: Numbers, other: Numbers, *, params: CopyParams = COPIES) -> Likeness:
    """Return how alike two texts are, by their shingles in order."""
    if not len(one) or not len(other):
        return Likeness(0.0, 0.0)
    width = params.shingle_words
    in_one = _covered(np.isin(one, other), width)
    in_other = _covered(np.isin(other, one), width)
    shared = max(float(in_one.mean()), float(in_other.mean()))
    matched = min(int(in_one.sum()), int(in_other.sum()))
    replaced = _replaced(in_one, one, in_other, other, width)
    return Likeness(shared, matched / (matched + replaced) if matched else 0.0)


def is_copy(likeness: Likeness, *, params: CopyParams = COPIES) -> bool:
    """Say whether texts that are so alike are copies of one piece."""
    return likeness.shared >= params.shared_from and likeness.agreement >= params.agreement_from


def _covered(hits: Mask, width: int) -> Mask:
    """Return which words lie in a shingle that was hit."""
    covered = np.zeros(len(hits) + width - 1, dtype=np.bool_)
    for place in range(width):
        covered[place : place + len(hits)] |= hits
    return covered


def _replaced(in_one: Mask, one: Numbers, in_other: Mask, other: Numbers, width: int) -> int:
    """Return how many words of the one stand where the other has other words."""
    places = {int(number): place for place, number in reversed(list(enumerate(other)))}
    total = 0
    for start, end in _gaps(in_one):
        opposite = 0
        if start:  # what follows the last words that both have
            place = places.get(int(one[start - width]))
            if place is not None:
                opposite = _run(in_other[place + width :])
        if end < len(in_one):  # what precedes the next words that both have
            place = places.get(int(one[end]))
            if place is not None:
                opposite = max(opposite, _run(in_other[:place][::-1]))
        if not start and end == len(in_one):
            opposite = len(in_other)
        total += min(opposite, end - start)
    return total


def _gaps(covered: Mask) -> list[tuple[int, int]]:
    """Return `[start, end)` of each run of words that only one has."""
    edges: Any = np.flatnonzero(np.diff(np.concatenate(([True], covered, [True])).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _run(covered: Mask) -> int:
    """Return how many words at the beginning are not covered."""
    return int(np.argmax(covered)) if covered.any() else len(covered)
