"""Fit the tagger's confidence: the probability that a quotation's content and source are right.

A logistic regression on the features of quotes/nlp/quotations.py, fitted on half of the
development articles (by hash of their id) and measured on the other half.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from quotes.nlp.document import Document, Span
from quotes.nlp.encoder import CALIBRATION, DIRECTORY
from quotes.nlp.marks import kind_of, mark_pairs, word_tokens
from quotes.nlp.quotations import Draft, drafts_of, features
from quotes.nlp.tagger import Tagger
from quotes.nlp.training.polnear import Article, Attribution, Range, load
from quotes.nlp.training.tagger_export import write_manifest

Doubles = npt.NDArray[np.float64]
RIDGE, STEPS, BINS = 1.0, 30, 10
MATCH = 0.5
Row = tuple[dict[str, float], bool]


def starts(text: str, ranges: Sequence[Range]) -> frozenset[int]:
    """Return where the words of `ranges` begin."""
    spans = [Span(start=start, end=end) for start, end in ranges]
    return frozenset(word.start for word in word_tokens(text, spans))


def rows_of(tagger: Tagger, article: Article) -> Iterator[Row]:
    """Yield the features of every quotation found, and whether content and source are right."""
    text = article.text
    drafts = drafts_of(text, tagger.found(Document(text=text)), mark_pairs(text))
    contents = [starts(text, [(s.start, s.end) for s in d.content]) for d in drafts]
    matched = _matches(text, contents, article.attributions)
    for number, (draft, content) in enumerate(zip(drafts, contents, strict=True)):
        # PolNeAR counts a quotation that goes on in the next paragraph to the one before it.
        candidates = article.attributions if draft.continues else [matched.get(number)]
        right = any(
            gold is not None and source_is_right(text, draft, gold) and _within(text, content, gold)
            for gold in candidates
        )
        yield features(draft, kind_of(draft.content, text)), right


def _matches(
    text: str, contents: Sequence[frozenset[int]], gold: Sequence[Attribution]
) -> dict[int, Attribution]:
    """Pair contents with gold attributions, one to one, the most alike first (Jaccard)."""
    pairs: list[tuple[float, int, int]] = []
    for j, item in enumerate(gold):
        words = starts(text, item["content"])
        for i, content in enumerate(contents):
            likeness = len(words & content) / max(1, len(words | content))
            if likeness >= MATCH:
                pairs.append((-likeness, i, j))
    taken: dict[int, int] = {}
    for _, i, j in sorted(pairs):
        if i not in taken and j not in taken.values():
            taken[i] = j
    return {i: gold[j] for i, j in taken.items()}


def _within(text: str, content: frozenset[int], gold: Attribution) -> bool:
    """Say whether most of the content is the gold attribution's."""
    return 2 * len(content & starts(text, gold["content"])) > len(content)


def source_is_right(text: str, draft: Draft, gold: Attribution) -> bool:
    """Say whether half of the gold source is in the draft's, or both have none."""
    source = draft.source or draft.continues
    wanted = starts(text, gold["source"])
    found = starts(text, [(source.start, source.end)] if source else [])
    return 2 * len(wanted & found) >= len(wanted) if wanted else not found


def fit(rows: Sequence[Row]) -> tuple[dict[str, float], float]:
    """Return the weights by feature and the bias of a ridge logistic regression (Newton)."""
    names = sorted(rows[0][0])
    inputs, targets = _matrix(rows, names)
    penalty = np.diag([RIDGE] * len(names) + [0.0])
    weights = np.zeros(len(names) + 1)
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (chance - targets) + penalty @ weights
        curvature = (inputs.T * (chance * (1.0 - chance))) @ inputs + penalty
        weights -= np.linalg.solve(curvature, gradient)
    return dict(zip(names, weights.tolist(), strict=False)), float(weights[-1])


def _matrix(rows: Sequence[Row], names: Sequence[str]) -> tuple[Doubles, Doubles]:
    inputs = np.array([[*(values[name] for name in names), 1.0] for values, _ in rows])
    return inputs, np.array([float(right) for _, right in rows])


def expected_calibration_error(chances: Doubles, right: Doubles) -> float:
    """Return the mean gap of stated and observed frequency over ten equal bins, by their size."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = [
        abs(chances[bins == b].sum() - right[bins == b].sum())
        for b in range(BINS)
        if (bins == b).any()
    ]
    return float(sum(gaps) / max(1, len(chances)))


def is_fitting_half(article: Article) -> bool:
    """Say whether the article is in the half on which the model is fitted."""
    return hashlib.sha256(article.id.encode()).digest()[0] % 2 == 0


def calibrate(tagger: Tagger, articles: Sequence[Article], directory: Path) -> dict[str, float]:
    """Fit, write `calibration.json`, renew the manifest; return what was measured."""
    halves: dict[bool, list[Row]] = {True: [], False: []}
    for article in articles:
        halves[is_fitting_half(article)] += rows_of(tagger, article)
    weights, bias = fit(halves[True])
    inputs, right = _matrix(halves[False], sorted(weights))
    chances = 1.0 / (
        1.0 + np.exp(-inputs @ np.array([*(weights[n] for n in sorted(weights)), bias]))
    )
    measured = {
        "fitted_on": len(halves[True]),
        "measured_on": len(halves[False]),
        "right": round(float(right.mean()), 4),
        "mean_confidence": round(float(chances.mean()), 4),
        "expected_calibration_error": round(expected_calibration_error(chances, right), 4),
        "brier": round(float(np.mean((chances - right) ** 2)), 4),
    }
    rounded = {name: round(value, 4) for name, value in weights.items()}
    content = {"bias": round(bias, 4), "weights": rounded, "measured": measured}
    (directory / CALIBRATION).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    write_manifest(directory, calibration=measured)
    return measured


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--model", type=Path, default=DIRECTORY, help="folder of the model's files")


def main(options: argparse.Namespace) -> None:
    """Run the command; prints one JSON object."""
    measured = calibrate(Tagger(options.model), load(options.data, "dev"), options.model)
    print(json.dumps(measured, indent=1))  # noqa: T201 - the command's result
