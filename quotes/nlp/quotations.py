"""Linked spans -> quotations: grouping, edges at quotation marks, kind, confidence.

Source: docs/decisions/0003-quotation-tagger.md.
"""

import json
import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Self

from quotes.nlp.decoding import Link
from quotes.nlp.document import Act, Kind, Quotation, Span
from quotes.nlp.marks import Pair, kind_of, mark_pairs, word_tokens


class Piece(NamedTuple):
    """A span on the best path: its place in the text, its wordpieces, its CRF probability."""

    role: str
    span: Span
    first: int
    last: int
    log_probability: float


class Found(NamedTuple):
    """A content span with its cue and source, if any."""

    content: Piece
    cue: Piece | None
    source: Piece | None
    link: Link


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model of the probability that a quotation's content and source are right."""

    weights: dict[str, float]
    bias: float

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read the JSON file that `tagger-calibrate` writes."""
        raw = json.loads(file.read_text(encoding="utf-8"))
        return cls(raw["weights"], raw["bias"])

    def probability(self, features: dict[str, float]) -> float:
        """Return the probability of features by name; KeyError if one has no weight."""
        score = self.bias + sum(self.weights[name] * value for name, value in features.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


@dataclass(frozen=True, slots=True)
class Draft:
    """A quotation in the making: content spans in text order, and the links they came from."""

    content: tuple[Span, ...]
    links: tuple[Found, ...]
    cue: Span | None
    source: Span | None
    continues: Span | None = None


def assemble(text: str, found: Sequence[Found], calibration: Calibration) -> tuple[Quotation, ...]:
    """Return the quotations of `text`, in text order, with speech as act and no speaker yet."""
    drafts = [draft for draft in drafts_of(text, found) if has_words(text, draft.content)]
    drafts.sort(key=lambda draft: (draft.content[0].start, draft.content[-1].end))
    return tuple(_quotation(text, draft, calibration) for draft in drafts)


def has_words(text: str, spans: Sequence[Span]) -> bool:
    """Say whether there is a letter or a digit in `spans`."""
    return next(word_tokens(text, spans), None) is not None


def drafts_of(text: str, found: Sequence[Found]) -> list[Draft]:
    """Group contents that share cue and source; a content that shares neither stands alone."""
    groups: dict[tuple[Span | None, Span | None, int], list[Found]] = {}
    for number, item in enumerate(sorted(found, key=lambda f: f.content.span.start)):
        cue = item.cue.span if item.cue else None
        source = item.source.span if item.source else None
        groups.setdefault((cue, source, -1 if cue else number), []).append(item)
    return [
        Draft(tuple(item.content.span for item in items), tuple(items), cue, source)
        for (cue, source, _), items in groups.items()
    ]


def _quotation(text: str, draft: Draft, calibration: Calibration) -> Quotation:
    kind = kind_of(draft.content, text)
    return Quotation(
        kind=kind,
        act=Act.SPEECH,
        content=draft.content,
        cue=(draft.cue,) if draft.cue else (),
        source=(draft.source,) if draft.source else (),
        confidence=calibration.probability(features(draft, kind)),
    )


def features(draft: Draft, kind: Kind) -> dict[str, float]:
    """Return what the confidence is computed from, by name."""
    contents = [item.content.log_probability for item in draft.links]
    sources = [math.log(max(item.link.source_probability, _FLOOR)) for item in draft.links]
    cues = [math.log(max(item.link.cue_probability, _FLOOR)) for item in draft.links]
    source, cue = draft.links[0].source, draft.links[0].cue
    return {
        "content": max(min(contents), _LOWEST),
        "source": max(source.log_probability, _LOWEST) if source else 0.0,
        "cue": max(cue.log_probability, _LOWEST) if cue else 0.0,
        "source_link": min(sources),
        "cue_link": min(cues),
        "no_source": float(draft.source is None),
        "no_cue": float(draft.cue is None),
        "direct": float(kind is Kind.DIRECT),
        "mixed": float(kind is Kind.MIXED),
        "pieces": float(len(draft.links) > 1),
    }


_FLOOR, _LOWEST = 1e-4, -8.0
