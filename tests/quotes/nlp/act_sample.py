"""Draws the samples of PolNeAR attributions that were labelled by hand for speech or attitude.

    python -m tests.quotes.nlp.act_sample SPLIT UNIFORM RARE SEED

Prints one JSON object a line: article, attribution id, stratum, spans. Half the sample is drawn
uniformly, half from attributions with a rare cue: one whose exact words (lower case) announce fewer
than ten attributions of the training articles. What is drawn first is not drawn again. The labels,
without any text of the articles, are act_labels_*.tsv; how they were made is
docs/decisions/0008-act.md. PolNeAR is read from ../shared/data, beside the project.
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

SHARED = Path(__file__).parents[4] / "shared" / "data"
RARE_BELOW = 10


class Drawn(NamedTuple):
    """One attribution of the corpus: its article with the text, itself, and why it was drawn."""

    article: dict[str, Any]
    attribution: dict[str, Any]
    stratum: str


def articles(split: str) -> list[dict[str, Any]]:
    """Return the articles of "train" or "dev", sorted by id."""
    with gzip.open(SHARED / f"polnear-{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return sorted(map(json.loads, lines), key=lambda article: str(article["id"]))


def cue_words(article: dict[str, Any], attribution: dict[str, Any]) -> str:
    """Return the words of the attribution's cue, in lower case, its pieces joined by a space."""
    return " ".join(article["text"][s:e] for s, e in attribution["cue"]).lower()


def pairs(split: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return every attribution of a split with its article, in a fixed order."""
    return [(article, item) for article in articles(split) for item in article["attributions"]]


def draw(split: str, uniform: int, rare: int, seed: int) -> Iterator[Drawn]:
    """Yield `uniform` attributions of the split, then `rare` more with rare cues."""
    counts = Counter(cue_words(*pair) for pair in pairs("train"))
    random = Random(seed)  # noqa: S311  a sample, no secret
    population = pairs(split)
    first = random.sample(range(len(population)), uniform)
    left = sorted(set(range(len(population))) - set(first))
    scarce = [i for i in left if counts[cue_words(*population[i])] < RARE_BELOW]
    for stratum, chosen in (("uniform", first), ("rare", random.sample(scarce, rare))):
        for index in chosen:
            yield Drawn(*population[index], stratum)


def main(split: str, uniform: str, rare: str, seed: str) -> None:
    """Print the sample as JSON lines."""
    for drawn in draw(split, int(uniform), int(rare), int(seed)):
        spans = {name: drawn.attribution[name] for name in ("id", "source", "cue", "content")}
        row = {"article": drawn.article["id"], "stratum": drawn.stratum, **spans}
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
