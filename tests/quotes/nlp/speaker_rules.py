"""How often each rule of attribution names the right speaker: for `Params.rule_reliability`.

    python -m tests.quotes.nlp.speaker_rules tune hard [--parsed FOLDER]

On the labelled articles of speaker_sample.py, given the corpus' own quotations, so that only
attribution errs. Printed for each rule: how often it decided, how often it was right, and its
reliability drawn towards PRIOR as if that had been seen PRIOR_COUNT times more often, since samples
are small. Rules that never decided keep the value that they have (docs/decisions/0007).
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from quotes.nlp.document import Document
from tests.quotes.nlp.speaker_sample import attributed, gold, judged

PRIOR, PRIOR_COUNT = 0.8, 5


def rule_of(doc: Document, said: dict[str, Any]) -> str:
    """Return the rule that named the speaker of the quotation with the content of `said`."""
    content = [tuple(pair) for pair in said["content"]]
    for quotation in doc.quotations:
        if [(span.start, span.end) for span in quotation.content] == content:
            rules = [step.rule for step in quotation.evidence if step.role == "mention"]
            known = quotation.speaker is not None
            return rules[0] if rules else "continues" if known else "no-source"
    raise ValueError(f"no quotation has the content {content}; attribute the same document again")


def reliability(right: int, decided: int) -> float:
    """Return the share right, drawn towards PRIOR."""
    return (right + PRIOR * PRIOR_COUNT) / (decided + PRIOR_COUNT)


def counted(names: Iterable[str], folder: Path | None) -> tuple[Counter[str], Counter[str]]:
    """Return by rule how often it decided and how often it was right."""
    decided, right = Counter[str](), Counter[str]()
    for name in names:
        docs = attributed(name, given=True, folder=folder)
        for one in judged(gold(name), docs):
            if one.said is not None:
                rule = rule_of(docs[one.gold["id"]], one.said)
                decided[rule] += 1
                right[rule] += one.verdict == "full"
    return decided, right


def report(decided: Counter[str], right: Counter[str]) -> Iterator[str]:
    """Yield a line for each rule, those that decided oftenest first."""
    for rule, count in decided.most_common():
        yield f"{rule:22}{count:6}{right[rule]:6}{reliability(right[rule], count):7.2f}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.quotes.nlp.speaker_rules")
    parser.add_argument("gold", nargs="+", choices=["tune", "hard"])
    parser.add_argument("--parsed", type=Path, help="folder of parsed articles")
    options = parser.parse_args()
    for line in report(*counted(options.gold, options.parsed)):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
