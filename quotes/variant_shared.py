"""What the words said in two quotations have in common, by weight; and what clashes. Pure."""

from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from rapidfuzz.distance import Indel

from quotes import variant_words
from quotes.params import VariantParams
from quotes.variant_blocks import Block, Range, between, common, moved, outside, weight_of
from quotes.variant_words import Words


class Shared(NamedTuple):
    """What two have in common: its weight, and the share of it in what each has said.

    `numbers`, `names`, `others`: how many places have a number, a name, or another telling word,
    where the other has another one. `is_dense`: what they share stands together in the longer one,
    but for what the shorter marks as left out.
    """

    weight: float
    of_one: float
    of_other: float
    numbers: int
    names: int
    others: int
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

    def leaves_out(self, place: int) -> bool:
        """Say whether it marks that words are left out before its word at `place`."""
        if not 0 < place < len(self.at):
            return False
        return self.at[place] in self.words.gaps or self.at[place] - self.at[place - 1] > 1


def shared_words(first: Words, second: Words, params: VariantParams) -> Shared:
    """Return what the words said in two quotations have in common."""
    one, other = _side(first, params), _side(second, params)
    blocks = common(one.norms, other.norms, params=params)
    weight = _weight(one, blocks)
    shares = [weight / side.total if side.total else 0.0 for side in (one, other)]
    if min(shares) < params.near_from and (turned := _rearranged(one, other, blocks, params)):
        return turned
    longer = 0 if shares[0] < shares[1] else 1
    density = _density(blocks, (one, other), longer, weight)
    clashes = _clashes(one, other, blocks, params)
    return Shared(weight, shares[0], shares[1], *clashes, is_dense=density >= params.part_density)


def _weight(one: _Side, blocks: Sequence[Block]) -> float:
    return sum(sum(one.weights[b.one : b.one + b.size]) for b in blocks)


def _rearranged(
    one: _Side, other: _Side, blocks: Sequence[Block], params: VariantParams
) -> Shared | None:
    """Return what two have in common in another order; None if they are not near by that."""
    runs = moved(one.norms, other.norms, blocks, params=params)
    if not runs or not (one.total and other.total):
        return None
    whole = [*blocks, *runs]
    weight = _weight(one, whole)
    mine, yours = outside(whole, one.at, other.at)
    clashes = _clash(one.words, mine, other.words, yours, params)
    return Shared(weight, weight / one.total, weight / other.total, *clashes, is_dense=True)


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
) -> tuple[int, int, int]:
    """Return in how many places a number stands for another, a name, and another telling word."""
    parts = [(one.at[slice(*here)], other.at[slice(*there)]) for here, there in _replaced(blocks)]
    found = [_clash(one.words, mine, other.words, yours, params) for mine, yours in parts]
    numbers, names, others = zip(*found, strict=True) if found else ((), (), ())
    return sum(numbers), sum(names), sum(others)


def _clash(
    one: Words, mine: Sequence[int], other: Words, yours: Sequence[int], params: VariantParams
) -> tuple[bool, bool, bool]:
    """Say whether words of one have a number, a name, or what else tells, and the other another."""
    numbers = _of(one, one.numbers, mine), _of(other, other.numbers, yours)
    weak = variant_words.weak_words()
    names = _of(one, one.names, mine) - weak, _of(other, other.names, yours) - weak
    others = _others(one, mine), _others(other, yours)
    return (
        all(numbers) and not numbers[0] & numbers[1],
        all(names) and not _are_spellings(*names, params),
        all(others) and not _are_spellings(*others, params),
    )


def _others(words: Words, places: Sequence[int]) -> frozenset[str]:
    """Return the stems of telling words at these places that are no numbers or names.

    Nor what an editor has put for them, or is left of a word that is masked: "b****y".
    """
    known = words.numbers | words.names | words.editorial
    own = [words.norms[i] for i in places if i not in known]
    return variant_words.telling([norm for norm in own if len(norm) > 1])


def _of(words: Words, kind: frozenset[int], places: Sequence[int]) -> set[str]:
    """Return the words of a kind (of `Words`) at these places."""
    return {words.norms[i] for i in places if i in kind}


def _are_spellings(mine: Set[str], yours: Set[str], params: VariantParams) -> bool:
    """Say whether a word is the other's, perhaps in another spelling or transcription."""
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
