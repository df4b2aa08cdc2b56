"""Fit the confidence: the probability that a quotation's content and source are both right.

Runs the shipped extractor on the development articles, compares with the gold, fits the model of
quotes/nlp/confidence.py, and says how good it is on articles that it was not fitted on. Writes
`calibration.json`, `confidence.json` (the figures) and `reliability.svg` to the model's folder.
"""

import argparse
import gzip
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from quotes.nlp.confidence import evidence_of
from quotes.nlp.document import Act, Document, Span
from quotes.nlp.encoder import CALIBRATION, DIRECTORY
from quotes.nlp.evaluation.counting import align
from quotes.nlp.evaluation.units import ROLES, Attribution, GoldArticle, predicted, source_is_right
from quotes.nlp.pipeline import Extractor
from quotes.nlp.training.confidence_figures import Bin, bins, interval, quality, threshold_for
from quotes.nlp.training.logistic import (
    Doubles,
    Fitted,
    Flags,
    Numbers,
    chosen,
    folds,
    held_out,
)
from quotes.nlp.training.polnear import corpus_file
from quotes.nlp.training.reliability_plot import plot
from quotes.nlp.training.tagger_export import write_manifest

FIGURES, PLOT = "confidence.json", "reliability.svg"
OUTER_FOLDS, REPEATS = 10, 5
# Of speech at or above the threshold 95 % shall be right. A threshold that gives a share on some
# articles gives a little less on others, so half a point more is asked for where it is chosen.
ASKED = 0.955
CURVE = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
DIGITS = 4
_log = logging.getLogger(__name__)


class Judged(NamedTuple):
    """A quotation with its evidence, and whether it is right by the gold.

    `evidence` is None for what did not come from the network but from layout: it keeps its
    `confidence`. `speech` is what the extractor says; `gold_speech` that it was found for gold
    whose cue is one of speech.
    """

    article: str
    evidence: dict[str, float] | None
    confidence: float
    right: bool
    speech: bool
    gold_speech: bool


@dataclass(frozen=True)
class Sample:
    """All judged quotations as columns; `names` are those of the evidence, `sought` gold speech.

    `rated` says which are rated by their evidence; the others, with rows of zeros, are as `stated`.
    """

    names: list[str]
    rows: Doubles
    rated: Flags
    stated: Doubles
    right: Flags
    speech: Flags
    gold_speech: Flags
    articles: list[str]
    sought: int


class Held(NamedTuple):
    """Predictions for articles held out: their probabilities, and what a held-out threshold keeps.

    `kept` says which are at or above a threshold that was chosen without their article.
    """

    chances: Doubles
    kept: Flags


def gold_articles(data: Path, split: str) -> Iterator[GoldArticle]:
    """Yield the articles of a PolNeAR split with what their annotators struck out."""
    with gzip.open(corpus_file(data, split), "rt", encoding="utf-8") as lines:
        for raw in map(json.loads, lines):
            items = tuple(
                Attribution(**{role: _spans(item[role]) for role in ROLES})
                for item in raw["attributions"]
            )
            discards = _spans(raw["discards"])
            yield GoldArticle(id=raw["id"], text=raw["text"], attributions=items, discards=discards)


def _spans(pairs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start=start, end=end) for start, end in pairs)


def judged(article: GoldArticle, doc: Document) -> tuple[list[Judged], int]:
    """Return the quotations of a document that can be judged, and how much speech was to be found.

    Right is what quotes/nlp/evaluation/ counts as right: content matched one to one, source right.
    """
    given = predicted(doc)
    aligned = align(article, given)
    gold_of = {found: gold for gold, found in aligned.pairs.items()}
    quotations = {id(item): q for item, q in zip(given, doc.quotations, strict=True)}
    rows = []
    for number, item in enumerate(aligned.found):
        quotation = quotations[id(aligned.found_given[number])]
        signals = quotation.signals
        gold = aligned.gold[gold_of[number]] if number in gold_of else None
        right = gold is not None and source_is_right(gold, item)
        rows.append(
            Judged(
                article=article.id,
                evidence=evidence_of(doc, quotation, signals) if signals else None,
                confidence=quotation.confidence,
                right=right,
                speech=quotation.act is Act.SPEECH,
                gold_speech=gold is not None and gold.speech,
            )
        )
    return rows, sum(item.speech for item in aligned.gold)


def sample_of(pairs: Iterable[tuple[GoldArticle, Document]]) -> Sample:
    """Return the quotations of articles and what was extracted; ValueError if none has signals."""
    rows: list[Judged] = []
    sought = 0
    for article, doc in pairs:
        own, speech = judged(article, doc)
        rows, sought = rows + own, sought + speech
    known = [row.evidence for row in rows if row.evidence]
    if not known:
        raise ValueError("the tagger found no quotation: nothing to fit the confidence on")
    names = sorted(known[0])
    nothing = dict.fromkeys(names, 0.0)
    return Sample(
        names=names,
        rows=np.array([[(row.evidence or nothing)[name] for name in names] for row in rows]),
        rated=np.array([row.evidence is not None for row in rows]),
        stated=np.array([row.confidence for row in rows]),
        right=np.array([row.right for row in rows]),
        speech=np.array([row.speech for row in rows]),
        gold_speech=np.array([row.gold_speech for row in rows]),
        articles=[row.article for row in rows],
        sought=sought,
    )


def held_out_chances(sample: Sample, fold: Numbers, salt: str = "") -> Held:
    """Return predictions for each fold by a model, ridge and threshold chosen on the others."""
    chances, kept = sample.stated.copy(), np.zeros(len(sample.right), bool)
    for here, there in held_out(fold):
        fitted, threshold = fitted_on(sample, here, salt)
        rated = there & sample.rated
        chances[rated] = fitted.chances(sample.rows[rated])
        kept[there] = sample.speech[there] & (chances[there] >= threshold)
    return Held(chances, kept)


