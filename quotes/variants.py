"""Do two quotations report one utterance? What they share, what differs, what to be warned of.

Words that stand as the speaker's own are compared for "the same", all words for "possibly the
same". Thresholds were chosen on one half of labelled pairs (docs/decisions/0027-statements.md).
Pure.
"""

from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from quotes import variant_days, variant_words, wording
from quotes.params import VARIANTS, VariantParams
from quotes.variant_blocks import weight_of
from quotes.variant_days import Days
from quotes.variant_shared import Shared, shared_words
from quotes.variant_speakers import Identity, Who, identity, may_be_one, scene
from quotes.variant_warnings import WordingWarning, warnings
from quotes.variant_words import Words
from quotes.wording import Piece, is_negation

__all__ = [
    "Likeness",
    "Relation",
    "Sides",
    "Who",
    "Wording",
    "WordingWarning",
    "compare",
    "digests",
    "likeness_of_words",
    "may_be_recalled",
    "side_by_side",
    "standing",
    "warnings",
]

Relation = Literal["exact", "near", "part", "possible"]


class Wording(NamedTuple):
    """A quotation as it is compared: words, kind, key of its speaker, day of publication.

    `speaker` is None for who is not known or has no name; `context` is what stands around it, and
    `source` words in that which name the speaker, where they are known; `who` is what the article
    calls a speaker, and `title` what it is called itself, or how it begins, if that is known.
    """

    text: str
    kind: str
    speaker: int | None = None
    day: date | None = None
    context: str = ""
    source: str = ""
    who: Who | None = None
    title: str = ""


class Likeness(NamedTuple):
    """How two quotations are related, None if not; and how alike their words are, in [0, 1].

    "part": the words of one are among the other's, and `similarity` is that share.
    """

    relation: Relation | None
    similarity: float


NONE = Likeness(None, 0.0)


class _Evidence(NamedTuple):
    """What is known of two quotations beside the words said: speaker, days, words around.

    `is_again`: of reports of several days each tells another day on which it was said.
    """

    speakers: Identity
    gap_days: int | None
    around: int
    is_again: bool
    sides: tuple[Wording, Wording]

    @property
    def is_elsewhere(self) -> bool:
        """Say whether names stand around the words of both, and not one around those of both."""
        names = [scene((each.context,), each.who).names for each in self.sides]
        return all(names) and not names[0] & names[1]

    def is_near(self, days: int) -> bool:
        """Say whether the two were published at most so many days apart."""
        return self.gap_days is not None and self.gap_days <= days


def compare(one: Wording, other: Wording, *, params: VariantParams = VARIANTS) -> Likeness:
    """Return how two quotations are related; symmetrical.

    Two speakers who are both known and not the same say two things, whatever the words, and so
    do stock phrases, and reports that are many days apart, unless one tells of the other's day.
    """
    if _are_known_apart(one, other):
        return NONE
    gap = abs((one.day - other.day).days) if one.day and other.day else None
    if gap is not None and gap > params.apart_days and not _is_recalled(one, other, params):
        return NONE
    first = variant_words.read(one.text, one.kind)
    second = variant_words.read(other.text, other.kind)
    telling = variant_words.telling(first.norms), variant_words.telling(second.norms)
    has_none = not all(telling) and min(len(first.norms), len(second.norms)) >= params.plain_words
    if not (telling[0] & telling[1] or has_none) or _is_stock(first) or _is_stock(second):
        return NONE
    told = _agreeing(one, first, second) | _agreeing(other, second, first)
    speakers: Identity = "same"
    if one.speaker is None or one.speaker != other.speaker:
        speakers = _identity(one, other, told, telling[0] | telling[1], params)
        if speakers == "other":
            return NONE
    around = told | (_around(one, first) & _around(other, second))
    if gap is None:
        around -= variant_words.framing_words()
    is_again = bool(gap) and _is_again(one, other)
    evidence = _Evidence(speakers, gap, len(around), is_again, (one, other))
    if any(first.said) and any(second.said):
        found = _of_said(first, second, evidence, params)
        if found.relation or (all(first.said) and all(second.said)):
            return found
    return _of_all(first, second, telling, evidence, params) if all(telling) else NONE


def _is_recalled(one: Wording, other: Wording, params: VariantParams) -> bool:
    """Say whether the later of two tells that its words were said when the earlier was published.

    "She said in June": an article of June has them, or one of the days after it.
    """
    earlier, later = sorted((one, other), key=lambda each: each.day or date.max)
    days = _told(later)
    if days is None or earlier.day is None:
        return False
    return days.first <= earlier.day and (earlier.day - days.last).days <= params.near_days


