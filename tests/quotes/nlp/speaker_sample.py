"""Quotations of PolNeAR's training articles, labelled by hand with their speakers.

    python -m tests.quotes.nlp.speaker_sample draw tune|check|hard
    python -m tests.quotes.nlp.speaker_sample show tune|check|hard
    python -m tests.quotes.nlp.speaker_sample measure tune|check|hard|dev ...
                                  [--given-spans] [--sure] [--errors N] [--parsed FOLDER]

`draw` prints the attributions to label, one JSON object a line: article, attribution id, spans.
`show` prints the same for the reader: each article with its drawn attributions marked. `measure`
attributes the labelled articles and prints how often the speaker is the right one, for all and by
the kind of mention. By default the shipped extractor finds the quotations; with --given-spans it
is given the corpus' own, so that attribution is looked at alone. --errors prints the first N wrong
speakers, though not of `check`, which is to be measured on and not looked at. --parsed keeps the
articles as they were before attribution in a folder outside the project, for rules that are
changed and measured again; it is for the same models only, as they are when it is first used.

The labels, without any text of the articles, are speaker_labels_*.tsv; how they were made and what
was measured is docs/decisions/0017-speaker-gold.md. What counts as right, and which prediction
belongs to which quotation, is decided by ../shared/eval/score_speakers.py, beside the project,
which also has the development gold `dev`.
"""

import argparse
import importlib.util
import json
import pickle
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from quotes.nlp.attribution import attribute
from quotes.nlp.document import Act, Document, Quotation, Span
from quotes.nlp.language import read_english
from quotes.nlp.marks import kind_of
from quotes.nlp.parse import Parser
from quotes.nlp.pipeline import as_json
from quotes.nlp.reading import read_plainly
from quotes.nlp.tagger import Tagger
from quotes.params import DEFAULTS, EVALUATION, EvaluationParams
from tests.quotes.nlp.act_sample import SHARED, articles, content_sha256, table

EVAL = SHARED.parent / "eval"
SEED = 17
SPLITS = {"tune": (0, 28), "check": (28, 56)}  # of the articles drawn, from where to where
MOST = 12  # attributions of one article
SURE = 0.9  # a confidence from which a speaker is stated as certain

# How many of each kind of source "hard" has, and what it is drawn from.
HARD = {"pronoun": 26, "described": 20, "joint": 14}
PRONOUNS = frozenset({"he", "she", "they", "who", "his", "her", "their"})
COMMON_CUE = re.compile(
    r"\b(sa(id|ys|y|ying)|told|tells|wrote|tweeted|according to|asked|added|argued|called|announced"
    r"|noted|claimed|insisted|promised|warned|responded|declared)\b"
)
NAMES = (*SPLITS, "hard")

Gold = dict[str, Any]  # as a line of the development gold


class Labelled(NamedTuple):
    """One row of a table of labels. `members` are those of joint speakers, "~" before unnamed ones.

    `scope` is "speech" or "other"; only speech has the labels that follow, the rest has "-".
    """

    article: str
    attribution: str
    content: str
    sha256: str
    scope: str
    mention: str
    entity: str
    kind: str
    speaker: str
    aliases: str
    full_forms: str
    members: str
    confidence: str

    @property
    def spans(self) -> list[list[int]]:
        return [[int(end) for end in span.split("-")] for span in self.content.split(",")]


def labels(name: str) -> list[Labelled]:
    """Return the rows of the table of a name in NAMES, in the order of the draw."""
    return [Labelled(*row) for row in table(f"speaker_labels_{name}.tsv")]


