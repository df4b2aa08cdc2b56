"""Evidence about a quotation -> the probability that its content and source are both right.

A logistic model over what the tagger's network said and what the text and the other stages add;
`python -m quotes.nlp.training confidence-fit` fits it. Source: docs/decisions/0010-confidence.md.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from quotes.nlp import lexicon
from quotes.nlp.document import Act, Document, Kind, Quotation, Signals, Span
from quotes.nlp.marks import words_in

FILE = Path(__file__).parent / "models" / "quote_tagger" / "calibration.json"
_LIMIT = 1e-3  # the network's probabilities count from here to one minus this
_SHORT_WORDS = 3


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: `weights` and `ranges` by name of the evidence.

    Evidence outside the range in which the model was fitted counts as the nearest value inside.
    """

    bias: float
    weights: dict[str, float]
    ranges: dict[str, tuple[float, float]]

    @classmethod
    def load(cls, file: Path) -> Self | None:
        """Read the JSON file that `confidence-fit` writes; None if nothing has been fitted yet."""
        raw = json.loads(file.read_text(encoding="utf-8"))
        if "ranges" not in raw:
            return None
        ranges = {name: (low, high) for name, (low, high) in raw["ranges"].items()}
        return cls(raw["bias"], raw["weights"], ranges)

    def probability(self, evidence: Mapping[str, float]) -> float:
        """Return the probability, in (0, 1); KeyError names evidence that is missing."""
        score = self.bias
        for name, weight in self.weights.items():
            low, high = self.ranges[name]
            score += weight * min(high, max(low, evidence[name]))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


@cache
def shipped() -> Model | None:
    """Return the model that is shipped with the tagger's weights, None if it is not fitted."""
    return Model.load(FILE)


def confidence_of(doc: Document, quotation: Quotation, model: Model | None) -> float:
    """Return the probability, in [0, 1], that content and source of a quotation are right.

    Without a model, or for a quotation without signals (made by hand, or read back from where they
    are not kept), that is the confidence that it already has.
    """
    if model is None or quotation.signals is None:
        return quotation.confidence
    return model.probability(evidence_of(doc, quotation, quotation.signals))


def evidence_of(doc: Document, quotation: Quotation, signals: Signals) -> dict[str, float]:
    """Return what the confidence is computed from, by name: log odds, logs of sizes, 0 or 1."""
    found = _of_network(signals) | _of_roles(quotation, signals) | _of_text(doc.text, quotation)
    for name in ("content_share", "source_link"):
        for other in ("direct", "attitude"):
            found[f"{name}_{other}"] = found[name] * found[other]
    return found


def _of_network(signals: Signals) -> dict[str, float]:
    """Return the log odds of what the network said; what has no span says nothing, for or against.

    `joint` is that of content, source and link together if they were unrelated, `weakest` that of
    the least sure of them.
    """
    single = {
        "content": _log_odds(signals.content),
        "content_share": _log_odds(signals.content_share),
        "source": _log_odds(signals.source),
        "source_share": _log_odds(signals.source_share),
        "cue": _log_odds(signals.cue),
        "source_link": _log_odds(signals.source_link),
        "cue_link": _log_odds(signals.cue_link),
    }
    needed = [single["content_share"], single["source_link"]]
    needed += [] if signals.source_share is None else [single["source_share"]]
    return {**single, "joint": _log_odds(signals.unfitted), "weakest": min(needed)}


def _log_odds(probability: float | None) -> float:
    if probability is None:
        return 0.0
    inside = min(1.0 - _LIMIT, max(_LIMIT, probability))
    return math.log(inside / (1.0 - inside))


def _of_roles(quotation: Quotation, signals: Signals) -> dict[str, float]:
    """Return what kind of quotation it is, and what rules have made of the network's spans."""
    speaker = quotation.speaker
    return {
        "direct": float(quotation.kind is Kind.DIRECT),
        "mixed": float(quotation.kind is Kind.MIXED),
        "attitude": float(quotation.act is Act.ATTITUDE),
        "pieces": float(len(quotation.content) > 1),
        "no_cue": float(not quotation.cue),
        "no_source": float(not quotation.source),
        "shared_source": float(bool(quotation.source) and signals.source is None),
        "continues": float(any(step.rule == "continues" for step in quotation.evidence)),
        "edges_moved": float(signals.edges_moved),
        "no_speaker": float(speaker is None),
    }


def _of_text(text: str, quotation: Quotation) -> dict[str, float]:
    """Return how long the parts are and how they stand to each other."""
    content = _words(text, quotation.content)
    source, cue = _words(text, quotation.source), _words(text, quotation.cue)
    pronoun = lexicon.written_pronoun(source[0]) if len(source) == 1 else None
    first = content[0].lower() if content else ""
    return {
        "content_words": math.log1p(len(content)),
        "short": float(len(content) <= _SHORT_WORDS),
        "source_words": math.log1p(len(source)),
        "cue_words": math.log1p(len(cue)),
        "pronoun": float(pronoun is not None),
        "relative": float(pronoun is not None and pronoun[0] == "relative"),
        "complementiser": float(first in lexicon.words("complementisers.tsv")),
        "ends_at_stop": float(_ends_at_stop(text, quotation.content[-1])),
        "capitals": float(2 * sum(map(str.isupper, content)) > len(content)),
        **_distance(text, "cue", quotation.cue, quotation.content),
        **_distance(text, "source", quotation.source, quotation.content),
    }


def _words(text: str, spans: tuple[Span, ...]) -> list[str]:
    return [word.group() for word in words_in(text, spans)]


def _ends_at_stop(text: str, span: Span) -> bool:
    """Say whether a content ends where a reader may pause: at a sign, or at the end of a line."""
    after = text[span.end : span.end + 1]
    return not (after.isspace() and after != "\n") or not text[span.end - 1].isalnum()


def _distance(
    text: str, name: str, spans: tuple[Span, ...], content: tuple[Span, ...]
) -> dict[str, float]:
    """Return the log of the code points to the nearest content, and whether a line ends between."""
    gaps = [
        (min(span.end, piece.end), max(span.start, piece.start))
        for span in spans
        for piece in content
    ]
    start, end = min(gaps, key=lambda gap: gap[1] - gap[0], default=(0, 0))
    return {
        f"{name}_distance": math.log1p(max(0, end - start)),
        f"{name}_other_line": float("\n" in text[start:end]),
    }
