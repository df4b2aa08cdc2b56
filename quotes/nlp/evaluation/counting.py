"""Article by article: what agrees between gold and predictions, as counts that add up.

Definitions: docs/evaluation.md. Nothing here divides; scores.py does.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

from quotes.nlp.document import Kind
from quotes.nlp.evaluation.names import Verdict, speaker_verdict
from quotes.nlp.evaluation.units import (
    ROLES,
    Attribution,
    GoldArticle,
    Item,
    Passage,
    Role,
    matches,
    pairs,
    source_is_right,
)
from quotes.nlp.marks import PARAGRAPH
from quotes.params import EVALUATION, EvaluationParams

ALL, SPEECH = "all", "speech"
GROUPS = (ALL, *(kind.value for kind in (Kind.DIRECT, Kind.MIXED, Kind.INDIRECT)), SPEECH)

NOTHING: frozenset[int] = frozenset()
_PIECE = re.compile(r"[^\W_]+|[^\w\s]|_")


class Counts(dict[tuple[str, str], float]):
    """Sums by (what is counted, of which group or role); what was not counted is 0."""

    def __missing__(self, key: tuple[str, str]) -> float:
        """Return 0 for what was not counted."""
        return 0.0

    def include(self, other: Self) -> None:
        """Add the counts of `other` to these."""
        for key, value in other.items():
            self[key] += value


@dataclass(frozen=True)
class Aligned:
    """One article's gold and predictions as items, and which prediction was found for which gold.

    `gold` and `found` keep only what has words, and of the predictions those that do not lie
    half or more in discarded text; `gold_given` and `found_given` are the same as given.
    """

    gold: list[Item]
    found: list[Item]
    gold_given: list[Attribution]
    found_given: list[Attribution]
    pairs: dict[int, int]


def align(
    article: GoldArticle,
    predictions: Sequence[Attribution],
    *,
    params: EvaluationParams = EVALUATION,
) -> Aligned:
    """Return gold and predictions of an article, matched by content."""
    passage = Passage(article.text)
    discarded = passage.words(pairs(article.discards))
    gold = [(Item.of(passage, given), given) for given in article.attributions]
    found = [(Item.of(passage, given, with_speaker=True), given) for given in predictions]
    gold = [(item, given) for item, given in gold if item.content]
    found = [
        (item, given)
        for item, given in found
        if item.content and 2 * len(item.content & discarded) < len(item.content)
    ]
    items = [item for item, _ in gold], [item for item, _ in found]
    return Aligned(
        *items,
        [given for _, given in gold],
        [given for _, given in found],
        matches(*items, params.match_overlap),
    )


def count(
    article: GoldArticle,
    predictions: Sequence[Attribution],
    *,
    params: EvaluationParams = EVALUATION,
) -> Counts:
    """Return the counts of one article; those of several add up."""
    aligned = align(article, predictions, params=params)
    counts = Counts({("articles", ALL): 1, ("words", ALL): len(article.text.split())})
    parts = [_spans(role, aligned) for role in ROLES]
    parts += [_fragments(article.text, aligned), _recalled(aligned), _attributed(aligned)]
    for part in (*parts, _tolerant(aligned), _speakers(aligned)):
        counts.include(part)
    # Of all predictions any gold attribution makes one right; of speech only recall is special.
    for (what, group), value in list(counts.items()):
        if group == ALL and what.startswith("found:"):
            counts[what, SPEECH] = value
    return counts


def _groups(gold: Item) -> tuple[str, ...]:
    return (ALL, gold.kind.value, SPEECH) if gold.speech else (ALL, gold.kind.value)


def _spans(role: Role, aligned: Aligned) -> Counts:
    """Count the words of one role, and its spans: equal, overlapping, and by share of overlap."""
    gold, found = ({i.roles(role) for i in items} - {NOTHING} for items in _sides(aligned))
    gold_words, found_words = NOTHING.union(*gold), NOTHING.union(*found)
    counts = Counts()
    counts["words:gold", role] = len(gold_words)
    counts["words:found", role] = len(found_words)
    counts["words:right", role] = len(gold_words & found_words)
    counts["spans:gold", role] = len(gold)
    counts["spans:found", role] = len(found)
    counts["spans:exact", role] = len(gold & found)
    for name, spans, words in (("gold", gold, found_words), ("found", found, gold_words)):
        counts[f"{name}:any", role] = sum(not span.isdisjoint(words) for span in spans)
        counts[f"{name}:part", role] = sum(len(span & words) / len(span) for span in spans)
    if role == "content":
        strict = [{item.signs_too for item in items} for items in _sides(aligned)]
        counts["spans:exact-with-signs", role] = len(strict[0] & strict[1])
    return counts


def _sides(aligned: Aligned) -> tuple[list[Item], list[Item]]:
    return aligned.gold, aligned.found


def _fragments(text: str, aligned: Aligned) -> Counts:
    """Count spans as a sequence labeller is scored: each run of labelled words by itself."""
    gold = set(labelled_runs(text, aligned.gold_given))
    found = set(labelled_runs(text, aligned.found_given))
    counts = Counts()
    for role in ROLES:
        counts["runs:gold", role] = sum(run[0] == role for run in gold)
        counts["runs:found", role] = sum(run[0] == role for run in found)
        counts["runs:exact", role] = sum(run[0] == role for run in gold & found)
    return counts


def labelled_runs(text: str, given: Iterable[Attribution]) -> Iterator[tuple[Role, int, int]]:
    """Yield (role, start, end) of each run of words of one role and the same attributions.

    Signs count as words, words end at apostrophes, and runs at the end of a paragraph. Each word
    has one label: where attributions nest, that of the one listed first. A source that several
    share is one run.
    """
    pieces = [match.span() for match in _PIECE.finditer(text)]
    paragraphs = [match.start() for match in PARAGRAPH.finditer(text)]
    owners = _owners([start for start, _ in pieces], given)

    def label(index: int) -> tuple[int, _Owner | None]:
        return bisect_right(paragraphs, pieces[index][0]), owners.get(index)

    for (_, owner), run in groupby(range(len(pieces)), key=label):
        first, *others = run
        if owner:
            yield owner[0], pieces[first][0], pieces[others[-1] if others else first][1]


_Owner = tuple[Role, frozenset[int]]


def _owners(starts: list[int], given: Iterable[Attribution]) -> dict[int, _Owner]:
    """Return word number -> the role that it has and the attributions for which it has it."""
    owners: dict[int, _Owner] = {}
    for number, item in enumerate(given):
        for role in ROLES:
            for start, end in pairs(item.spans(role)):
                for word in range(bisect_left(starts, start), bisect_left(starts, end)):
                    held = owners.setdefault(word, (role, frozenset({number})))
                    if held[0] == role == "source":
                        owners[word] = role, held[1] | {number}
    return owners


def _recalled(aligned: Aligned) -> Counts:
    """Count, of the gold, what the predictions cover whichever it is matched with."""
    words = NOTHING.union(*(item.content for item in aligned.found))
    exact = {item.content for item in aligned.found}
    counts = Counts()
    for gold in aligned.gold:
        covered = len(gold.content & words)
        for group in _groups(gold):
            counts["gold", group] += 1
            counts["gold:words", group] += len(gold.content)
            counts["gold:words-covered", group] += covered
            counts["gold:shares-covered", group] += covered / len(gold.content)
            counts["gold:touched", group] += covered > 0
            counts["gold:exact", group] += gold.content in exact
    for item in aligned.found:
        for group in (ALL, item.kind.value):
            counts["found:all", group] += 1
    return counts


def _attributed(aligned: Aligned) -> Counts:
    """Count, of the matched, how many have the right source."""
    counts = Counts()
    for index, other in aligned.pairs.items():
        gold, found = aligned.gold[index], aligned.found[other]
        right = source_is_right(gold, found)
        placed = source_is_right(gold, found, by_place=True)
        for group in _groups(gold):
            counts["gold:matched", group] += 1
            counts["gold:right", group] += right
            counts["gold:right-by-place", group] += placed
            if gold.source:
                counts["asked", group] += 1
                counts["asked:right", group] += right
                counts["asked:right-by-place", group] += placed
                counts["asked:left-empty", group] += found.sourceless
        for group in (ALL, found.kind.value):
            counts["found:matched", group] += 1
            counts["found:right", group] += right
            counts["found:right-by-place", group] += placed
    return counts


def _tolerant(aligned: Aligned) -> Counts:
    """Count so that a quotation told in several predictions costs nothing.

    A prediction is right if half of it lies in one gold content, and its source is right for
    that one; gold is found if half of it is covered by such predictions.
    """
    counts = Counts()
    covered: dict[tuple[str, int], frozenset[int]] = {}
    for found in aligned.found:
        best = _holder(aligned.gold, found)
        if best is None:
            continue
        right = source_is_right(aligned.gold[best], found)
        for what in ("held", "held-right") if right else ("held",):
            covered[what, best] = covered.get((what, best), NOTHING) | found.content
            for group in (ALL, found.kind.value):
                counts[f"found:{what}", group] += 1
    for index, gold in enumerate(aligned.gold):
        for what in ("held", "held-right"):
            words = covered.get((what, index), NOTHING)
            half = 2 * len(gold.content & words) >= len(gold.content)
            for group in _groups(gold):
                counts[f"gold:{what}", group] += half
    return counts


def _holder(gold: Sequence[Item], found: Item) -> int | None:
    """Return the gold that shares most with `found`, if that is half of it; ties to the shorter."""

    def closeness(index: int) -> tuple[int, int, bool]:
        item = gold[index]
        placed = source_is_right(item, found, by_place=True)
        return len(item.content & found.content), -len(item.content), placed

    best = max(range(len(gold)), default=None, key=closeness)
    if best is None or 2 * len(gold[best].content & found.content) < len(found.content):
        return None
    return best


def _speakers(aligned: Aligned) -> Counts:
    """Count, where the gold names speakers, how often the resolved name is the right one."""
    counts = Counts()
    for index, gold in enumerate(aligned.gold_given):
        if gold.speakers is None:
            continue
        counts["named", ALL] += 1
        if index in aligned.pairs:
            verdict = speaker_verdict(gold, aligned.found_given[aligned.pairs[index]])
            counts["named:matched", ALL] += 1
            counts["named:full", ALL] += verdict is Verdict.FULL
            counts["named:partial", ALL] += verdict is not Verdict.WRONG
    return counts