def fitted_on(sample: Sample, here: Flags, salt: str = "") -> tuple[Fitted, float]:
    """Return the model that the quotations `here` give, and the threshold for speech."""
    which = here & sample.rated
    groups = [name for name, inside in zip(sample.articles, which, strict=True) if inside]
    fitted, inner = chosen(sample.rows[which], sample.right[which], groups, salt)
    chances = sample.stated.copy()
    chances[which] = inner
    speech = here & sample.speech
    return fitted, threshold_for(chances[speech], sample.right[speech], ASKED)


def kept_figures(sample: Sample, kept: Flags) -> dict[str, float]:
    """Return what keeping only `kept` gives: its precision, and its recall of gold speech."""
    right = int((kept & sample.right).sum())
    low, high = interval(right, max(1, int(kept.sum())))
    return {
        "quotations": int(kept.sum()),
        "precision": right / max(1, int(kept.sum())),
        "precision_low": low,
        "precision_high": high,
        "recall": int((kept & sample.right & sample.gold_speech).sum()) / max(1, sample.sought),
        "share_of_right_speech": right / max(1, int((sample.speech & sample.right).sum())),
    }


def measured(sample: Sample) -> tuple[dict[str, Any], dict[str, list[Bin]]]:
    """Return the figures, means over repeated divisions into folds, and bins for the plot.

    ValueError if there are too few articles to be divided.
    """
    count = len(set(sample.articles))
    if count < OUTER_FOLDS:
        raise ValueError(f"{count} articles with quotations: {OUTER_FOLDS} are needed to hold out")
    held = [
        held_out_chances(sample, folds(sample.articles, OUTER_FOLDS, salt), salt)
        for salt in map(str, range(REPEATS))
    ]
    everything, speech = np.ones(len(sample.right), bool), sample.speech
    figures: dict[str, Any] = {
        "articles": count,
        "folds": OUTER_FOLDS,
        "repeats": REPEATS,
        "all": _mean([_quality(sample, one.chances, everything) for one in held]),
        "speech": _mean([_quality(sample, one.chances, speech) for one in held]),
        "attitude": _mean([_quality(sample, one.chances, ~speech) for one in held]),
        "other_publishers": _quality(sample, *_by_publisher(sample)),
        "speech_kept_at_95": _mean([kept_figures(sample, one.kept) for one in held]),
        "speech_from": {
            str(low): _mean([kept_figures(sample, speech & (h.chances >= low)) for h in held])
            for low in CURVE
        },
    }
    first = held[0].chances
    return figures, {
        "All quotations": list(bins(first, sample.right, equal_mass=True)),
        "Speech": list(bins(first[speech], sample.right[speech], equal_mass=True)),
    }


def _quality(sample: Sample, chances: Doubles, which: Flags) -> dict[str, float]:
    return quality(chances[which], sample.right[which])


def _by_publisher(sample: Sample) -> tuple[Doubles, Flags]:
    """Return predictions for each publisher by a model fitted on the others: for unlike text.

    Says of which quotations: of none if all are of one publisher.
    """
    publishers = [name.partition("_")[0] for name in sample.articles]
    names, fold = np.unique(publishers, return_inverse=True)
    which = np.full(len(fold), len(names) > 1)
    return held_out_chances(sample, fold).chances if which.all() else np.zeros(len(fold)), which


def _mean(figures: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([one[name] for one in figures])) for name in figures[0]}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return round(value, DIGITS) if isinstance(value, float) else value


def as_model(fitted: Fitted, names: Sequence[str]) -> dict[str, Any]:
    """Return what quotes/nlp/confidence.py reads."""
    ranges = np.round(np.column_stack([fitted.low, fitted.high]), DIGITS).tolist()
    return {
        "bias": round(fitted.intercept, 6),
        "weights": dict(zip(names, np.round(fitted.slopes, 6).tolist(), strict=True)),
        "ranges": dict(zip(names, ranges, strict=True)),
        "ridge": fitted.ridge,
    }


def fit(sample: Sample, directory: Path) -> dict[str, Any]:
    """Fit on the whole sample, write the files and the manifest; return the figures."""
    figures, binned = measured(sample)
    fitted, threshold = fitted_on(sample, np.ones(len(sample.right), bool))
    figures["ridge"] = fitted.ridge
    figures["speech_threshold"] = threshold
    figures = {name: _rounded(value) for name, value in figures.items()}
    _write(directory / CALIBRATION, as_model(fitted, sample.names))
    _write(directory / FIGURES, {**figures, "bins": binned})
    (directory / PLOT).write_text(plot(binned), encoding="utf-8")
    write_manifest(directory, calibration={"figures": FIGURES, **figures["all"]})
    return figures


def _write(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _extracted(articles: Sequence[GoldArticle]) -> Iterator[tuple[GoldArticle, Document]]:
    docs = Extractor().batch(article.text for article in articles)
    for number, (article, doc) in enumerate(zip(articles, docs, strict=True), start=1):
        _log.info("%d of %d articles: %s", number, len(articles), article.id)
        yield article, doc


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--out", type=Path, default=DIRECTORY, help="folder of the model's files")


def main(options: argparse.Namespace) -> None:
    """Run the command; prints one JSON object."""
    articles = sorted(gold_articles(options.data, "dev"), key=lambda article: article.id)
    figures = fit(sample_of(_extracted(articles)), options.out)
    print(json.dumps(figures, indent=1))  # noqa: T201 - the command's result
