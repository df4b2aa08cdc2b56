"""How well extraction does by what the source is: a name, a pronoun, a description, a document.

Runs the shipped extractor on PolNeAR's development articles. What a mention is, quotes/nlp/mentions
says of its words; the gold's mentions are read in the extractor's own parse, so a misread word
moves an attribution to another row. Intervals are over articles, drawn again and again.
"""

import argparse
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from quotes.nlp import lexicon, mentions
from quotes.nlp.document import Document
from quotes.nlp.evaluation.counting import align
from quotes.nlp.evaluation.units import Attribution, GoldArticle, predicted, source_is_right
from quotes.nlp.grammar import Grammar
from quotes.nlp.mentions import Form
from quotes.nlp.pipeline import Extractor
from quotes.nlp.training.confidence_fit import gold_articles
from quotes.params import EVALUATION, EvaluationParams

logger = logging.getLogger(__name__)

_COUNTED = ("gold", "found", "right", "given", "given_right")
DIGITS = 1


class Type(StrEnum):
    """What the source of an attribution is."""

    NAME = "name"
    PRONOUN = "pronoun"
    DESCRIPTION = "description"
    DOCUMENT = "document"
    NONE = "none"


TYPES = tuple(Type)
_FORMS = {
    Form.NAME: Type.NAME,
    Form.JOINT: Type.NAME,
    Form.PRONOUN: Type.PRONOUN,
    Form.DESCRIPTION: Type.DESCRIPTION,
}


def type_of(grammar: Grammar, attribution: Attribution) -> Type:
    """Return what the source of an attribution is, by its first span."""
    if not attribution.source:
        return Type.NONE
    mention = mentions.read(grammar, attribution.source[0])
    if mention.form is Form.DESCRIPTION and lexicon.document_medium(mention.noun):
        return Type.DOCUMENT
    return _FORMS[mention.form]


def counted(article: GoldArticle, doc: Document) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the counts of one article, a row for each type, a column for each thing counted.

    Counted are the gold's attributions, those of them that were found and had the right source,
    and by the type of their own source the predictions and those of them that are right.
    """
    grammar = Grammar(doc)
    aligned = align(article, predicted(doc))
    table = np.zeros((len(TYPES), len(_COUNTED)), dtype=np.int64)
    for number, given in enumerate(aligned.gold_given):
        row = table[TYPES.index(type_of(grammar, given))]
        row[0] += 1
        if number in aligned.pairs:
            row[1] += 1
            row[2] += source_is_right(aligned.gold[number], aligned.found[aligned.pairs[number]])
    gold_of = {found: gold for gold, found in aligned.pairs.items()}
    for number, given in enumerate(aligned.found_given):
        row = table[TYPES.index(type_of(grammar, given))]
        row[3] += 1
        if number in gold_of:
            row[4] += source_is_right(aligned.gold[gold_of[number]], aligned.found[number])
    return table


def rates(counts: Any) -> dict[str, Any]:
    """Return per cent by name from counts whose last axis is what is counted; 0 of nothing."""
    gold, found, right, given, given_right = np.moveaxis(np.asarray(counts, dtype=float), -1, 0)

    def share(part: Any, whole: Any) -> Any:
        return 100 * np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)

    precision, recall = share(given_right, given), share(right, gold)
    return {
        "found": share(found, gold),
        "source_right": share(right, found),
        "precision": precision,
        "recall": recall,
        "f1": share(2 * precision * recall / 100, precision + recall),
    }


def figures(
    tables: Sequence[np.ndarray[Any, np.dtype[np.int64]]], *, params: EvaluationParams = EVALUATION
) -> dict[str, dict[str, Any]]:
    """Return the figures by type: numbers, and per cent with 95 % intervals over articles.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), percentile intervals.
    """
    stacked = np.stack(tables)
    draw = np.random.default_rng(params.bootstrap_seed)
    picks = draw.integers(len(tables), size=(params.bootstrap_rounds, len(tables)))
    drawn = rates(np.stack([stacked[pick].sum(0) for pick in picks]))
    total = stacked.sum(0)
    whole = rates(total)
    tail = 50 * (1 - params.interval_share)
    ends = {k: np.percentile(v, [tail, 100 - tail], axis=0) for k, v in drawn.items()}
    return {
        kind.value: {
            "gold": int(total[row, 0]),
            "predicted": int(total[row, 3]),
            **{name: _with_interval(whole[name][row], ends[name][:, row]) for name in whole},
        }
        for row, kind in enumerate(TYPES)
    }


def _with_interval(value: float, ends: Any) -> list[float]:
    return [round(float(one), DIGITS) for one in (value, *ends)]


def _extracted(articles: Sequence[GoldArticle]) -> Iterator[tuple[GoldArticle, Document]]:
    docs = Extractor().batch(article.text for article in articles)
    for number, (article, doc) in enumerate(zip(articles, docs, strict=True), start=1):
        logger.info("%d of %d articles: %s", number, len(articles), article.id)
        yield article, doc


def measured(pairs: Iterable[tuple[GoldArticle, Document]]) -> dict[str, Any]:
    """Return the figures of extracted articles; ValueError if there is none."""
    tables = [counted(article, doc) for article, doc in pairs]
    if not tables:
        raise ValueError("no article to measure on")
    return {"articles": len(tables), "types": figures(tables)}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--out", type=Path, required=True, help="JSON file for the figures")


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    articles = sorted(gold_articles(options.data, "dev"), key=lambda article: article.id)
    found = measured(_extracted(articles))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
