"""The confidence: what it is computed from, and how. No model of the tagger is loaded."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.confidence import FILE, Model, confidence_of, evidence_of, shipped
from quotes.nlp.document import Act, Document, Evidence, Kind, Quotation, Signals, Span

TEXT = "It rained, she said.\n\nThe\nmayor said that WE WON “a lot” and more."
SIGNALS = Signals(
    content=0.5,
    content_share=0.9,
    source=0.5,
    source_share=0.8,
    cue=0.9,
    cue_share=0.9,
    source_link=0.7,
    cue_link=0.9,
)
chances = st.floats(0.0, 1.0)


def at(words: str) -> Span:
    return Span(start=TEXT.index(words), end=TEXT.index(words) + len(words))


def quotation(
    *content: str, cue: str | None = None, source: str | None = None, **changes: object
) -> Quotation:
    fields: dict[str, object] = {
        "kind": Kind.INDIRECT,
        "act": Act.SPEECH,
        "content": tuple(map(at, content)),
        "cue": (at(cue),) if cue else (),
        "source": (at(source),) if source else (),
        "confidence": 0.4,
        "signals": SIGNALS,
    }
    return Quotation.model_validate({**fields, **changes})


def evidence(found: Quotation) -> dict[str, float]:
    assert found.signals is not None
    return evidence_of(Document(text=TEXT, quotations=(found,)), found, found.signals)


RAIN = quotation("It rained", cue="said", source="she")
WIN = quotation("that WE WON “a lot”", source="The\nmayor", kind=Kind.MIXED)

EVIDENCE = [
    pytest.param(RAIN, {"direct": 0, "mixed": 0, "attitude": 0, "pieces": 0}, id="plain"),
    pytest.param(RAIN, {"no_cue": 0, "no_source": 0, "shared_source": 0}, id="cue-and-source"),
    pytest.param(RAIN, {"pronoun": 1, "relative": 0, "short": 1}, id="pronoun"),
    pytest.param(RAIN, {"content_words": math.log(3), "source_words": math.log(2)}, id="sizes"),
    pytest.param(RAIN, {"ends_at_stop": 1, "complementiser": 0, "capitals": 0}, id="edges"),
    pytest.param(RAIN, {"cue_distance": math.log(7), "cue_other_line": 0}, id="cue-near"),
    pytest.param(WIN, {"mixed": 1, "no_cue": 1, "complementiser": 1}, id="mixed"),
    pytest.param(WIN, {"cue_words": 0, "cue_distance": 0, "cue_other_line": 0}, id="no-cue"),
    pytest.param(WIN, {"pronoun": 0, "short": 0}, id="description"),
    pytest.param(WIN, {"source_distance": math.log(7), "source_other_line": 0}, id="source-near"),
    pytest.param(quotation("WE WON"), {"capitals": 1, "ends_at_stop": 0}, id="capitals"),
    pytest.param(quotation("WE WON “a lot”"), {"ends_at_stop": 1}, id="mark-at-the-end"),
    pytest.param(quotation("more", source="she"), {"source_other_line": 1}, id="another-line"),
    pytest.param(quotation("It", "a lot"), {"pieces": 1, "no_source": 1}, id="pieces"),
    pytest.param(
        quotation("It", source="she", signals=SIGNALS.model_copy(update={"source": None})),
        {"shared_source": 1, "source": 0},
        id="a-source-that-a-rule-gave",
    ),
    pytest.param(
        quotation(
            "It",
            evidence=(Evidence(role="antecedent", span=at("she"), rule="continues"),),
            act=Act.ATTITUDE,
        ),
        {"continues": 1, "attitude": 1, "content_share_attitude": math.log(9)},
        id="continues",
    ),
    pytest.param(
        RAIN,
        {"content": 0, "content_share": math.log(9), "source": 0},
        id="log-odds-of-the-network",
    ),
    pytest.param(
        RAIN,
        {"weakest": math.log(7 / 3), "joint": math.log(0.504 / 0.496)},
        id="network-as-a-whole",
    ),
    pytest.param(
        quotation("It", signals=SIGNALS.model_copy(update={"content": 0.0, "cue_link": 1.0})),
        {"content": -math.log(999), "cue_link": math.log(999)},
        id="never-certain",
    ),
]


@pytest.mark.parametrize(("found", "expected"), EVIDENCE)
def test_evidence(found: Quotation, expected: dict[str, float]) -> None:
    seen = evidence(found)
    assert {name: seen[name] for name in expected} == pytest.approx(expected)


MODEL = Model(
    0.5, {"content_share": 1.0, "short": -2.0}, {"content_share": (-1, 1), "short": (0, 1)}
)


@pytest.mark.parametrize(
    ("content_share", "short", "score"),
    [
        pytest.param(0.2, 0.0, 0.7, id="inside"),
        pytest.param(9.0, 0.0, 1.5, id="above-what-was-seen"),
        pytest.param(-9.0, 1.0, -2.5, id="below-what-was-seen"),
    ],
)
def test_evidence_counts_within_the_range_of_the_fit(
    content_share: float, short: float, score: float
) -> None:
    chance = MODEL.probability({"content_share": content_share, "short": short, "more": 9.0})
    assert math.log(chance / (1 - chance)) == pytest.approx(score)


def test_missing_evidence_is_named() -> None:
    with pytest.raises(KeyError, match="short"):
        MODEL.probability({"content_share": 0.0})


@pytest.mark.parametrize(
    ("found", "model"),
    [
        pytest.param(RAIN.evolve(signals=None), MODEL, id="made-by-hand"),
        pytest.param(RAIN, None, id="nothing-fitted"),
    ],
)
def test_without_signals_or_model_the_confidence_stays(
    found: Quotation, model: Model | None
) -> None:
    assert confidence_of(Document(text=TEXT), found, model) == 0.4


def test_an_unfitted_file_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "calibration.json"
    file.write_text('{"bias": 0.0, "weights": {}}', encoding="utf-8")
    assert Model.load(file) is None


def test_the_shipped_model_weighs_all_the_evidence_there_is() -> None:
    model = shipped()
    assert model is not None
    assert set(model.weights) == set(model.ranges) == set(evidence(RAIN))
    assert set(json.loads(FILE.read_text(encoding="utf-8"))["weights"]) == set(model.weights)


@given(chances, chances, chances, st.none() | chances, chances, st.sampled_from(Kind))
def test_the_shipped_model_is_never_certain(
    content: float, share: float, link: float, source: float | None, cue: float, kind: Kind
) -> None:
    signals = Signals(
        content=content,
        content_share=share,
        source=source,
        source_share=source,
        source_link=link,
        cue_link=cue,
    )
    found = RAIN.evolve(signals=signals, kind=kind)
    assert 0.0 < confidence_of(Document(text=TEXT), found, shipped()) < 0.995


def test_a_surer_network_makes_a_surer_quotation() -> None:
    less = SIGNALS.model_copy(
        update={"content_share": 0.6, "source_share": 0.5, "source_link": 0.5}
    )
    more = SIGNALS.model_copy(
        update={"content": 0.9, "content_share": 0.99, "source_share": 0.99, "source_link": 0.99}
    )
    unsure, middle, sure = (
        confidence_of(Document(text=TEXT), RAIN.evolve(signals=s), shipped())
        for s in (less, SIGNALS, more)
    )
    assert unsure < middle < sure
