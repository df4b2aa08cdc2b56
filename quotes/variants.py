"""Do two quotations report one utterance? What they share, what differs, what to be warned of.

Words that stand as the speaker's own are compared for "the same", all words for "possibly the
same". Thresholds were chosen on one half of labelled pairs (docs/decisions/0027-statements.md).
Pure.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from quotes import variant_words, wording
from quotes.params import VARIANTS, VariantParams
from quotes.variant_blocks import Block, Range, between, common, weight_of
from quotes.variant_warnings import WordingWarning, warnings
from quotes.variant_words import Words
from quotes.wording import Piece

__all__ = [
    "Likeness",
    "Relation",
    "Sides",
    "Wording",
    "WordingWarning",
    "compare",
    "digests",
    "likeness_of_words",
    "side_by_side",
    "standing",
    "warnings",
]

Relation = Literal["exact", "near", "part", "possible"]


class Wording(NamedTuple):
    """A quotation as it is compared: words, kind, key of its speaker, day of publication.

    `speaker` is None for who is not known or has no name; `context` is what stands around it.
    """

    text: str
    kind: str
    speaker: int | None = None
    day: date | None = None
    context: str = ""


class Likeness(NamedTuple):
    """How two quotations are related, None if not; and how alike their words are, in [0, 1].

    "part": the words of one are among the other's, and `similarity` is that share.
    """

    relation: Relation | None
    similarity: float


NONE = Likeness(None, 0.0)


class _Shared(NamedTuple):
    """What the words said in two quotations have in common, by weight."""

    weight: float
    of_one: float
    of_other: float
    clashes: bool
    is_dense: bool

    @property
    def most(self) -> float:
        """Return the share of the shorter one."""
        return max(self.of_one, self.of_other)

    @property
    def least(self) -> float:
        """Return the share of the longer one."""
        return min(self.of_one, self.of_other)


class _Evidence(NamedTuple):
    """What is known of two quotations beside their words."""

    same_speaker: bool
    gap_days: int | None

    def is_near(self, params: VariantParams) -> bool:
        return self.gap_days is not None and self.gap_days <= params.near_days

    def is_apart(self, params: VariantParams) -> bool:
        return self.gap_days is not None and self.gap_days > params.apart_days


def compare(one: Wording, other: Wording, *, params: VariantParams = VARIANTS) -> Likeness:
    """Return how two quotations are related; symmetrical.

    Two speakers who are both known and not the same say two things, whatever the words.
    """
    if one.speaker is not None and other.speaker is not None and one.speaker != other.speaker:
        return NONE
    first = variant_words.read(one.text, one.kind)
    second = variant_words.read(other.text, other.kind)
    telling = variant_words.telling(first.norms), variant_words.telling(second.norms)
    if not telling[0] & telling[1]:
        return NONE
    known = one.speaker is not None and one.speaker == other.speaker
    gap = abs((one.day - other.day).days) if one.day and other.day else None
    evidence = _Evidence(known, gap)
    if any(first.said) and any(second.said):
        shared = _shared(first, second, params)
        if shared.weight >= params.least_weight:
            around = len(_around(one, first) & _around(other, second))
            found = _of_said(first, second, shared, evidence, around, params)
            if found.relation:
                return found
    return _of_all(*telling, evidence, params)


def standing(words: Words) -> tuple[int, int]:
    """Return how much a quotation has of an utterance: how many words are said, and are there."""
    return sum(words.said), len(words.norms)


def _of_said(
    first: Words,
    second: Words,
    shared: _Shared,
    evidence: _Evidence,
    around: int,
    params: VariantParams,
) -> Likeness:
    """Return what follows from the words that stand as the speaker's own."""
    one, other = _said(first), _said(second)
    relation: Relation
    if one == other:
        relation, similarity = "exact", 1.0
    elif shared.least >= params.near_from:
        relation, similarity = "near", (shared.of_one + shared.of_other) / 2
    elif shared.most >= params.part_from and shared.is_dense:
        relation, similarity = "part", shared.most
    else:
        return NONE
    similarity = min(similarity, 1.0)
    if min(one, other, key=len) in variant_words.stock_phrases():
        return NONE
    if evidence.is_apart(params):
        is_long = shared.weight >= params.long_weight and not shared.clashes
        return Likeness("possible", similarity) if is_long else NONE
    if shared.weight >= _wanted(shared, evidence, around, params):
        return Likeness(relation, similarity)
    return NONE


def _wanted(shared: _Shared, evidence: _Evidence, around: int, params: VariantParams) -> float:
    """Return the common weight that is wanted for the same utterance."""
    near = evidence.is_near(params)
    if evidence.same_speaker:
        agrees = around >= params.context_words
        short = params.least_weight if agrees else params.short_weight
        wanted = short if near or (agrees and evidence.gap_days is None) else params.later_weight
    else:
        wanted = params.unnamed_weight if near else params.unnamed_later_weight
    if shared.clashes and evidence.gap_days != 0:
        wanted = max(wanted, params.clash_weight)
    return wanted


