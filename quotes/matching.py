"""Which quotation of a new extraction is which of an earlier one: by the text they cover. Pure."""

from collections.abc import Sequence
from itertools import chain

from quotes.nlp.document import Span
from quotes.params import DEFAULTS


def match(
    found: Sequence[Sequence[Span]],
    stored: Sequence[Sequence[Span]],
    *,
    preferred: Sequence[bool] | None = None,
    min_overlap: float = DEFAULTS.same_quotation_overlap,
) -> dict[int, int]:
    """Return index in `found` -> index in `stored`, one to one, for contents that are the same.

    Equal spans match first; of the others, those that share most of their text, from
    `min_overlap` (Jaccard index over code points, in [0, 1]) on. Between equals the `preferred`
    stored one wins, then the earlier.
    """
    better = preferred or [True] * len(stored)
    shares = []
    for i, new in enumerate(found):
        for j, old in enumerate(stored):
            share = 2.0 if list(new) == list(old) else overlap(new, old)
            if share >= min_overlap:
                shares.append((-share, not better[j], i, j))
    pairs: dict[int, int] = {}
    used: set[int] = set()
    for _, _, i, j in sorted(shares):
        if i not in pairs and j not in used:
            pairs[i] = j
            used.add(j)
    return pairs


def overlap(one: Sequence[Span], other: Sequence[Span]) -> float:
    """Return the Jaccard index, in [0, 1], of the code points that two lists of spans cover."""
    shared = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in one for b in other)
    total = sum(span.end - span.start for span in chain(one, other))
    return shared / (total - shared)
