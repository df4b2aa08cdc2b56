"""What to be warned of where two wordings of one utterance differ, for people to confirm. Pure.

A misquotation is found by what it does to the sense: a negation came or went, a number is another,
words are left out of the middle and no mark says so.
"""

from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

from quotes import name_data, variant_words
from quotes.params import VARIANTS, VariantParams
from quotes.variant_blocks import Block, Range, between, common
from quotes.variant_words import Words

Kind = Literal["negation", "number", "ellipsis"]


class WordingWarning(NamedTuple):
    """A difference that may turn what was said, and the words of each side, "" if it has none."""

    kind: Kind
    one: str
    other: str


class _Side(NamedTuple):
    """The words said in one wording, and which of its words these are."""

    text: str
    words: Words
    at: list[int]

    @property
    def norms(self) -> list[str]:
        return [self.words.norms[i] for i in self.at]

    def own(self, part: Range) -> list[int]:
        """Return which words stand in a part, without what an editor put into brackets."""
        return [i for i in self.at[slice(*part)] if i not in self.words.editorial]

    def shown(self, part: Range) -> str:
        """Return the text of a part as it stands."""
        at = self.at[slice(*part)]
        return self.text[self.words.places[at[0]][0] : self.words.places[at[-1]][1]] if at else ""

    def is_marked(self, part: Range) -> bool:
        """Say whether the text marks that words are left out there, or that somebody cuts in."""
        inside = range(max(1, part[0]), min(part[1], len(self.at) - 1) + 1)
        if any(self.at[i] - self.at[i - 1] > 1 for i in inside):
            return True
        first = self.at[part[0]] if part[0] < len(self.at) else len(self.words.norms)
        last = self.at[part[1]] if part[1] < len(self.at) else len(self.words.norms)
        marked = self.words.gaps | self.words.editorial
        return any(i in marked for i in range(first, last + 1))


def warnings(
    one: str, other: str, *, params: VariantParams = VARIANTS
) -> tuple[WordingWarning, ...]:
    """Return what to be warned of in two wordings of one utterance, in their order.

    What is missing at an end is a shorter quotation and no matter of warning, but for a negation
    just before the part ("I do not think we will win", “we will win”).
    """
    sides = _side(one), _side(other)
    blocks = common(sides[0].norms, sides[1].norms, params=params)
    found: list[WordingWarning] = []
    gaps = [*between(blocks), ((0, 0), (0, 0))]
    for block, (here, there) in zip(blocks, gaps, strict=False):
        found += _unmarked(sides, block)
        found += _between(sides, here, there, params)
    return (*_before(sides, blocks, params), *found)


def _side(text: str) -> _Side:
    words = variant_words.read_unknown(text)
    return _Side(text, words, [i for i, said in enumerate(words.said) if said])


def _between(
    sides: tuple[_Side, _Side], here: Range, there: Range, params: VariantParams
) -> list[WordingWarning]:
    """Return the warnings of what stands in one place of both."""
    one, other = sides
    own = one.own(here), other.own(there)
    shown = one.shown(here), other.shown(there)
    found = []
    if _negations(one.words, own[0]) != _negations(other.words, own[1]):
        found.append(WordingWarning("negation", *shown))
    if _numbers(one.words, own[0]) != _numbers(other.words, own[1]):
        found.append(WordingWarning("number", *shown))
    if _closes(sides, (here, there), own, params):
        found.append(WordingWarning("ellipsis", *shown))
    return found


def _closes(
    sides: tuple[_Side, _Side],
    parts: tuple[Range, Range],
    own: tuple[list[int], list[int]],
    params: VariantParams,
) -> bool:
    """Say whether one leaves out words, or the mark of it, and has nothing in their place."""
    return any(
        not own[a] and not sides[a].is_marked(parts[a]) and len(own[1 - a]) >= params.ellipsis_words
        for a in (0, 1)
    )


def _unmarked(sides: tuple[_Side, _Side], block: Block) -> list[WordingWarning]:
    """Return the warnings of marks of left-out words that only one has within the same words."""
    found = []
    for step in range(1, block.size):
        at = block.one + step, block.other + step
        marks = [side.at[i] in side.words.gaps for side, i in zip(sides, at, strict=True)]
        other = sides[marks.index(False)] if any(marks) and not all(marks) else None
        if other and not other.is_marked((at[marks.index(False)],) * 2):
            shown = [side.shown((i - 1, i + 1)) for side, i in zip(sides, at, strict=True)]
            found.append(WordingWarning("ellipsis", *shown))
    return found


def _before(
    sides: tuple[_Side, _Side], blocks: Sequence[Block], params: VariantParams
) -> list[WordingWarning]:
    """Return a warning where one begins after a negation of the same sentence in the other."""
    if not blocks:
        return []
    first = blocks[0]
    for number, side in enumerate(sides):
        start = first[number]
        if first[1 - number] or not start:
            continue
        part = (max(0, start - params.before_words), start)
        inside = side.own(part)
        breaks = [i for i in inside[1:] if i in side.words.breaks]
        inside = [i for i in inside if i >= max(breaks, default=0)]
        ends = side.at[start] in side.words.breaks
        if not ends and _negations(side.words, inside):
            shown = side.shown((start - len(inside), start))
            return [WordingWarning("negation", *((shown, "") if number == 0 else ("", shown)))]
    return []


def _negations(words: Words, at: Sequence[int]) -> int:
    return sum(words.norms[i] in _negating() for i in at)


def _numbers(words: Words, at: Sequence[int]) -> list[str]:
    return sorted(words.norms[i] for i in at if i in words.numbers)


@cache
def _negating() -> frozenset[str]:
    return frozenset(word for (word,) in name_data.rows("negations.txt"))