def _of_all(
    one: frozenset[str], other: frozenset[str], evidence: _Evidence, params: VariantParams
) -> Likeness:
    """Return whether one may be an indirect report of the other, by all telling words."""
    if evidence.gap_days is not None and not evidence.is_near(params):
        return NONE
    named = evidence.same_speaker
    least = params.possible_words if named else params.possible_unnamed_words
    from_share = params.possible_share if named else params.possible_unnamed_share
    common = len(one & other)
    share = common / min(len(one), len(other))
    if common >= least and share >= from_share:
        return Likeness("possible", share)
    return NONE


def _said(words: Words) -> tuple[str, ...]:
    return tuple(norm for norm, said in zip(words.norms, words.said, strict=True) if said)


def _around(wording_: Wording, words: Words) -> frozenset[str]:
    """Return the telling words around what is said."""
    reported = [norm for norm, said in zip(words.norms, words.said, strict=True) if not said]
    around = variant_words.norms_of(wording_.context)
    return variant_words.telling((*reported, *around))


# --- what both have


def _only_said(words: Words) -> list[int]:
    return [i for i, said in enumerate(words.said) if said]


def _shared(first: Words, second: Words, params: VariantParams) -> _Shared:
    one, other = _only_said(first), _only_said(second)
    norms = [first.norms[i] for i in one], [second.norms[i] for i in other]
    blocks = common(*norms, params=params)
    weights = [[weight_of(norm, params) for norm in side] for side in norms]
    weight = sum(sum(weights[0][b.one : b.one + b.size]) for b in blocks)
    totals = [
        sum(w for w, i in zip(side, at, strict=True) if i not in words.editorial)
        for side, at, words in zip(weights, (one, other), (first, second), strict=True)
    ]
    shares = [weight / total if total else 0.0 for total in totals]
    longer = 0 if shares[0] < shares[1] else 1
    return _Shared(
        weight,
        shares[0],
        shares[1],
        _clash(first, second, one, other, blocks),
        _density(blocks, weights[longer], longer, weight) >= params.part_density,
    )


def _density(blocks: Sequence[Block], weights: Sequence[float], side: int, weight: float) -> float:
    """Return the common share of what lies between the first and the last word in common."""
    if not blocks:
        return 0.0
    first, last = blocks[0][side], blocks[-1][side] + blocks[-1].size
    return weight / sum(weights[first:last])


def _clash(
    first: Words,
    second: Words,
    one: Sequence[int],
    other: Sequence[int],
    blocks: Sequence[Block],
) -> bool:
    """Say whether a number or a name stands in the place of another."""
    for here, there in _replaced(blocks):
        mine, yours = one[here[0] : here[1]], other[there[0] : there[1]]
        for kind in ("numbers", "names"):
            both = [
                {words.norms[i] for i in at if i in getattr(words, kind)}
                for words, at in ((first, mine), (second, yours))
            ]
            if both[0] and both[1] and not both[0] & both[1]:
                return True
    return False


def _replaced(blocks: Sequence[Block]) -> Iterator[tuple[Range, Range]]:
    """Yield what lies between runs in common, and the two words behind the last."""
    yield from between(blocks)
    if blocks:
        here, there = blocks[-1].one + blocks[-1].size, blocks[-1].other + blocks[-1].size
        yield (here, here + 2), (there, there + 2)


def likeness_of_words(one: str, other: str) -> float:
    """Return the share of the telling words of `one` that `other` has too, in [0, 1].

    Of a text without any, the share of all its words; 0 for one without words.
    """
    norms = [variant_words.norms_of(text) for text in (one, other)]
    mine, yours = variant_words.telling(norms[0]), variant_words.telling(norms[1])
    mine, yours = (mine, yours) if mine else (frozenset(norms[0]), frozenset(norms[1]))
    return len(mine & yours) / len(mine) if mine else 0.0


# --- side by side


class Sides(NamedTuple):
    """Two wordings in pieces, with what the other lacks marked."""

    old: list[Piece]
    new: list[Piece]


def side_by_side(one: str, other: str) -> Sides:
    """Return two wordings, each cut where they differ; the pieces of a side are its text."""
    sides = Sides([], [])
    flat = one.replace("\n", " "), other.replace("\n", " ")
    for passage in wording.passages(*flat):
        for side, lines in zip(sides, (passage.old, passage.new), strict=True):
            for line in lines:
                side.extend(line)
    return sides


# --- marks of runs of words


def digests(text: str, *, params: VariantParams = VARIANTS) -> list[int]:
    """Return the marks of a text, signed 64-bit numbers, sorted: equal runs have equal marks.

    Two texts that share `mark_words` + `mark_window` - 1 words in a row share a mark. Of each
    `mark_window` runs the one with the fewest weak words is kept, so that what all say is rare
    among the marks.
    """
    norms = variant_words.norms_of(text)
    found = list(variant_words.runs(norms, params.mark_words))
    width = min(params.mark_window, len(found))
    kept = {min(found[at : at + width])[1] for at in range(len(found) - width + 1 if found else 0)}
    return sorted(number - (1 << 64) if number >> 63 else number for number in kept)
