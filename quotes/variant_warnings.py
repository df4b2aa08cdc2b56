"""What to be warned of where two wordings of one utterance differ, for people to confirm. Pure.

A misquotation is found by what it does to the sense: a negation came or went, a number is another,
words are left out of the middle and no mark says so.
"""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import takewhile
from typing import Literal, NamedTuple

from quotes import name_data, variant_words
from quotes.params import VARIANTS, VariantParams
from quotes.variant_blocks import Block, Range, between, common, moved, outside
from quotes.variant_words import Words
from quotes.wording import is_negation

Kind = Literal["negation", "number", "ellipsis"]
# The next number whenever two wordings may be warned of otherwise than before: what is stored is
# then judged again in the background (quotes/statement_renewal.py).
RULE = 5


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


class _Turn(NamedTuple):
    """A place where the two have not as many negations: its words in each, and how many more."""

    parts: tuple[Range, Range]
    more: int


def warnings(
    one: str, other: str, *, params: VariantParams = VARIANTS
) -> tuple[WordingWarning, ...]:
    """Return what to be warned of in two wordings of one utterance, in their order.

    What is missing at an end is a shorter quotation and no matter of warning, but for a negation
    just before the part ("I do not think we will win", “we will win”); an amount is that stands
    there for another ("two of the three are lost", “all three are lost”). A negation that stands
    elsewhere in its sentence is one warning, and none where only its form is another ("we do not
    have fear", "we have no fear"). Where they have one order each, what is in both does not count.
    """
    sides = _side(one), _side(other)
    blocks = common(sides[0].norms, sides[1].norms, params=params)
    turned = moved(sides[0].norms, sides[1].norms, blocks, params=params)
    if turned:
        return tuple(_in_any_order(sides, [*blocks, *turned]))
    heads, tails = _ends(sides, blocks, params)
    found: list[WordingWarning | _Turn] = [*_before(sides, heads), *_amounts(sides, heads)]
    gaps = [*between(blocks), ((0, 0), (0, 0))]
    for block, (here, there) in zip(blocks, gaps, strict=False):
        found += _unmarked(sides, block)
        found += _between(sides, here, there, params)
    found += _amounts(sides, tails)
    return tuple(_told(sides, found))


def _in_any_order(sides: tuple[_Side, _Side], blocks: Sequence[Block]) -> Iterator[WordingWarning]:
    """Yield the warnings of what only one has, in two that say the same in another order."""
    one, other = (side.words for side in sides)
    mine, yours = outside(blocks, sides[0].at, sides[1].at)
    rest = (
        [i for i in mine if i not in one.editorial],
        [i for i in yours if i not in other.editorial],
    )
    shown = [
        " … ".join(side.text[slice(*side.words.places[i])] for i in left)
        for side, left in zip(sides, rest, strict=True)
    ]
    if _negations(one, rest[0]) != _negations(other, rest[1]):
        yield WordingWarning("negation", *shown)
    if _numbers(one, rest[0]) != _numbers(other, rest[1]):
        yield WordingWarning("number", *shown)


@lru_cache(maxsize=64)  # a page of reports is held against one wording
def _side(text: str) -> _Side:
    words = variant_words.read_unknown(text)
    return _Side(text, words, [i for i, said in enumerate(words.said) if said])


def _between(
    sides: tuple[_Side, _Side], here: Range, there: Range, params: VariantParams
) -> list[WordingWarning | _Turn]:
    """Return the warnings of what stands in one place of both."""
    one, other = sides
    own = one.own(here), other.own(there)
    shown = one.shown(here), other.shown(there)
    found: list[WordingWarning | _Turn] = []
    more = _negations(other.words, own[1]) - _negations(one.words, own[0])
    if more and not (_leaves_out(sides, (here, there), own) and _is_clause(sides, own)):
        found.append(_Turn((here, there), more))
    is_other = _numbers(one.words, own[0]) != _numbers(other.words, own[1])
    if is_other and not _leaves_out(sides, (here, there), own):
        found.append(WordingWarning("number", *shown))
    if _closes(sides, (here, there), own, params) and not (more and _is_bare(sides, own)):
        found.append(WordingWarning("ellipsis", *shown))
    return found


def _is_bare(sides: tuple[_Side, _Side], own: tuple[list[int], list[int]]) -> bool:
    """Say whether nothing but a negation stands there ("do not"): that it is gone says it all."""
    norms = {side.words.norms[i] for side, places in zip(sides, own, strict=True) for i in places}
    return all(is_negation(norm) or norm in variant_words.weak_words() for norm in norms)


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


def _leaves_out(
    sides: tuple[_Side, _Side], parts: tuple[Range, Range], own: tuple[list[int], list[int]]
) -> bool:
    """Say whether one has nothing there, and marks that: a number left out is no other number."""
    return any(not own[a] and sides[a].is_marked(parts[a]) for a in (0, 1))


def _is_clause(sides: tuple[_Side, _Side], own: tuple[list[int], list[int]]) -> bool:
    """Say whether what only one has begins a clause of its own, within which its negations deny."""
    return any(
        side.words.norms[at[0]] in _clause_openers()
        for side, at in zip(sides, own, strict=True)
        if at
    )


def _unmarked(sides: tuple[_Side, _Side], block: Block) -> list[WordingWarning]:
    """Return the warnings of marks of left-out words that only one has within the same words.

    Where the other's article cuts in, it does not run on as if nothing stood between.
    """
    found = []
    for step in range(1, block.size):
        at = block.one + step, block.other + step
        marks = [side.at[i] in side.words.gaps for side, i in zip(sides, at, strict=True)]
        if all(marks) or not any(marks):
            continue
        other, place = sides[marks.index(False)], at[marks.index(False)]
        if other.at[place] not in other.words.joints and not other.is_marked((place, place)):
            shown = [side.shown((i - 1, i + 1)) for side, i in zip(sides, at, strict=True)]
            found.append(WordingWarning("ellipsis", *shown))
    return found


