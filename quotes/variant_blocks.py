"""The runs of words that two wordings have in common, and what lies between them. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from quotes import variant_words
from quotes.params import VARIANTS, VariantParams

Range = tuple[int, int]
# A bit for each pair of words: 50 MB, for a moment.
_SEQUENCE_PAIRS = 400_000_000


class Block(NamedTuple):
    """A run of words that both have: where it begins in each, how many words."""

    one: int
    other: int
    size: int


def weight_of(norm: str, params: VariantParams) -> float:
    """Return what a word weighs: 1, or less if it says little by itself."""
    return params.weak_word if norm in variant_words.weak_words() else 1.0


def common(
    one: Sequence[str], other: Sequence[str], *, params: VariantParams = VARIANTS
) -> list[Block]:
    """Return the runs of words that both have, in order.

    A light run, as of one article, counts only where it is near another that counts. Exchanging
    the two exchanges the places and nothing else.
    """
    is_turned = tuple(one) > tuple(other)
    first, second = (other, one) if is_turned else (one, other)
    found = _runs(first, second, params.aligned_pairs)
    blocks = [Block(b, a, n) if is_turned else Block(a, b, n) for a, b, n in found if n]
    heavy = {block for block in blocks if _weight(block, one, params) >= params.loose_weight}
    return [
        block
        for i, block in enumerate(blocks)
        if block in heavy or _is_beside(block, blocks[max(0, i - 1) : i + 2], heavy, params)
    ]


def moved(
    one: Sequence[str],
    other: Sequence[str],
    blocks: Sequence[Block],
    *,
    params: VariantParams = VARIANTS,
) -> list[Block]:
    """Return runs that both have besides `blocks`, in another order, if by them they are near.

    As where a paper puts the second sentence first. Each weighs `moved_weight` at the least, so
    that "Ann hit Ben" is not "Ben hit Ann". Exchanging the two exchanges the places.
    """
    total = max(_total(one, params), _total(other, params))
    left = _total([*(Counter(one) & Counter(other)).elements()], params)
    covered = sum(_weight(block, one, params) for block in blocks)
    if left < params.near_from * total or left - covered < params.moved_weight:
        return []
    if not blocks or len(one) * len(other) > params.moved_pairs:
        return []
    found = _moved(one, other, blocks, params)
    covered += sum(_weight(block, one, params) for block in found)
    return found if covered >= params.near_from * total else []


def _total(norms: Iterable[str], params: VariantParams) -> float:
    return sum(weight_of(norm, params) for norm in norms)


def _moved(
    one: Sequence[str], other: Sequence[str], blocks: Sequence[Block], params: VariantParams
) -> list[Block]:
    is_turned = tuple(one) > tuple(other)
    # What has been found is another nothing in each.
    first: list[str | None] = list(other if is_turned else one)
    second: list[str | int] = list(one if is_turned else other)
    taken = [(b, a, size) if is_turned else (a, b, size) for a, b, size in blocks]
    found: list[Block] = []
    while True:
        for a, b, size in taken:
            first[a : a + size], second[b : b + size] = [None] * size, [0] * size
        match = SequenceMatcher(None, first, second, autojunk=False).find_longest_match()
        taken = [(match.a, match.b, match.size)]
        turned = Block(match.b, match.a, match.size)
        block = turned if is_turned else Block(*taken[0])
        if _weight(block, one, params) < params.moved_weight:
            return found
        found.append(block)


def _runs(first: Sequence[str], second: Sequence[str], most: int) -> list[tuple[int, int, int]]:
    """Return where runs that both have begin, and how long they are; the longest are sought first.

    Of two so long that this would take seconds, the longest common sequence, whose cost is known;
    of still longer ones, their equal beginnings and ends.
    """
    if len(first) * len(second) <= most:
        return [*SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()]
    start = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), None)
    start = min(len(first), len(second)) if start is None else start
    turned = zip(reversed(first[start:]), reversed(second[start:]), strict=False)
    end = next((i for i, (a, b) in enumerate(turned) if a != b), None)
    end = min(len(first), len(second)) - start if end is None else end
    middle = first[start : len(first) - end], second[start : len(second) - end]
    found = [(0, 0, start)]
    if len(middle[0]) * len(middle[1]) <= _SEQUENCE_PAIRS:
        codes = LCSseq.opcodes(*middle)
        found += [
            (start + code.src_start, start + code.dest_start, code.src_end - code.src_start)
            for code in codes
            if code.tag == "equal"
        ]
    return _joined([*found, (len(first) - end, len(second) - end, end)])


def _joined(found: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return runs, those that follow on each other in both as one."""
    joined: list[tuple[int, int, int]] = []
    for one, other, size in found:
        if joined and (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]) == (
            one,
            other,
        ):
            joined[-1] = (*joined[-1][:2], joined[-1][2] + size)
        else:
            joined.append((one, other, size))
    return joined


def _weight(block: Block, words: Sequence[str], params: VariantParams) -> float:
    return sum(weight_of(norm, params) for norm in words[block.one : block.one + block.size])


def _is_beside(
    block: Block, near: Sequence[Block], heavy: set[Block], params: VariantParams
) -> bool:
    return any(
        max(_between(block, other)) <= params.loose_words for other in near if other in heavy
    )


def _between(one: Block, other: Block) -> tuple[int, int]:
    """Return how many words lie between two runs, in the one and in the other."""
    low, high = min(one, other), max(one, other)
    return high.one - low.one - low.size, high.other - low.other - low.size


def outside(
    blocks: Sequence[Block], one: Sequence[int], other: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return what of the one and of the other stands in no run in common, in order."""
    mine = {place for block in blocks for place in range(block.one, block.one + block.size)}
    yours = {place for block in blocks for place in range(block.other, block.other + block.size)}
    return (
        [item for place, item in enumerate(one) if place not in mine],
        [item for place, item in enumerate(other) if place not in yours],
    )


def between(blocks: Sequence[Block]) -> Iterator[tuple[Range, Range]]:
    """Yield `[start, end)` in the one and in the other of what lies between runs in common."""
    for low, high in pairwise(blocks):
        yield (low.one + low.size, high.one), (low.other + low.size, high.other)