# ---------------------------------------------------------------------- drawing
def draw(name: str) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield the articles of "tune", "check" or "hard", each with its attributions to label.

    56 articles are drawn from those with an attribution, the first half for "tune", the others for
    "check". Of each, up to MOST attributions are drawn, with a generator of its own, and kept in
    the corpus' order. "hard" has one attribution of each of 60 other articles, drawn from those
    with a common cue of speech whose source is a pronoun, a description, or has an "and" in it.
    """
    if name == "hard":
        yield from _hard()
        return
    start, end = SPLITS[name]
    for article in _chosen()[start:end]:
        found = _attributions(article)
        random = Random(f"{SEED} {article['id']}")  # noqa: S311  a sample, no secret
        chosen = random.sample(range(len(found)), min(MOST, len(found)))
        yield article, [found[number] for number in sorted(chosen)]


def _chosen() -> list[dict[str, Any]]:
    """Return the articles of "tune" and "check"."""
    population = [article for article in articles("train") if _attributions(article)]
    random = Random(SEED)  # noqa: S311  a sample, no secret
    return random.sample(population, max(end for _, end in SPLITS.values()))


def _hard() -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    used = {article["id"] for article in _chosen()}
    strata: dict[str, list[tuple[dict[str, Any], dict[str, Any]]]] = {name: [] for name in HARD}
    for article in articles("train"):
        for item in _attributions(article) if article["id"] not in used else ():
            cue, source = (_words(article["text"], item[key]) for key in ("cue", "source"))
            if COMMON_CUE.search(cue) and (name := _stratum(source)):
                strata[name].append((article, item))
    for name, most in HARD.items():
        random, left = Random(f"{SEED} {name}"), most  # noqa: S311  a sample, no secret
        for article, item in random.sample(strata[name], len(strata[name])):
            if left and article["id"] not in used:
                used.add(article["id"])
                left -= 1
                yield article, [item]


def _words(text: str, spans: Iterable[Sequence[int]]) -> str:
    return " ".join(text[start:end] for start, end in spans)


def _stratum(source: str) -> str | None:
    """Return which part of "hard" a source belongs to, by its letters; None if to none."""
    words, capitals = source.split(), sum(letter.isupper() for letter in source)
    if source.lower() in PRONOUNS:
        return "pronoun"
    if words[:1] in (["the"], ["The"]) and len(words) <= 4 and source[1:] == source[1:].lower():
        return "described"
    return "joint" if "and" in words[1:-1] and capitals >= 3 and len(words) <= 12 else None


def _attributions(article: dict[str, Any]) -> list[dict[str, Any]]:
    return [item for item in article["attributions"] if item["content"]]


def _drawn(name: str) -> Iterator[str]:
    for article, found in draw(name):
        for item in found:
            spans = {key: item[key] for key in ("id", "source", "cue", "content")}
            yield json.dumps({"article": article["id"], **spans})


def _shown(name: str) -> Iterator[str]:
    for article, found in draw(name):
        yield f"##### {article['id']} by {article['author']}\n{marked(article['text'], found)}\n"


def marked(text: str, found: Iterable[dict[str, Any]]) -> str:
    """Return `text` with [content], {source} and <cue> of attributions marked with their ids."""
    marks = []
    for item in found:
        for key, brackets in (("content", "[]"), ("source", "{}"), ("cue", "<>")):
            for start, end in item[key]:
                marks.append((start, 1, -end, f"{brackets[0]}{item['id']}:"))
                marks.append((end, 0, -start, brackets[1]))
    pieces, last = [], 0
    for place, _, _, mark in sorted(marks):
        pieces += [text[last:place], mark]
        last = place
    return "".join([*pieces, text[last:]])


# ---------------------------------------------------------------------- gold
@cache
def scorer() -> ModuleType:
    """Return the module that says which speaker is right: score_speakers.py."""
    spec = importlib.util.spec_from_file_location("score_speakers", EVAL / "score_speakers.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    before = sys.dont_write_bytecode, list(sys.path)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode, sys.path[:] = before
    return module


def split_of(name: str) -> str:
    """Return the split of PolNeAR that a gold is about."""
    return "dev" if name == "dev" else "train"


def gold(name: str) -> list[Gold]:
    """Return the labelled quotations of NAMES or "dev", in the development gold's format.

    ValueError if the corpus is not the one that was labelled.
    """
    if name == "dev":
        return list(scorer().load_gold("dev"))
    corpus = {article["id"]: article for article in articles("train")}
    return [_gold(row, corpus[row.article]) for row in labels(name) if row.scope == "speech"]


def _gold(row: Labelled, article: dict[str, Any]) -> Gold:
    item = next(one for one in article["attributions"] if one["id"] == row.attribution)
    text = article["text"]
    if item["content"] != row.spans or content_sha256(text, row.spans) != row.sha256:
        raise ValueError(f"{row.article} {row.attribution} is another text than was labelled")
    found = {
        "id": row.article,
        "attribution": row.attribution,
        **{key: item[key] for key in ("content", "source", "cue")},
        "speaker": None if row.entity == "none" else row.speaker,
        "mention_type": row.mention,
        "kind": kind_of(_spans(row.spans), text).value,
        "entity": row.entity,
        "confidence": row.confidence,
        "aliases": _listed(row.aliases),
        "full_forms": _listed(row.full_forms),
        "split": "train",
    }
    members = [_member(name) for name in _listed(row.members)]
    return found | ({"members": members} if members else {})


def _listed(cell: str) -> list[str]:
    return [] if cell == "-" else cell.split("|")


def _member(name: str) -> dict[str, str]:
    return {"name": name.lstrip("~"), "entity": "generic" if name[:1] == "~" else "named"}


def _spans(pairs: Sequence[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start=start, end=end) for start, end in sorted(map(list, pairs)))


# ---------------------------------------------------------------------- attributing
def attributed(name: str, *, given: bool, folder: Path | None = None) -> dict[str, Document]:
    """Return the articles of a gold by id, with quotations and speakers.

    The quotations are the extractor's, or the corpus' own if `given`. `folder` keeps the articles
    as they were before attribution.
    """
    wanted = {one["id"] for one in gold(name)}
    found = [article for article in articles(split_of(name)) if article["id"] in wanted]
    kept = folder / f"{name}-{'given' if given else 'found'}.pickle" if folder else None
    if kept and kept.exists():
        ready = pickle.loads(kept.read_bytes())  # noqa: S301  written by the lines below
    else:
        ready = _given(found) if given else _found(found)
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(pickle.dumps(ready))

    def read(docs: Sequence[Document]) -> list[Document]:
        return [attribute(ready[doc.text]) for doc in docs]

    texts = [article["text"] for article in found]
    docs = [attribute(ready[text]) for text in texts] if given else _read(texts, read)
    return {article["id"]: doc for article, doc in zip(found, docs, strict=True)}


def _read(
    texts: Sequence[str], read: Callable[[Sequence[Document]], list[Document]]
) -> list[Document]:
    """Return what `read` makes of texts, shown to it as the extractor shows them to its models."""
    return read_english(texts, partial(read_plainly, read=read), DEFAULTS)


def _found(found: Sequence[dict[str, Any]]) -> dict[str, Document]:
    """Return the articles with the tagger's quotations, by the text that the models read."""
    tagger, ready = Tagger(), dict[str, Document]()
    parser = Parser(encoder=tagger.encoder)

    def read(docs: Sequence[Document]) -> list[Document]:
        parsed = list(parser.batch(*tagger.tag(docs)))
        ready.update((doc.text, doc) for doc in parsed)
        return parsed

    _read([article["text"] for article in found], read)
    return ready


