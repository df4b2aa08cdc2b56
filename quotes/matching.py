"""Which quotation is which of an earlier one. Pure.

Of one text, by the code points that they cover (`alike`, `match`); of two versions of an article,
by their words and what stands around them (`carried`).
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import Any, NamedTuple

from quotes.nlp.document import Span
from quotes.params import DEFAULTS, VERSIONS, VersionParams
from quotes.wording import fold, similarity

Content = Sequence[Span]
Pair = tuple[int, int]

# More than any overlap: contents of equal spans come first.
EQUAL = 2.0


def alike(
    found: Sequence[Content],
    stored: Sequence[Sequence[Content]],
    *,
    min_overlap: float = DEFAULTS.same_quotation_overlap,
) -> dict[Pair, float]:
    """Return (index in `found`, index in `stored`) -> how much of their text the two share.

    Only pairs that share from `min_overlap` (Jaccard index over code points, in [0, 1]) on; EQUAL
    for equal spans. A stored quotation may cover its text in several ways, as people corrected it
    and as an extractor last had it: the one that fits best counts.
    """
    ways = [(j, way) for j, several in enumerate(stored) for way in several if way]
    ways.sort(key=lambda numbered: numbered[1][0].start)
    starts = [way[0].start for _, way in ways]
    pairs: dict[Pair, float] = {}
    for i, new in enumerate(found):
        for j, old in ways[: bisect_left(starts, new[-1].end)]:
            if old[-1].end <= new[0].start:
                continue
            share = EQUAL if list(new) == list(old) else overlap(new, old)
            if share >= min_overlap:
                pairs[i, j] = max(share, pairs.get((i, j), 0.0))
    return pairs


def match(
    shares: Mapping[Pair, float], *, rank: Callable[[Pair], Any] = lambda _: 0
) -> dict[int, int]:
    """Return index in `found` -> index in `stored`, one to one, of the pairs in `shares`.

    Who shares most goes first; between equals the lower `rank` of the pair wins, then the earlier.
    """
    pairs: dict[int, int] = {}
    used: set[int] = set()
    for i, j in sorted(shares, key=lambda pair: (-shares[pair], rank(pair), pair)):
        if i not in pairs and j not in used:
            pairs[i] = j
            used.add(j)
    return pairs


def overlap(one: Content, other: Content) -> float:
    """Return the Jaccard index, in [0, 1], of the code points that two lists of spans cover."""
    shared = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in one for b in other)
    total = sum(span.end - span.start for span in chain(one, other))
    return shared / (total - shared)


# --- quotations of another version of the article, whose text has other places


class Said(NamedTuple):
    """A quotation without its place: words, the words just before and after, and its source.

    `also` are its words as the program had them, where people have corrected them.
    """

    words: str
    context: str = ""
    source: str = ""
    also: str = ""


def carried(
    old: Sequence[Said], new: Sequence[Said], *, params: VersionParams = VERSIONS
) -> dict[int, int]:
    """Return index in `new` -> index in `old` of the quotation that it was, one to one.

    Those of the same words first: of several, those whose context and source are more alike, then
    those in the same order. Of the others, those that are alike from `same_words_from` on, the
    more alike first; whether they are the *same* words is another question (quotes/wording.py). Of
    very many only those at about the same place are compared.
    """
    same = _same(old, new, params.same_words_pairs)
    pairs = match(same, rank=lambda pair: abs(pair[0] - pair[1]))
    rest = {i: said for i, said in enumerate(new) if i not in pairs}
    taken = set(pairs.values())
    left = {j: said for j, said in enumerate(old) if j not in taken}
    shares = {
        (i, j): share
        for i, j in _near(list(rest), list(left), params.carried_pairs)
        if (share := _likeness(rest[i], left[j], params)) >= params.same_words_from
    }
    return pairs | match(shares, rank=lambda pair: abs(pair[0] - pair[1]))


def _near(some: Sequence[int], others: Sequence[int], most: int) -> Iterator[Pair]:
    """Yield pairs of two ascending lists: all, or of more than `most` those at the same place."""
    if len(some) * len(others) <= most:
        yield from product(some, others)
        return
    width = min(len(others), max(1, most // len(some)))
    for number, one in enumerate(some):
        middle = number * len(others) // len(some)
        low = min(max(0, middle - width // 2), len(others) - width)
        yield from ((one, other) for other in others[low : low + width])


def _same(old: Sequence[Said], new: Sequence[Said], most: int) -> dict[Pair, float]:
    """Return the pairs of the same words, with how alike their surroundings are.

    Of each at most so many, the nearest in order.
    """
    by_words: dict[str, list[int]] = {}
    for j, other in enumerate(old):
        for words in {fold(other.words), fold(other.also)} - {""}:
            by_words.setdefault(words, []).append(j)
    found = {}
    for i, one in enumerate(new):
        there = by_words.get(fold(one.words), [])
        at = bisect_left(there, i)
        found[i] = there[max(0, at - most // 2) : at + most // 2] or there[-most:]
    return {
        (i, j): 1.0 if len(same) == 1 else _surroundings(new[i], old[j])
        for i, same in found.items()
        for j in same
    }


def _surroundings(one: Said, other: Said) -> float:
    context = similarity(one.context, other.context)
    return (2 * context + similarity(one.source, other.source)) / 3


def _likeness(one: Said, other: Said, params: VersionParams) -> float:
    """Return how alike two quotations are, in [0, 1]."""
    words = similarity(one.words, other.words)
    if other.also:
        words = max(words, similarity(one.words, other.also))
    weight = params.context_weight
    if (1 - weight) * words + weight < params.same_words_from:
        return 0.0
    return (1 - weight) * words + weight * _surroundings(one, other)
