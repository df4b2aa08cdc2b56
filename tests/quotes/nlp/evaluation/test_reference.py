"""The same figures as the reference scorer, to a twentieth of a per cent, where it is at hand.

The scorer and the development articles are not part of the project (docs/evaluation.md).
"""

import gzip
import json
import random
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from quotes.gold import read_gold
from quotes.nlp.document import Span
from quotes.nlp.evaluation.counting import labelled_runs
from quotes.nlp.evaluation.scores import Scores, evaluate
from quotes.nlp.evaluation.units import Attribution, GoldArticle

SHARED = Path(__file__).parents[5] / "shared"
DEV = SHARED / "data" / "polnear-dev.jsonl.gz"
REFERENCE = SHARED / "eval" / "score.py"

pytestmark = pytest.mark.skipif(
    not (DEV.exists() and REFERENCE.exists()), reason="needs the development data and its scorer"
)

RATES = {"precision": "P", "recall": "R", "f1": "F1"}
OF_ROLES = {
    "tokens": "token",
    "exact": "exact",
    "partial": "partial",
    "overlapping": "any_overlap",
}
OF_GROUPS = {
    "gold": "gold",
    "predicted": "pred",
    "token_recall": "token_recall",
    "partial_recall": "partial_recall",
    "overlapping_recall": "any_overlap_recall",
    "exact_recall": "exact_recall",
    "asked": "attribution_n",
    "left_empty": "attribution_left_empty",
    "attribution_accuracy": "attribution_accuracy",
    "attribution_accuracy_by_place": "attribution_accuracy_positional",
}
RATES_OF_GROUPS = {
    "found": "content_match",
    "end_to_end": "end_to_end",
    "end_to_end_by_place": "end_to_end_positional",
    "found_tolerant": "content_fragment_tolerant",
    "end_to_end_tolerant": "end_to_end_fragment_tolerant",
}
INTERVALS = {
    "roles.content.tokens.f1": "content_token_F1",
    "groups.all.end_to_end.f1": "end_to_end_F1",
    "groups.all.attribution_accuracy": "attribution_accuracy",
}


def spoilt(spans: list[list[int]], length: int, draw: random.Random) -> list[list[int]]:
    """Return spans with edges moved, so that every measure has something to count."""
    moved = []
    for start, end in spans:
        low = max(0, start + draw.choice([0, 0, 0, -9, 7, 30]))
        high = min(length, end + draw.choice([0, 0, 0, 9, -7, -60]))
        moved.append([low, high] if low < high else [start, end])
    return sorted(moved)


def invented(raw: dict[str, Any], draw: random.Random) -> list[dict[str, Any]]:
    """Return predictions for an article: gold with pieces dropped, moved, split, swapped, added."""
    quotes = []
    length = len(raw["text"])
    for item in raw["attributions"]:
        fate = draw.random()
        if fate < 0.2:
            continue
        other = draw.choice(raw["attributions"])
        source = draw.choice([item["source"], item["source"], other["source"], []])
        source = spoilt(source, length, draw)
        quote = {
            "content": spoilt(item["content"], length, draw),
            "source": source,
            "cue": spoilt(item["cue"], length, draw) if fate < 0.8 else [],
            "speaker": draw.choice([None, "Donald J. Trump", "the U.S. campaign"]),
        }
        if fate > 0.9:
            start, end = quote["content"][0]
            middle = (start + end) // 2
            quotes.append(quote | {"content": [[middle, end]]})
            quote["content"] = [[start, max(start + 1, middle)]]
        quotes.append(quote)
    for _ in range(draw.randrange(4)):
        start = draw.randrange(max(1, length - 80))
        quotes.append({"content": [[start, min(length, start + 80)]], "source": [], "cue": []})
    return quotes


@pytest.fixture(scope="module")
def raw() -> list[dict[str, Any]]:
    with gzip.open(DEV, "rt", encoding="utf-8") as lines:
        return sorted(map(json.loads, lines), key=lambda article: article["id"])


@pytest.fixture(scope="module")
def gold(raw: list[dict[str, Any]]) -> list[GoldArticle]:
    """The development articles, as the project's own reader reads them."""
    articles = list(read_gold([DEV]))
    assert all(isinstance(article, GoldArticle) for article in articles)
    assert len(articles) == len(raw)
    return sorted(articles, key=lambda article: article.id)


@pytest.fixture(scope="module")
def both(raw: list[dict[str, Any]], gold: list[GoldArticle]) -> tuple[Scores, dict[str, Any]]:
    """Our scores and the reference's, of the same predictions."""
    draw = random.Random(11)  # noqa: S311  predictions are made up, not secret
    predictions = {article["id"]: invented(article, draw) for article in raw}
    sys.path.insert(0, str(REFERENCE.parent))
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        reference = import_module("score").score("dev", predictions, ci=True)
    finally:
        sys.path.remove(str(REFERENCE.parent))
        sys.dont_write_bytecode = writes
    judged = [(article, [given(q) for q in predictions[article.id]]) for article in gold]
    return evaluate(judged, intervals=True), reference


def given(quote: dict[str, Any]) -> Attribution:
    spans = {
        role: tuple(Span(start=s, end=e) for s, e in quote[role])
        for role in ("content", "source", "cue")
    }
    return Attribution(**spans, speakers=(quote["speaker"],) if quote.get("speaker") else ())


def near(ours: float, theirs: float) -> bool:
    return abs(ours - theirs) <= 0.05 + 1e-9


@pytest.mark.parametrize("role", ["content", "source", "cue"])
@pytest.mark.parametrize("measure", OF_ROLES)
def test_spans(both: tuple[Scores, dict[str, Any]], role: str, measure: str) -> None:
    ours, reference = both
    for rate, short in RATES.items():
        theirs = reference[role][OF_ROLES[measure]][short]
        assert 0 < theirs < 100
        assert near(ours.figure(f"roles.{role}.{measure}.{rate}"), theirs), (rate, theirs)


def test_content_with_signs(both: tuple[Scores, dict[str, Any]]) -> None:
    ours, reference = both
    for rate, short in RATES.items():
        theirs = reference["content"]["exact_strict"][short]
        assert near(ours.figure(f"content_exact_with_signs.{rate}"), theirs)


@pytest.mark.parametrize("group", ["all", "direct", "mixed", "indirect", "speech"])
def test_groups(both: tuple[Scores, dict[str, Any]], group: str) -> None:
    ours, reference = both
    for measure, name in OF_GROUPS.items():
        assert near(ours.figure(f"groups.{group}.{measure}"), reference[group][name]), measure
    for measure, name in RATES_OF_GROUPS.items():
        for rate, short in RATES.items():
            theirs = reference[group][name][short]
            assert near(ours.figure(f"groups.{group}.{measure}.{rate}"), theirs), (measure, rate)


@pytest.mark.parametrize(("path", "name"), INTERVALS.items())
def test_intervals(both: tuple[Scores, dict[str, Any]], path: str, name: str) -> None:
    ours, reference = both
    low, high = ours.intervals[path]
    assert near(low, reference["ci95"][name][0])
    assert near(high, reference["ci95"][name][1])


def test_runs_are_as_many_as_a_labeller_is_trained_on(gold: list[GoldArticle]) -> None:
    """They were compared one by one with the labels of training: all equal (docs/evaluation.md)."""
    runs = Counter(
        role for article in gold for role, _, _ in labelled_runs(article.text, article.attributions)
    )
    assert runs == {"content": 2495, "source": 1952, "cue": 2192}