def may_be_recalled(one: Wording, other: Wording, *, params: VariantParams = VARIANTS) -> bool:
    """Say whether two are the same words of one speaker on days that are far apart.

    Whether one quotes them again then hangs on more of its text than is compared of all.
    """
    if one.speaker is None or one.speaker != other.speaker or not (one.day and other.day):
        return False
    if abs((one.day - other.day).days) <= params.apart_days:
        return False
    short, long = sorted((_told_words(each.text, each.kind) for each in (one, other)), key=len)
    if short not in long:
        return False
    return sum(weight_of(norm, params) for norm in short.split()) >= params.again_weight


@lru_cache(maxsize=4_000)
def _told_words(text: str, kind: str) -> str:
    return f" {' '.join(_said(variant_words.read(text, kind)))} "


def _is_again(one: Wording, other: Wording) -> bool:
    """Say whether each tells a day on which its words were said, and not the same."""
    days = _told(one), _told(other)
    return bool(days[0] and days[1] and days[0].is_one and days[1].is_one and days[0] != days[1])


def _told(wording_: Wording) -> Days | None:
    return variant_days.told(wording_.context, wording_.day) if wording_.day else None


def _are_known_apart(one: Wording, other: Wording) -> bool:
    """Say whether the speakers of two are known not to be one."""
    if one.speaker is None or other.speaker is None or one.speaker == other.speaker:
        return False
    return one.who is None or other.who is None or not may_be_one(one.who, other.who)


def _identity(
    one: Wording,
    other: Wording,
    told: frozenset[str],
    said: frozenset[str],
    params: VariantParams,
) -> Identity:
    """Return whether two may have one speaker, one of whom at the least is not known everywhere.

    An article may begin with what is `said`: that it has these words is known.
    """
    scenes = [scene((each.title, each.context), each.who).without(said) for each in (one, other)]
    found = identity(scenes[0], scenes[1], told, params)
    if one.who and other.who and one.who.is_person and other.who.is_person:
        # One has the other's surname, or they would be known apart.
        return "same" if found == "alike" else "open"
    return found


def _is_stock(words: Words) -> bool:
    return words.norms in variant_words.stock_phrases()


def standing(words: Words) -> tuple[int, int]:
    """Return how much a quotation has of an utterance: how many words are said, and are there."""
    return sum(words.said), len(words.norms)


def _of_said(first: Words, second: Words, evidence: _Evidence, params: VariantParams) -> Likeness:
    """Return what follows from the words that stand as the speaker's own."""
    one, other = _said(first), _said(second)
    shared = shared_words(first, second, params)
    relation: Relation
    if one == other:
        relation, similarity = "exact", 1.0
    elif shared.least >= _near_from(shared, params):
        relation, similarity = "near", (shared.of_one + shared.of_other) / 2
    elif shared.most >= params.part_from and shared.is_dense:
        relation, similarity = "part", shared.most
    elif shared.weight >= params.long_weight and shared.is_dense:
        # Each has a part of it: the end of one is the beginning of the other.
        relation, similarity = "possible", shared.most
    else:
        return NONE
    if min(one, other, key=len) in variant_words.stock_phrases():
        return NONE
    if shared.weight < _wanted(evidence, params) or shared.names:
        return NONE
    if shared.numbers and not (evidence.gap_days == 0 and evidence.speakers == "same"):
        relation = "possible"
        if not _may_be_slip(shared, evidence, params):
            return NONE
    turns = relation == "near" and _may_turn(first, second, shared, evidence, params)
    if turns or _may_be_said_again(shared, evidence, params):
        relation = "possible"
    return Likeness(relation, min(similarity, 1.0))


def _may_turn(
    first: Words, second: Words, shared: Shared, evidence: _Evidence, params: VariantParams
) -> bool:
    """Say whether the few words that differ may make another utterance of it.

    Another number where other places are told of, another telling word in a short sentence, a
    negation more or less on a later day: “the library will close”, and next week's “the pool will
    not”.
    """
    if shared.numbers and evidence.is_elsewhere:
        return True
    if shared.others and shared.least < params.reworded_from:
        return True
    is_later = evidence.gap_days is not None and not evidence.is_near(params.next_days)
    return is_later and _denied(first) != _denied(second)


def _denied(words: Words) -> int:
    """Return 1 if the words said are denied, else 0: two negations are none."""
    return sum(map(is_negation, _said(words))) % 2


