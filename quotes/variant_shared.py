"""What the words said in two quotations have in common, by weight; and what clashes. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

from quotes import variant_words
from quotes.params import VariantParams
from quotes.variant_blocks import Block, Range, between, common, weight_of
from quotes.variant_words import Words


class Shared(NamedTuple):
    """What two have in common: its weight, and the share of it in what each has said.

    `numbers` and `names`: how many places have a number, or a name, where the other has another
    one. `is_dense`: what they share stands together in the longer one, but for what the shorter
    marks as left out.
    """

    weight: float
    of_one: float
    of_other: float
    numbers: int
    names: int
    is_dense: bool

    @property
    def most(self) -> float:
        """Return the share of the shorter one."""
        return max(self.of_one, self.of_other)

    @property
    def least(self) -> float:
        """Return the share of the longer one."""
        return min(self.of_one, self.of_other)


class _Side(NamedTuple):
    """The words said in one: which these are, and what each weighs."""

    words: Words
    at: list[int]
    weights: list[float]

    @property
    def norms(self) -> list[str]:
        return [self.words.norms[i] for i in self.at]

    @property
    def total(self) -> float:
        """Return the weight of all, without what an editor has put in."""
        pairs = zip(self.weights, self.at, strict=True)
        return sum(weight for weight, i in pairs if i not in self.words.editorial)

    def of(self, kind: frozenset[int], part: Range) -> set[str]:
        """Return the words of a kind (of `Words`) in a part."""
        return {self.words.norms[i] for i in self.at[slice(*part)] if i in kind}

    def leaves_out(self, place: int) -> bool:
        """Say whether it marks that words are left out before its word at `place`."""
        if not 0 < place < len(self.at):
            return False
        return self.at[place] in self.words.gaps or self.at[place] - self.at[place - 1] > 1


def shared_words(first: Words, second: Words, params: VariantParams) -> Shared:
    """Return what the words said in two quotations have in common."""
    one, other = _side(first, params), _side(second, params)
    blocks = common(one.norms, other.norms, params=params)
    weight = sum(sum(one.weights[b.one : b.one + b.size]) for b in blocks)
    shares = [weight / side.total if side.total else 0.0 for side in (one, other)]
    longer = 0 if shares[0] < shares[1] else 1
    density = _density(blocks, (one, other), longer, weight)
    numbers, names = _clashes(one, other, blocks, params)
    return Shared(weight, shares[0], shares[1], numbers, names, density >= params.part_density)


def _side(words: Words, params: VariantParams) -> _Side:
    at = [i for i, said in enumerate(words.said) if said]
    return _Side(words, at, [weight_of(words.norms[i], params) for i in at])


def _density(
    blocks: Sequence[Block], sides: tuple[_Side, _Side], longer: int, weight: float
) -> float:
    """Return the common share of what lies between the first and the last word in common.

    What the shorter one marks as left out does not count.
    """
    if not blocks:
        return 0.0
    between_weight = 0.0
    for parts in between(blocks):
        if not sides[1 - longer].leaves_out(parts[1 - longer][1]):
            between_weight += sum(sides[longer].weights[slice(*parts[longer])])
    return weight / (weight + between_weight)


def _clashes(
    one: _Side, other: _Side, blocks: Sequence[Block], params: VariantParams
) -> tuple[int, int]:
    """Return in how many places a number stands for another number, and a name for a name."""
    numbers = names = 0
    for here, there in _replaced(blocks):
        mine, yours = one.of(one.words.numbers, here), other.of(other.words.numbers, there)
        numbers += bool(mine and yours and not mine & yours)
        mine, yours = (
            side.of(side.words.names, part) - variant_words.weak_words()
            for side, part in ((one, here), (other, there))
        )
        names += bool(mine and yours and not _are_spellings(mine, yours, params))
    return numbers, names


def _are_spellings(mine: set[str], yours: set[str], params: VariantParams) -> bool:
    """Say whether a name is the other's, perhaps in another transcription."""
    return any(
        Indel.normalized_similarity(one, other) >= params.name_likeness
        for one in mine
        for other in yours
    )


def _replaced(blocks: Sequence[Block]) -> Iterator[tuple[Range, Range]]:
    """Yield what lies between runs in common; the two words before the first, behind the last."""
    if blocks:
        here, there = blocks[0].one, blocks[0].other
        yield (max(0, here - 2), here), (max(0, there - 2), there)
        yield from between(blocks)
        here, there = blocks[-1].one + blocks[-1].size, blocks[-1].other + blocks[-1].size
        yield (here, here + 2), (there, there + 2)
