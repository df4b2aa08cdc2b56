"""Scores of a folder of Stanza models: treebanks from raw text, entities on given tokens.

The raw text of a treebank is its sentences joined by single spaces, one line a paragraph, so that
tokenizer, corrections, tagger and parser are measured together, each on what the one before made.
"""

import gzip
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from stanza.models.common.utils import ud_scores

from quotes.nlp.parse import Parser
from quotes.nlp.training import stanza_mentions
from quotes.nlp.training.stanza_data import entity_sentences

TREEBANKS = ("ud-pud-test", "ud-gum-test", "ud-ewt-test")
ENTITIES = "ner-worldwide-dev"
NAMES = "gum-coref-dev"
_METRICS = ("Tokens", "Sentences", "Words", "UPOS", "XPOS", "UFeats", "Lemmas", "UAS", "LAS")

Figures = dict[str, float]
Entity = tuple[int, int, int, str]  # sentence, first token, token after the last, class


def evaluate(models: Path, data: Path, *, corrections: bool = True) -> dict[str, Figures]:
    """Return F1 in per cent by data set and metric for the models in a folder.

    `data` holds the packed corpora; `corrections` switches the rules of `quotes.nlp.boundaries`.
    """
    parser = Parser(directory=models, corrections=corrections)
    figures = {name: treebank(parser, data / f"{name}.conllu.gz") for name in TREEBANKS}
    figures[ENTITIES] = entities(parser, data / f"{ENTITIES}.tsv.gz")
    return {**figures, NAMES: names(parser, data / f"{NAMES}.conllu.gz")}


def treebank(parser: Parser, gold: Path) -> Figures:
    """Return the CoNLL 2018 scores (F1, per cent) of a parser on a treebank's raw text."""
    lines = gzip.decompress(gold.read_bytes()).decode("utf-8")
    documents = parser.annotate(list(raw_paragraphs(lines.splitlines())))
    with tempfile.TemporaryDirectory() as folder:
        predicted, plain = Path(folder, "predicted.conllu"), Path(folder, "gold.conllu")
        plain.write_text(lines, "utf-8")
        with predicted.open("w", encoding="utf-8") as out:
            for document in documents:
                out.write(f"{document:C}\n\n")
        scores = ud_scores(str(plain), str(predicted))
    return {name: round(100 * scores[name].f1, 2) for name in _METRICS}


def raw_paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """Yield the text of each paragraph of a CoNLL-U file, its sentences joined by spaces."""
    sentences: list[str] = []
    for line in lines:
        if line.startswith(("# newdoc", "# newpar")) and sentences:
            yield " ".join(sentences)
            sentences = []
        elif line.startswith("# text = "):
            sentences.append(line.removeprefix("# text = ").strip())
    if sentences:
        yield " ".join(sentences)


def entities(parser: Parser, gold: Path) -> Figures:
    """Return exact F1 (per cent) of entities on given tokens: overall ("F1") and by class."""
    lines = gzip.decompress(gold.read_bytes()).decode("utf-8").splitlines()
    sentences = list(entity_sentences(lines))
    tags = parser.label([[token["text"] for token in sentence] for sentence in sentences])
    wanted = set(spans([[token["ner"] for token in sentence] for sentence in sentences]))
    return by_class(wanted, set(spans(tags)))


def names(parser: Parser, gold: Path) -> Figures:
    """Return exact F1 of named persons, places and organizations on GUM's own words."""
    lines = gzip.decompress(gold.read_bytes()).decode("utf-8").splitlines()
    sentences = list(stanza_mentions.read(lines))
    wanted = {(n, *mention) for n, s in enumerate(sentences) for mention in s.named()}
    tagged = parser.label([sentence.words for sentence in sentences])
    found = {
        (n, *sentences[n].trimmed(start, end), stanza_mentions.COUNTED[kind])
        for n, start, end, kind in spans(tagged)
        if kind in stanza_mentions.COUNTED
    }
    return by_class(wanted, found)


def by_class(wanted: set[Entity], found: set[Entity]) -> Figures:
    """Return F1 over all entities ("F1") and for each class."""
    classes = sorted({entity[3] for entity in wanted | found})
    each = {
        c: f1({e for e in wanted if e[3] == c}, {e for e in found if e[3] == c}) for c in classes
    }
    return {"F1": f1(wanted, found), **each}


def spans(tagged: Iterable[list[str]]) -> Iterator[Entity]:
    """Yield the entities of sentences tagged in BIO or BIOES."""
    for number, tags in enumerate(tagged):
        start = 0
        for i, tag in enumerate([*tags, "O"]):
            opened = i > start and tags[start] != "O"
            goes_on = opened and tag[:2] in {"I-", "E-"} and tag[2:] == tags[start][2:]
            if not goes_on:
                if opened:
                    yield number, start, i, tags[start][2:]
                start = i


def f1(wanted: set[Entity], found: set[Entity]) -> float:
    """Return the harmonic mean of precision and recall in per cent; 0 where nothing is shared."""
    return round(200 * len(wanted & found) / max(1, len(wanted) + len(found)), 2)


def table(figures: dict[str, Figures]) -> str:
    """Return figures as lines of text, one data set a line."""
    return "\n".join(
        f"{name}: " + "  ".join(f"{metric} {value:.2f}" for metric, value in row.items())
        for name, row in figures.items()
    )


def write(figures: dict[str, Any], path: Path) -> None:
    """Write figures as JSON."""
    path.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