def _ends(
    sides: tuple[_Side, _Side], blocks: Sequence[Block], params: VariantParams
) -> tuple[tuple[Range, Range], tuple[Range, Range]]:
    """Return what stands in each before the first words in common, and behind the last."""
    if not blocks:
        return ((0, 0), (0, 0)), ((0, 0), (0, 0))
    first, last = blocks[0], blocks[-1]
    heads = _head(sides[0], first.one, params), _head(sides[1], first.other, params)
    tails = (
        _tail(sides[0], last.one + last.size, params),
        _tail(sides[1], last.other + last.size, params),
    )
    return _without_common(sides, heads), tails


def _before(sides: tuple[_Side, _Side], heads: tuple[Range, Range]) -> Iterator[_Turn]:
    """Yield where negations just before the first common words, in their sentence, differ."""
    counts = [
        _negations(side.words, side.own(head)) for side, head in zip(sides, heads, strict=True)
    ]
    if counts[0] != counts[1]:
        yield _Turn(heads, counts[1] - counts[0])


def _amounts(sides: tuple[_Side, _Side], parts: tuple[Range, Range]) -> Iterator[WordingWarning]:
    """Yield where an amount stands for another at an end: a number, or “all” for one."""
    mine, yours = (_told_amounts(side, part) for side, part in zip(sides, parts, strict=True))
    if mine and yours and not mine & yours:
        one, other = (side.shown(part) for side, part in zip(sides, parts, strict=True))
        yield WordingWarning("number", one, other)


def _told_amounts(side: _Side, part: Range) -> set[str]:
    """Return the amounts in a part; “2m” may be two metres or two million."""
    norms, found = side.words.norms, set[str]()
    for i in side.own(part):
        if i in side.words.numbers or norms[i] in _quantities():
            found.add(norms[i])
        if i in side.words.numbers and norms[i + 1 : i + 2] == ("m",):
            found.add(variant_words.norms_of(f"{norms[i]} million")[0])
    return found


def _head(side: _Side, start: int, params: VariantParams) -> Range:
    """Return the last words before `start` that are of its sentence."""
    low = start
    while low > max(0, start - params.before_words) and side.at[low] not in side.words.breaks:
        low -= 1
    return low, start


def _tail(side: _Side, end: int, params: VariantParams) -> Range:
    """Return the first words from `end` on that are of the sentence before them."""
    high = end
    stop = min(len(side.at), end + params.before_words)
    while high < stop and side.at[high] not in side.words.breaks:
        high += 1
    return end, high


def _without_common(sides: tuple[_Side, _Side], heads: tuple[Range, Range]) -> tuple[Range, Range]:
    """Return heads without the words with which both begin: too few to be told as common."""
    one, other = (side.norms[slice(*head)] for side, head in zip(sides, heads, strict=True))
    pairs = zip(one, other, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return (heads[0][0] + same, heads[0][1]), (heads[1][0] + same, heads[1][1])


# --- negations that moved


def _told(
    sides: tuple[_Side, _Side], found: Sequence[WordingWarning | _Turn]
) -> Iterator[WordingWarning]:
    """Yield the warnings, those of one negation that stands elsewhere as one."""
    waiting = list(found)
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, WordingWarning):
            yield one
            continue
        parts = one.parts
        following = next((each for each in waiting if isinstance(each, _Turn)), None)
        if following and following.more == -one.more:
            both = _joined(one.parts, following.parts)
            if all(map(_is_one_sentence, sides, both)):
                waiting.remove(following)
                parts = both
                if _is_form(sides, both):
                    continue
        shown = [side.shown(part) for side, part in zip(sides, parts, strict=True)]
        yield WordingWarning("negation", *shown)


def _joined(one: tuple[Range, Range], other: tuple[Range, Range]) -> tuple[Range, Range]:
    """Return from where to where two places reach together, in each wording."""
    return (one[0][0], other[0][1]), (one[1][0], other[1][1])


def _is_one_sentence(side: _Side, part: Range) -> bool:
    """Say whether no stop, quotation mark or omission stands within a part."""
    cuts = side.words.breaks | side.words.gaps
    return not any(i in cuts for i in side.at[slice(*part)][1:])


def _is_form(sides: tuple[_Side, _Side], parts: tuple[Range, Range]) -> bool:
    """Say whether a negation is only another form: "not" before a verb of having, "no" after it."""
    norms = [
        [side.words.norms[i] for i in side.own(p)] for side, p in zip(sides, parts, strict=True)
    ]
    denied = [[norm for norm in side if is_negation(norm)] for side in norms]
    others = {norm for side in norms for norm in side if not is_negation(norm)}
    return sorted(denied) == [["no"], ["not"]] and others <= _carrying()


def _negations(words: Words, at: Sequence[int]) -> int:
    return sum(is_negation(words.norms[i]) for i in at)


def _numbers(words: Words, at: Sequence[int]) -> list[str]:
    return sorted(words.norms[i] for i in at if i in words.numbers)


@cache
def _clause_openers() -> frozenset[str]:
    return frozenset(word for (word,) in name_data.rows("clause_openers.txt"))


@cache
def _quantities() -> frozenset[str]:
    """Return the words that tell an amount without a figure."""
    return frozenset(word for (word,) in name_data.rows("quantities.txt"))


@cache
def _carrying() -> frozenset[str]:
    """Return the words beside which "not" and "no" say the same."""
    return frozenset(word for (word,) in name_data.rows("negation_forms.txt"))
