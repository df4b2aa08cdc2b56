"""Which quotation of a new extraction is which of an earlier one: by the text they cover. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from quotes.nlp.document import Span
from quotes.params import DEFAULTS

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
