"""The labelled pairs of names: read, compared, counted. `python -m tests.quotes.speaker_pairs`.

Prints precision and recall of links for the half that the comparison was tuned on and the half
held back, and with `--errors` the wrong pairs of the tuning half only.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from quotes.nlp.document import SpeakerKind
from quotes.params import LINKING
from quotes.speaker_evidence import Profile, Verdict, compare
from quotes.speakers import company_key

PAIRS_TSV = Path(__file__).with_name("speaker_pairs.tsv")
HALVES = ("tune", "held")


class Pair(NamedTuple):
    """A labelled pair: which half it is of, whether it is one speaker, and the two."""

    half: str
    same: bool
    category: str
    one: Profile
    other: Profile


class Figures(NamedTuple):
    """Counts of a set of pairs: right links, all links, pairs that are one speaker's, all."""

    right: int
    linked: int
    same: int
    pairs: int

    @property
    def precision(self) -> float:
        return self.right / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.same if self.same else 1.0


def read() -> list[Pair]:
    lines = PAIRS_TSV.read_text(encoding="utf-8").splitlines()
    cells = (line.split("\t") for line in lines if not line.startswith("#"))
    return [
        Pair(half, label == "same", category, _profile(kind, rest[:5]), _profile(kind, rest[5:]))
        for half, label, category, kind, *rest in cells
    ]


def _profile(kind: str, cells: Sequence[str]) -> Profile:
    name, role, country, day, company = cells
    return Profile(
        kind=SpeakerKind(kind),
        names=(name,),
        roles=(role,) if role else (),
        countries=frozenset([country] if country else []),
        # No text is at hand: each article is taken to be about its outlet's country.
        about=frozenset([country] if country else []),
        dates=(date.fromisoformat(day),) if day else (),
        keys=frozenset({company_key(name)}),
        company=frozenset(company_key(other) for other in company.split("|") if other),
    )


def is_linked(verdict: Verdict) -> bool:
    return verdict.score >= LINKING.link_from


def figures(pairs: Iterable[Pair]) -> Figures:
    judged = [(pair.same, is_linked(compare(pair.one, pair.other))) for pair in pairs]
    linked = [same for same, link in judged if link]
    return Figures(sum(linked), len(linked), sum(same for same, _ in judged), len(judged))


def main(arguments: Sequence[str]) -> None:
    pairs = read()
    for half in HALVES:
        own = [pair for pair in pairs if pair.half == half]
        found = figures(own)
        sys.stdout.write(
            f"{half}: {found.pairs} pairs, {found.same} of one speaker, {found.linked} linked,"
            f" {found.right} rightly; precision {found.precision:.3f}, recall {found.recall:.3f}\n"
        )
    if "--errors" in arguments:
        for pair in pairs:
            verdict = compare(pair.one, pair.other)
            if pair.half == "tune" and pair.same != is_linked(verdict):
                names = f"{pair.one.names[0]} | {pair.other.names[0]}"
                expected = "same" if pair.same else "different"
                why = f"{pair.category}: {names} ({verdict.reason})"
                sys.stdout.write(f"{expected:9} {verdict.score:.3f} {why}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