def _given(found: Sequence[dict[str, Any]]) -> dict[str, Document]:
    """Return the articles with the corpus' quotations, by their text."""
    docs = Parser().batch([Document(text=article["text"]) for article in found])
    return {
        doc.text: doc.evolve(done="tagger", quotations=_quotations(article))
        for doc, article in zip(docs, found, strict=True)
    }


def _quotations(article: dict[str, Any]) -> tuple[Quotation, ...]:
    """Return the corpus' own attributions in the order of the text."""
    made = []
    for item in _attributions(article):
        content, cue, source = (_spans(item[key]) for key in ("content", "cue", "source"))
        kind = kind_of(content, article["text"])
        spans = {"content": content, "cue": cue, "source": source}
        made.append(Quotation(kind=kind, act=Act.SPEECH, confidence=1.0, **spans))
    return tuple(sorted(made, key=lambda q: min(s.start for s in (*q.content, *q.source, *q.cue))))


# ---------------------------------------------------------------------- measuring
class Judged(NamedTuple):
    """A labelled quotation, what was said of it (None if it was not found), and if that is right.

    `verdict` is "full" for the right full name, "partial" for a shorter right one, or "".
    """

    gold: Gold
    said: dict[str, Any] | None
    verdict: str

    @property
    def certain(self) -> bool:
        return self.said is not None and self.said["speaker_confidence"] >= SURE

    def __str__(self) -> str:
        said = self.said or {}
        return (
            f"{self.gold['id']} {self.gold['attribution']} {self.gold['mention_type']}:"
            f" {said.get('speaker')!r} for {self.gold['speaker']!r}"
            f" ({self.gold['confidence']}; stated {said.get('speaker_confidence')})"
        )


