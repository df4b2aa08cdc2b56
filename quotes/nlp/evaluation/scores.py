"""Counts -> precision, recall, F1 and accuracy, in per cent, with intervals over articles.

The entry point is `evaluate`. Definitions: docs/evaluation.md.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from quotes.nlp.document import Frozen
from quotes.nlp.evaluation.counting import ALL, GROUPS, Counts, count
from quotes.nlp.evaluation.units import ROLES, Attribution, GoldArticle, Role
from quotes.params import EVALUATION, EvaluationParams

Interval = tuple[float, float]


class Rates(Frozen):
    """Precision, recall and their harmonic mean, in per cent; 0 where there was nothing."""

    precision: float
    recall: float
    f1: float


class RoleScores(Frozen):
    """How well the spans of one role were found.

    `tokens` compares an article's words; `exact` asks for equal sets of words; `partial` gives
    each span the share that is covered (Pareti et al. 2013); `overlapping` asks for one word.
    `runs` counts as a sequence labeller is scored: fragments by themselves, signs included.
    """

    tokens: Rates
    exact: Rates
    partial: Rates
    overlapping: Rates
    runs: Rates


class GroupScores(Frozen):
    """How well the attributions of one group were found and attributed.

    `found` matches contents by overlap; `end_to_end` asks for the right source as well; the
    `_tolerant` ones allow a content told in several predictions. `asked` is the number of matched
    attributions whose gold has a source: of these `attribution_accuracy` has the right one.
    `_by_place` does not accept the same name elsewhere.
    """

    gold: int
    predicted: int
    found: Rates
    token_recall: float
    partial_recall: float
    overlapping_recall: float
    exact_recall: float
    asked: int
    left_empty: int
    attribution_accuracy: float
    attribution_accuracy_by_place: float
    end_to_end: Rates
    end_to_end_by_place: Rates
    found_tolerant: Rates
    end_to_end_tolerant: Rates


class SpeakerScores(Frozen):
    """How often the resolved name is right, where the gold has one; `_partial` accepts part of it.

    `accuracy` is over the matched, `end_to_end` over all gold, in per cent.
    """

    gold: int
    matched: int
    accuracy: float
    accuracy_partial: float
    end_to_end: float
    end_to_end_partial: float


class Scores(Frozen):
    """All figures of one evaluation. `intervals` has those that were asked for, by path."""

    articles: int
    words: int
    gold: int
    predicted: int
    roles: dict[Role, RoleScores]
    content_exact_with_signs: Rates
    groups: dict[str, GroupScores]
    speakers: SpeakerScores | None
    intervals: dict[str, Interval] = {}

    def figure(self, path: str) -> float:
        """Return the figure at a dotted path ("groups.all.end_to_end.f1"); KeyError if none."""
        value: Any = self
        for name in path.split("."):
            value = value[name] if isinstance(value, Mapping) else getattr(value, name, None)
        if not isinstance(value, int | float):
            raise KeyError(path)
        return float(value)


HEADLINES = (
    *(f"roles.{role}.{what}.f1" for role in ROLES for what in ("exact", "tokens", "runs")),
    *(f"groups.{group}.{what}.f1" for group in GROUPS for what in ("found", "end_to_end")),
    *(f"groups.{group}.attribution_accuracy" for group in GROUPS),
)


def evaluate(
    judged: Iterable[tuple[GoldArticle, Sequence[Attribution]]],
    *,
    intervals: bool = False,
    params: EvaluationParams = EVALUATION,
) -> Scores:
    """Return the scores of predictions on gold articles, given in pairs.

    With `intervals`, 95 % intervals of the headline figures by drawing articles again; they need
    two articles to mean anything.
    """
    counted = [count(article, found, params=params) for article, found in judged]
    total = Counts()
    for counts in counted:
        total.include(counts)
    scores = scores_of(total)
    if not intervals or not counted:
        return scores
    return scores.model_copy(update={"intervals": bootstrap(counted, params=params)})


def scores_of(counts: Counts) -> Scores:
    """Return the figures of counts that were added up over articles."""
    role_counts = {role: _role(counts, role) for role in ROLES}
    strict = counts["spans:exact-with-signs", "content"]
    return Scores(
        articles=int(counts["articles", ALL]),
        words=int(counts["words", ALL]),
        gold=int(counts["gold", ALL]),
        predicted=int(counts["found:all", ALL]),
        roles=role_counts,
        content_exact_with_signs=_rates(
            (strict, counts["spans:found", "content"]), (strict, counts["spans:gold", "content"])
        ),
        groups={group: _group(counts, group) for group in GROUPS},
        speakers=_speakers(counts) if counts["named", ALL] else None,
    )


def bootstrap(
    counted: Sequence[Counts], *, params: EvaluationParams = EVALUATION
) -> dict[str, Interval]:
    """Return intervals of the headline figures, over articles drawn with replacement.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), percentile intervals.
    """
    names = sorted({key for counts in counted for key in counts})
    table = np.array([[counts[name] for name in names] for counts in counted])
    draw = random.Random(params.bootstrap_seed)  # noqa: S311  a statistic, not a secret
    drawn: dict[str, list[float]] = {path: [] for path in HEADLINES}
    for _ in range(params.bootstrap_rounds):
        sample = table[[draw.randrange(len(counted)) for _ in counted]].sum(axis=0).tolist()
        scores = scores_of(Counts(zip(names, sample, strict=True)))
        for path, values in drawn.items():
            values.append(scores.figure(path))
    tail = (1 - params.interval_share) / 2
    low, high = (int(params.bootstrap_rounds * share + 1e-9) for share in (tail, 1 - tail))
    return {
        path: (ordered[low], ordered[min(high, len(ordered) - 1)])
        for path, ordered in ((path, sorted(values)) for path, values in drawn.items())
    }


def _role(counts: Counts, role: Role) -> RoleScores:
    def of(name: str) -> float:
        return counts[name, role]

    gold, found = of("spans:gold"), of("spans:found")
    right, exact, runs = of("words:right"), of("spans:exact"), of("runs:exact")
    return RoleScores(
        tokens=_rates((right, of("words:found")), (right, of("words:gold"))),
        exact=_rates((exact, found), (exact, gold)),
        partial=_rates((of("found:part"), found), (of("gold:part"), gold)),
        overlapping=_rates((of("found:any"), found), (of("gold:any"), gold)),
        runs=_rates((runs, of("runs:found")), (runs, of("runs:gold"))),
    )


def _group(counts: Counts, group: str) -> GroupScores:
    def of(name: str) -> float:
        return counts[name, group]

    def rates(name: str) -> Rates:
        return _rates((of(f"found:{name}"), of("found:all")), (of(f"gold:{name}"), of("gold")))

    return GroupScores(
        gold=int(of("gold")),
        predicted=int(of("found:all")),
        found=rates("matched"),
        token_recall=_percent(of("gold:words-covered"), of("gold:words")),
        partial_recall=_percent(of("gold:shares-covered"), of("gold")),
        overlapping_recall=_percent(of("gold:touched"), of("gold")),
        exact_recall=_percent(of("gold:exact"), of("gold")),
        asked=int(of("asked")),
        left_empty=int(of("asked:left-empty")),
        attribution_accuracy=_percent(of("asked:right"), of("asked")),
        attribution_accuracy_by_place=_percent(of("asked:right-by-place"), of("asked")),
        end_to_end=rates("right"),
        end_to_end_by_place=rates("right-by-place"),
        found_tolerant=rates("held"),
        end_to_end_tolerant=rates("held-right"),
    )


def _speakers(counts: Counts) -> SpeakerScores:
    gold, matched = counts["named", ALL], counts["named:matched", ALL]
    full, partial = counts["named:full", ALL], counts["named:partial", ALL]
    return SpeakerScores(
        gold=int(gold),
        matched=int(matched),
        accuracy=_percent(full, matched),
        accuracy_partial=_percent(partial, matched),
        end_to_end=_percent(full, gold),
        end_to_end_partial=_percent(partial, gold),
    )


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def _rates(precision: tuple[float, float], recall: tuple[float, float]) -> Rates:
    p, r = _percent(*precision), _percent(*recall)
    return Rates(precision=p, recall=r, f1=2 * p * r / (p + r) if p + r else 0.0)
