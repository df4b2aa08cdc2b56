"""The samples of PolNeAR attributions labelled by hand for speech or attitude: drawing, reading.

    python -m tests.quotes.nlp.act_sample draw SPLIT UNIFORM RARE SEED [LABELS ...]
    python -m tests.quotes.nlp.act_sample measure LABELS

`draw` prints one JSON object a line: article, attribution id, stratum, spans. First UNIFORM
attributions are drawn from all, then RARE more from those with a rare cue: one whose exact words
(lower case) announce fewer than ten attributions of the training articles. Nothing is drawn twice,
nor what the files LABELS hold already. `measure` runs the shipped parser over a labelled sample and
prints how often `act_of` is right, and where it is not.

The labels, without any text of the articles, are act_labels_*.tsv; how they were made and what was
measured is docs/decisions/0008-act.md. PolNeAR is read from ../shared/data, beside the project.
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from math import sqrt
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from quotes.nlp.acts import act_of
from quotes.nlp.document import Act, Document, Quotation, Span
from quotes.nlp.marks import kind_of
from quotes.nlp.parse import Parser

HERE = Path(__file__).parent
SHARED = Path(__file__).parents[4] / "shared" / "data"
RARE_BELOW = 10
_NORMAL_95 = 1.96


class Labelled(NamedTuple):
    """One row of a table of labels: speech, attitude or unclear, and what it is the label of."""

    article: str
    attribution: str
    stratum: str
    content: str
    sha256: str
    label: str


class Judged(NamedTuple):
    """A labelled attribution, and what the rule says of it."""

    row: Labelled
    quotation: Quotation
    text: str
    act: Act

    @property
    def right(self) -> bool:
        return self.row.label == self.act

    def __str__(self) -> str:
        words = [
            " ".join(span.of(self.text) for span in spans)
            for spans in (self.quotation.source, self.quotation.cue, self.quotation.content)
        ]
        return f"{self.row.label} called {self.act}: {' | '.join(words)[:160]!r}"


@cache
def articles(split: str) -> tuple[dict[str, Any], ...]:
    """Return the articles of "train" or "dev", sorted by id."""
    with gzip.open(SHARED / f"polnear-{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return tuple(sorted(map(json.loads, lines), key=lambda article: str(article["id"])))


def pairs(split: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every attribution of a split with its article, in a fixed order."""
    for article in articles(split):
        for attribution in article["attributions"]:
            yield article, attribution


def labels(name: str) -> list[Labelled]:
    """Return the rows of a table of labels, in the order in which they were drawn."""
    return [Labelled(*row) for row in table(name)]


def table(name: str) -> list[list[str]]:
    """Return the rows of a table beside this file, tab-separated, without its heading."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def split_of(name: str) -> str:
    """Return the split that a table of labels is about: act_labels_dev.tsv -> "dev"."""
    return Path(name).stem.split("_")[2]


# ---------------------------------------------------------------------- drawing
def draw(
    split: str, uniform: int, rare: int, seed: int, *, without: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Return the sample: `uniform` attributions of the split, then `rare` more with rare cues."""
    counts = Counter(_cue(*pair) for pair in pairs("train"))
    known = {(row.article, row.attribution) for name in without for row in labels(name)}
    population = [pair for pair in pairs(split) if (pair[0]["id"], pair[1]["id"]) not in known]
    random = Random(seed)  # noqa: S311  a sample, no secret
    first = random.sample(range(len(population)), uniform)
    left = sorted(set(range(len(population))) - set(first))
    scarce = [i for i in left if counts[_cue(*population[i])] < RARE_BELOW]
    strata = (("uniform", first), ("rare", random.sample(scarce, rare)))
    return [_row(*population[i], stratum) for stratum, chosen in strata for i in chosen]


def _cue(article: dict[str, Any], attribution: dict[str, Any]) -> str:
    return " ".join(article["text"][s:e] for s, e in attribution["cue"]).lower()


def _row(article: dict[str, Any], attribution: dict[str, Any], stratum: str) -> dict[str, Any]:
    spans = {name: attribution[name] for name in ("id", "source", "cue", "content")}
    return {"article": article["id"], "stratum": stratum, **spans}


# ---------------------------------------------------------------------- measuring
def judge(name: str, parser: Parser) -> list[Judged]:
    """Return every clear attribution of a table of labels with what `act_of` says of it.

    ValueError if the corpus is not the one that was labelled.
    """
    rows = [row for row in labels(name) if row.label in set(Act)]
    docs = _parsed(split_of(name), rows, parser)
    gold = {(article["id"], item["id"]): item for article, item in pairs(split_of(name))}
    judged = []
    for row in rows:
        doc, item = docs[row.article], gold[row.article, row.attribution]
        quotation = _quotation(doc.text, item)
        if content_sha256(doc.text, item["content"]) != row.sha256:
            raise ValueError(f"{name}: {row.article} {row.attribution} is another text")
        judged.append(Judged(row, quotation, doc.text, act_of(doc, quotation)))
    return judged


def content_sha256(text: str, content: Sequence[Sequence[int]]) -> str:
    """Return the SHA-256, hexadecimal, of the content's pieces joined by line ends."""
    return sha256("\n".join(text[s:e] for s, e in content).encode()).hexdigest()


def _parsed(split: str, rows: Iterable[Labelled], parser: Parser) -> dict[str, Document]:
    """Return the articles of `rows` by id, parsed."""
    wanted = {row.article for row in rows}
    texts = {a["id"]: a["text"] for a in articles(split) if a["id"] in wanted}
    docs = parser.batch([Document(text=text) for text in texts.values()])
    return dict(zip(texts, docs, strict=True))


def _quotation(text: str, item: dict[str, Any]) -> Quotation:
    content, cue, source = (
        tuple(Span(start=s, end=e) for s, e in item[k]) for k in ("content", "cue", "source")
    )
    kind = kind_of(content, text)
    return Quotation(
        kind=kind, act=Act.SPEECH, content=content, cue=cue, source=source, confidence=1.0
    )


def interval(right: int, total: int) -> tuple[float, float]:
    """Return Wilson's 95% interval of a share (Wilson 1927)."""
    share, square = right / total, _NORMAL_95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = _NORMAL_95 * sqrt(share * (1 - share) / total + square / (4 * total**2))
    half = spread / (1 + square / total)
    return middle - half, middle + half


def report(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield lines: accuracy by stratum, label against act, and every failure."""
    for stratum in ("uniform", "rare", "both"):
        right = [j.right for j in judged if stratum in (j.row.stratum, "both")]
        low, high = interval(sum(right), len(right))
        share = 100 * sum(right) / len(right)
        yield f"{stratum}: {share:.1f} [{100 * low:.1f}, {100 * high:.1f}] of {len(right)} right"
    for (label, act), count in sorted(Counter((j.row.label, j.act) for j in judged).items()):
        yield f"{label} called {act}: {count}"
    yield from (str(j) for j in judged if not j.right)


def main(command: str, *arguments: str) -> None:
    """Print a sample as JSON lines, or how the rule does on a labelled one."""
    if command == "measure":
        lines = report(judge(arguments[0], Parser()))
    else:
        split, uniform, rare, seed, *known = arguments
        drawn = draw(split, int(uniform), int(rare), int(seed), without=known)
        lines = map(json.dumps, drawn)
    for line in lines:
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
