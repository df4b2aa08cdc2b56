"""The labelled pairs of quotations: `python -m tests.quotes.statement_pairs`.

Prints precision and recall of "the same statement" (sure relations), with intervals, for the half
that the comparison was tuned on and the half held back, and for four blind sets, each by somebody
else who had not seen the comparison when writing it; with `--errors` the wrong pairs of the tuning
half only, with `--blind-errors` those of the first blind set. Pairs are numbered as they stand in
their file, from 1: those of the first file with an odd number are tuned on, the others held back,
so that each kind of pair is in both; so it is in the second blind set since it is known, where
`--blind2-errors` prints the wrong ones with an odd number. `--blind3-errors` prints those of the
third. The fourth has no such option: nothing is tuned on it.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from quotes.variants import Likeness, Who, Wording, compare

PAIRS_TXT = Path(__file__).with_name("statement_pairs.txt")
BLIND_TXT = Path(__file__).with_name("statement_pairs_blind.txt")
BLIND2_TXT = Path(__file__).with_name("statement_pairs_blind2.txt")
BLIND3_TXT = Path(__file__).with_name("statement_pairs_blind3.txt")
BLIND4_TXT = Path(__file__).with_name("statement_pairs_blind4.txt")
HALVES = ("tune", "held")
SURE = ("exact", "near", "part")


class Pair(NamedTuple):
    """A labelled pair: which half it is of (or "blind"), label, category, why; and the two."""

    number: int
    half: str
    label: str
    category: str
    why: str
    one: Wording
    other: Wording


class Figures(NamedTuple):
    """Counts of a set of pairs: rightly joined, joined, to be joined, all."""

    right: int
    joined: int
    same: int
    pairs: int

    @property
    def precision(self) -> float:
        return self.right / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.same if self.same else 1.0


def read(path: Path = PAIRS_TXT) -> list[Pair]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.strip() and not line.startswith("#")]
    speakers: dict[str, int] = {}
    pairs = []
    for number, at in enumerate(range(0, len(rows), 3), 1):
        label, category, why = (part.strip() for part in rows[at].split(" / ", 2))
        sides = [_wording(row, speakers) for row in rows[at + 1 : at + 3]]
        half = "blind" if path in (BLIND_TXT, BLIND3_TXT, BLIND4_TXT) else HALVES[1 - number % 2]
        pairs.append(Pair(number, half, label, category, why, *sides))
    return pairs


def _wording(row: str, speakers: dict[str, int]) -> Wording:
    kind, speaker, day, rest = row.split("; ", 3)
    words, _, context = rest.partition(": ")[2].partition(" ~ ")
    if speaker[0] in "([":  # its words stand around the quotation, as in an article
        context = f"{context} {speaker}"
    who = Who(speaker.strip("[]"), is_local=speaker[0] == "[")
    if who.is_local:
        speaker = f"{speaker} {len(speakers)}"
    is_known = speaker[0] not in "-("
    key = speakers.setdefault(speaker, len(speakers) + 1) if is_known else None
    when = None if day == "-" else date.fromisoformat(day)
    return Wording(words, kind, key, when, context, who=who if key else None)


def judged(pairs: Iterable[Pair]) -> list[tuple[Pair, Likeness]]:
    return [(pair, compare(pair.one, pair.other)) for pair in pairs]


def figures(pairs: Iterable[Pair]) -> Figures:
    """Return the counts of "the same statement"; what is possibly the same is not to be joined."""
    found = [(pair.label == "same", likeness.relation in SURE) for pair, likeness in judged(pairs)]
    joined = [same for same, is_joined in found if is_joined]
    return Figures(sum(joined), len(joined), sum(same for same, _ in found), len(found))


def possible(pairs: Iterable[Pair]) -> tuple[int, int, int]:
    """Return how many possible ones are found as such, are there, and how many others are too."""
    found = [
        (pair.label, likeness.relation)
        for pair, likeness in judged(pairs)
        if likeness.relation == "possible" or pair.label == "possible"
    ]
    right = sum(label == relation for label, relation in found)
    wrong = sum(label == "different" for label, _ in found)
    return right, sum(label == "possible" for label, _ in found), wrong


def interval(right: int, of: int) -> tuple[float, float]:
    """Return the 95 per cent interval of a share (Wilson's)."""
    if not of:
        return 0.0, 1.0
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * ((share * (1 - share) + z * z / (4 * of)) / of) ** 0.5 / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def told(name: str, pairs: Sequence[Pair]) -> str:
    found, (right, there, wrong) = figures(pairs), possible(pairs)
    low, high = interval(found.right, found.joined)
    least, most = interval(found.right, found.same)
    return (
        f"{name}: {found.pairs} pairs, {found.same} the same, {found.joined} joined;"
        f" precision {found.precision:.3f} [{low:.3f}, {high:.3f}],"
        f" recall {found.recall:.3f} [{least:.3f}, {most:.3f}];"
        f" possible: {right} of {there}, and {wrong} that are different\n"
    )


def wrong(pairs: Iterable[Pair]) -> str:
    """Return the pairs whose relation is not their label, each with what was found."""
    found = ""
    for pair, likeness in judged(pairs):
        relation = "same" if likeness.relation in SURE else likeness.relation or "different"
        if relation != pair.label:
            found += (
                f"{pair.number} {pair.label}, found {likeness}: {pair.category}, {pair.why}\n"
                f"    {pair.one.text}\n    {pair.other.text}\n"
            )
    return found


def main(arguments: Sequence[str]) -> None:
    pairs, blind, blind2, blind3 = read(), read(BLIND_TXT), read(BLIND2_TXT), read(BLIND3_TXT)
    for half in HALVES:
        sys.stdout.write(told(half, [pair for pair in pairs if pair.half == half]))
    sys.stdout.write(told("all", pairs))
    sys.stdout.write(told("blind", blind))
    sys.stdout.write(told("blind 2", blind2))
    for half in HALVES:
        sys.stdout.write(told(f"blind 2, {half}", [pair for pair in blind2 if pair.half == half]))
    sys.stdout.write(told("both blind", [*blind, *blind2]))
    sys.stdout.write(told("blind 3", blind3))
    blind4 = read(BLIND4_TXT)
    sys.stdout.write(told("blind 4", blind4))
    sys.stdout.write(told("all four blind", [*blind, *blind2, *blind3, *blind4]))
    if "--errors" in arguments:
        sys.stdout.write(wrong(pair for pair in pairs if pair.half == "tune"))
    if "--blind-errors" in arguments:
        sys.stdout.write(wrong(blind))
    if "--blind2-errors" in arguments:
        sys.stdout.write(wrong(pair for pair in blind2 if pair.half == "tune"))
    if "--blind3-errors" in arguments:
        sys.stdout.write(wrong(blind3))


if __name__ == "__main__":
    main(sys.argv[1:])
