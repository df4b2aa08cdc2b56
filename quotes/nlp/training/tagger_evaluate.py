"""Score a quotation tagger on a PolNeAR split: exact F1 of spans, as CofeNet counts them.

Each fragment of a discontinuous span counts by itself. Also writes the quotations as JSON lines,
one article a line, for scorers of whole attributions.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from quotes.nlp.decoding import ROLES
from quotes.nlp.document import Document, Span
from quotes.nlp.encoder import DIRECTORY, TOKENIZER
from quotes.nlp.tagger import Tagger
from quotes.nlp.training.polnear import Article, labels, load
from quotes.nlp.wordpieces import WordpieceReader

Labelled = tuple[str, int, int]


def gold_spans(article: Article, reader: WordpieceReader) -> set[Labelled]:
    """Return the labelled spans as (role, start, end) in code points."""
    chunks = reader(article.text)
    _, spans = labels(article, chunks)
    return {
        (s.role, chunks[s.chunk].starts[s.first], chunks[s.chunk].word_end(s.last)) for s in spans
    }


def exact_f1(pairs: Iterable[tuple[set[Labelled], set[Labelled]]]) -> dict[str, dict[str, float]]:
    """Return precision, recall and F1 in per cent by role, from (gold, predicted) of articles."""
    counts: Counter[tuple[str, str]] = Counter()
    for gold, predicted in pairs:
        for role in ROLES:
            counts[role, "gold"] += sum(span[0] == role for span in gold)
            counts[role, "predicted"] += sum(span[0] == role for span in predicted)
            counts[role, "right"] += sum(span[0] == role for span in gold & predicted)
    return {
        role: _scores(*(counts[role, k] for k in ("right", "predicted", "gold"))) for role in ROLES
    }


def _scores(right: int, predicted: int, gold: int) -> dict[str, float]:
    precision, recall = right / max(1, predicted), right / max(1, gold)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    values = {"precision": precision, "recall": recall, "f1": f1}
    return {name: round(100 * value, 1) for name, value in values.items()}


def evaluate(
    tagger: Tagger, reader: WordpieceReader, articles: Sequence[Article]
) -> dict[str, dict[str, float]]:
    """Return the exact scores of `tagger` on `articles`."""
    return exact_f1(
        (
            gold_spans(article, reader),
            {(p.role, p.span.start, p.span.end) for p in tagger.spans(Document(text=article.text))},
        )
        for article in articles
    )


def write_predictions(tagger: Tagger, articles: Sequence[Article], file: Path) -> None:
    """Write the quotations of `articles` to `file`, one article a line."""
    docs = tagger.batch([Document(text=article.text) for article in articles])
    with file.open("w", encoding="utf-8") as lines:
        for article, doc in zip(articles, docs, strict=True):
            quotes = [
                {
                    "content": _pairs(q.content),
                    "cue": _pairs(q.cue),
                    "source": _pairs(q.source),
                    "kind": q.kind,
                    "confidence": round(q.confidence, 4),
                }
                for q in doc.quotations
            ]
            lines.write(json.dumps({"id": article.id, "quotes": quotes}) + "\n")


def _pairs(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--split", default="dev", choices=("train", "dev"))
    parser.add_argument("--model", type=Path, default=DIRECTORY, help="folder of the model's files")
    parser.add_argument("--out", type=Path, help="file for the quotations, as JSON lines")


def main(options: argparse.Namespace) -> None:
    """Run the command; prints one JSON object."""
    tagger = Tagger(options.model)
    articles = load(options.data, options.split)
    scores = evaluate(tagger, WordpieceReader(options.model / TOKENIZER), articles)
    print(json.dumps(scores, indent=1))  # noqa: T201 - the command's result
    if options.out:
        write_predictions(tagger, articles, options.out)