def _near_from(shared: Shared, params: VariantParams) -> float:
    return params.near_short_from if shared.weight < params.near_short else params.near_from


def _wanted(evidence: _Evidence, params: VariantParams) -> float:
    """Return the common weight that is wanted for the same utterance."""
    is_near = evidence.is_near(params.near_days)
    if evidence.speakers != "same":
        if not is_near:
            return params.unnamed_later_weight
        agrees = evidence.speakers == "alike"
        return params.unnamed_weight if agrees else params.unnamed_open_weight
    agrees = evidence.around >= params.context_words
    if agrees and (is_near or evidence.gap_days is None):
        return params.least_weight
    if evidence.is_near(params.next_days):
        return params.short_weight
    return params.later_weight


def _may_be_said_again(shared: Shared, evidence: _Evidence, params: VariantParams) -> bool:
    """Say whether the speaker may have said these words twice, on days that are apart or unknown.

    "We stand with the families" stands in the news of every disaster.
    """
    if evidence.is_again:
        return True
    if evidence.is_near(params.near_days) or shared.weight >= params.again_weight:
        return False
    return evidence.gap_days is not None or evidence.around < params.context_words


def _may_be_slip(shared: Shared, evidence: _Evidence, params: VariantParams) -> bool:
    """Say whether a number that differs on another day may be a misquotation.

    It may be a template as well: what is told anew each day, with another figure. A misquotation
    of the morning after has one slip in many words that else agree.
    """
    is_long = shared.weight >= params.slip_weight and shared.least >= params.slip_share
    return is_long and shared.numbers == 1 and evidence.is_near(params.next_days)


def _of_all(
    first: Words,
    second: Words,
    telling: tuple[frozenset[str], frozenset[str]],
    evidence: _Evidence,
    params: VariantParams,
) -> Likeness:
    """Return whether one may be an indirect report of the other, by all telling words."""
    if evidence.gap_days is not None and not evidence.is_near(params.near_days):
        return NONE
    named = evidence.speakers == "same"
    if not (named and evidence.gap_days == 0) and _differ(first, second, "numbers"):
        return NONE
    if evidence.gap_days is None and _differ(first, second, "names"):
        return NONE
    least = params.possible_words if named else params.possible_unnamed_words
    from_share = params.possible_share if named else params.possible_unnamed_share
    common = len(telling[0] & telling[1])
    share = common / min(map(len, telling))
    if common >= least and share >= from_share:
        return Likeness("possible", share)
    return NONE


def _differ(first: Words, second: Words, kind: Literal["numbers", "names"]) -> bool:
    """Say whether both have numbers, or names, and none in common."""
    one, other = (
        {words.norms[i] for i in getattr(words, kind)} - variant_words.weak_words()
        for words in (first, second)
    )
    return bool(one and other and not one & other)


def _said(words: Words) -> tuple[str, ...]:
    return tuple(norm for norm, said in zip(words.norms, words.said, strict=True) if said)


def _around(wording_: Wording, words: Words) -> frozenset[str]:
    """Return the telling words around what is said, but for those that name the speaker."""
    reported = [norm for norm, said in zip(words.norms, words.said, strict=True) if not said]
    around = variant_words.norms_of(wording_.context)
    source = variant_words.telling(variant_words.norms_of(wording_.source))
    return variant_words.telling((*reported, *around)) - source


def _agreeing(one: Wording, first: Words, second: Words) -> frozenset[str]:
    """Return the telling words around what is said in one that the other says, beside what both do.

    A paper that cuts a sentence tells the rest of it in its own words.
    """
    mine, yours = (variant_words.telling(_said(words)) for words in (first, second))
    return _around(one, first) & (yours - mine)


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


def digests(text: str, *, every: bool = False, params: VariantParams = VARIANTS) -> list[int]:
    """Return the marks of a text, signed 64-bit numbers, sorted: equal runs have equal marks.

    Two texts that share `mark_words` + `mark_window` - 1 words in a row share a mark. Of each
    `mark_window` runs the one with the fewest weak words is kept, so that what all say is rare
    among the marks. With `every` run kept, as of a text that is sought, more is found.
    """
    norms = variant_words.norms_of(text)
    found = list(variant_words.runs(norms, params.mark_words))
    width = 1 if every else min(params.mark_window, len(found))
    kept = {min(found[at : at + width])[1] for at in range(len(found) - width + 1 if found else 0)}
    return sorted(number - (1 << 64) if number >> 63 else number for number in kept)