def judged(gold: Sequence[Gold], docs: dict[str, Document]) -> list[Judged]:
    """Return every quotation of a gold with what the attributed articles say of it."""
    said = {identifier: as_json(doc, identifier)["quotes"] for identifier, doc in docs.items()}
    _, rows, missing = scorer().score(gold, said)
    assert not missing, missing
    return [Judged(*row) for row in rows]


def report(found: Sequence[Judged]) -> Iterator[str]:
    """Yield a table: for all and by mention, kind of quotation and of speaker.

    Columns: labelled; found, and their share; of the found those right by full name, with a 95 %
    interval over articles drawn again and again, and by full or partial name; right of all
    labelled; those stated as certain, and the share of them that is right.
    """
    yield f"{'':24}gold  found cover   acc [95 %]        +part   e2e  certain  right"
    for heading, rows in _groups(found).items():
        yield f"{heading:24}{_line(rows)}"


def _groups(found: Sequence[Judged]) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = {"all": list(found)}
    for field, name in (
        ("confidence", "confidence"),
        ("mention_type", "mention"),
        ("entity", "speaker"),
        ("kind", "quotation"),
    ):
        for value in sorted({one.gold[field] for one in found}):
            groups[f"{name}: {value}"] = [one for one in found if one.gold[field] == value]
    return groups


def _line(rows: Sequence[Judged]) -> str:
    matched = [one for one in rows if one.said is not None]
    right = sum(one.verdict == "full" for one in matched)
    partly = sum(bool(one.verdict) for one in matched)
    certain = [one for one in matched if one.certain]
    right_certain = sum(one.verdict == "full" for one in certain)
    low, high = _interval(matched)
    return (
        f"{len(rows):4} {len(matched):6}{_percent(len(matched), len(rows))}"
        f" {_percent(right, len(matched))} [{low:5.1f}, {high:5.1f}]"
        f"{_percent(partly, len(matched))}{_percent(right, len(rows))}"
        f"  {len(certain):5} {_percent(right_certain, len(certain))}"
    )


def _interval(
    matched: Sequence[Judged], params: EvaluationParams = EVALUATION
) -> tuple[float, float]:
    """Return the ends, per cent, of a percentile interval: articles are drawn, not quotations.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993).
    """
    by_article: dict[str, list[bool]] = {}
    for one in matched:
        by_article.setdefault(one.gold["id"], []).append(one.verdict == "full")
    if not by_article:
        return 0.0, 100.0
    counts = np.array([[sum(right), len(right)] for right in by_article.values()])
    draw = np.random.default_rng(params.bootstrap_seed)
    picks = draw.integers(len(counts), size=(params.bootstrap_rounds, len(counts)))
    right, total = np.moveaxis(counts[picks].sum(1), -1, 0)
    tail = 50 * (1 - params.interval_share)
    low, high = np.percentile(100 * right / total, [tail, 100 - tail])
    return float(low), float(high)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:6.1f}" if whole else f"{'-':>6}"


def measure(options: argparse.Namespace) -> Iterator[str]:
    """Yield the lines that `measure` prints."""
    for name in options.gold:
        docs = attributed(name, given=options.given_spans, folder=options.parsed)
        wanted = [one for one in gold(name) if not options.sure or one["confidence"] == "sure"]
        found = judged(wanted, docs)
        yield f"{name}: {len(docs)} articles"
        yield from report(found)
        if name != "check":
            wrong = [one for one in found if one.said is not None and one.verdict != "full"]
            yield from map(str, wrong[: options.errors])


def main() -> None:
    """Print the draw, the marked articles, or the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.quotes.nlp.speaker_sample")
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("draw", "show"):
        commands.add_parser(command).add_argument("gold", choices=NAMES)
    measuring = commands.add_parser("measure")
    measuring.add_argument("gold", nargs="+", choices=[*NAMES, "dev"])
    measuring.add_argument("--given-spans", action="store_true")
    measuring.add_argument("--sure", action="store_true", help="leave out what is marked unsure")
    measuring.add_argument("--errors", type=int, default=0, metavar="N")
    measuring.add_argument("--parsed", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    made = {"draw": _drawn, "show": _shown}.get(options.command)
    for line in made(options.gold) if made else measure(options):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
