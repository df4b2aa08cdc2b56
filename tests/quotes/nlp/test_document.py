"""The types that stages exchange: frozen, validated, offsets checked against the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quotes.nlp.document import (
    Act,
    Document,
    Entity,
    Evidence,
    Kind,
    Provenance,
    Quotation,
    Sentence,
    Signals,
    Span,
    SpanError,
    Speaker,
    SpeakerKind,
    StageError,
    Token,
)

TEXT = "Ana Roe said no."


def span(start: int, end: int) -> Span:
    return Span(start=start, end=end)


def quotation(**changes: object) -> Quotation:
    fields = {"kind": Kind.INDIRECT, "act": Act.SPEECH, "content": (span(13, 15),)}
    return Quotation(**{**fields, "confidence": 0.5, **changes})


def token(start: int, end: int) -> Token:
    return Token(span=span(start, end), text="x", lemma="x", upos="X", head=-1, deprel="root")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(3, 3, id="empty"),
        pytest.param(4, 3, id="reversed"),
        pytest.param(-1, 3, id="negative"),
    ],
)
def test_impossible_span(start: int, end: int) -> None:
    # pydantic wraps a ValueError raised by a validator, so both names must catch it.
    with pytest.raises((SpanError, ValidationError), match="need 0 <= start < end"):
        span(start, end)


def test_span_of_text() -> None:
    assert span(0, 3).of(TEXT) == "Ana"
    assert span(0, len(TEXT)).of(TEXT) == TEXT


def test_span_counts_code_points() -> None:
    assert span(2, 5).of("😀 Ana") == "Ana"


def test_span_past_the_end() -> None:
    with pytest.raises(SpanError, match=r"ends after the text's 16"):
        span(0, len(TEXT) + 1).of(TEXT)


@pytest.mark.parametrize(
    ("a", "b", "holds", "meets"),
    [
        pytest.param((0, 4), (1, 3), True, True, id="inside"),
        pytest.param((0, 4), (0, 4), True, True, id="same"),
        pytest.param((0, 4), (3, 6), False, True, id="overlap"),
        pytest.param((0, 4), (4, 6), False, False, id="adjacent"),
        pytest.param((1, 3), (0, 4), False, True, id="around"),
    ],
)
def test_span_relations(a: tuple[int, int], b: tuple[int, int], holds: bool, meets: bool) -> None:  # noqa: FBT001
    assert span(*a).holds(span(*b)) is holds
    assert span(*a).meets(span(*b)) is meets
    assert span(*b).meets(span(*a)) is meets


SPANS = st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda p: span(p[0], p[0] + p[1]))


@given(SPANS, SPANS)
def test_span_relations_are_those_of_their_offsets(a: Span, b: Span) -> None:
    one, other = set(range(a.start, a.end)), set(range(b.start, b.end))
    assert a.meets(b) is bool(one & other)
    assert a.holds(b) is (other <= one)


@pytest.mark.parametrize(
    "thing",
    [
        pytest.param(span(0, 1), id="Span"),
        pytest.param(quotation(), id="Quotation"),
        pytest.param(Document(text=TEXT), id="Document"),
        pytest.param(Speaker(name="Ana Roe", kind=SpeakerKind.PERSON), id="Speaker"),
        pytest.param(Evidence(role="cue", span=span(0, 1)), id="Evidence"),
        pytest.param(token(0, 1), id="Token"),
        pytest.param(Sentence(span=span(0, 1), tokens=()), id="Sentence"),
        pytest.param(Entity(span=span(0, 1), type="PERSON"), id="Entity"),
    ],
)
def test_nothing_can_be_changed(thing: object) -> None:
    name = next(iter(type(thing).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(thing, name, getattr(thing, name))
    with pytest.raises(ValidationError):
        thing.extra = 1


def test_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Span(start=0, end=1, length=1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"content": ()}, "without content", id="no-content"),
        pytest.param({"confidence": 1.01}, r"not in \[0, 1\]", id="too-sure"),
        pytest.param({"confidence": -0.1}, r"not in \[0, 1\]", id="less-than-impossible"),
        pytest.param({"confidence": float("nan")}, r"not in \[0, 1\]", id="nan"),
        pytest.param({"speaker_confidence": 0.51}, r"not in \[0, 0.5\]", id="surer-of-the-speaker"),
        pytest.param({"speaker_confidence": -0.1}, r"not in \[0, 0.5\]", id="speaker-impossible"),
        pytest.param({"content": (span(4, 6), span(0, 2))}, "out of order", id="content-order"),
        pytest.param({"content": (span(0, 3), span(2, 5))}, "overlap", id="content-overlap"),
        pytest.param({"cue": (span(4, 6), span(0, 2))}, "cue spans", id="cue-order"),
        pytest.param({"source": (span(0, 3), span(2, 5))}, "source spans", id="source-overlap"),
    ],
)
def test_unsound_quotation(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quotation(**changes)


def test_content_in_adjacent_pieces_is_sound() -> None:
    assert len(quotation(content=(span(0, 2), span(2, 4))).content) == 2


SIGNALS = Signals(content=0.5, content_share=0.9, source_share=0.8, source_link=0.5, cue_link=0.5)


def test_signals_stay_with_a_quotation_and_are_not_serialised() -> None:
    signalled = quotation(signals=SIGNALS)
    assert signalled.evolve(confidence=0.25).signals == SIGNALS
    assert "signals" not in signalled.model_dump()
    assert Quotation.model_validate_json(signalled.model_dump_json()) == quotation()


@pytest.mark.parametrize(
    ("signals", "confidence"),
    [
        pytest.param(SIGNALS, 0.36, id="product"),
        pytest.param(SIGNALS.model_copy(update={"source_share": None}), 0.45, id="no-source"),
        pytest.param(SIGNALS.model_copy(update={"source_link": 4.0}), 1.0, id="rounding"),
    ],
)
def test_the_network_s_own_confidence(signals: Signals, confidence: float) -> None:
    assert signals.unfitted == pytest.approx(confidence)


def test_quotation_evolves_validated() -> None:
    before = quotation()
    after = before.evolve(confidence=0.25, medium="statement")
    assert (after.confidence, after.medium, after.content) == (0.25, "statement", before.content)
    assert before.confidence == 0.5
    with pytest.raises(ValueError, match="without content"):
        before.evolve(content=())


OUTSIDE = span(10, len(TEXT) + 1)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"sentences": (Sentence(span=OUTSIDE, tokens=()),)}, id="sentence"),
        pytest.param(
            {"sentences": (Sentence(span=span(0, 2), tokens=(token(15, 18),)),)}, id="token"
        ),
        pytest.param({"entities": (Entity(span=OUTSIDE, type="PERSON"),)}, id="entity"),
        pytest.param({"quotations": (quotation(content=(OUTSIDE,)),)}, id="content"),
        pytest.param({"quotations": (quotation(cue=(OUTSIDE,)),)}, id="cue"),
        pytest.param({"quotations": (quotation(source=(OUTSIDE,)),)}, id="source"),
        pytest.param(
            {"quotations": (quotation(evidence=(Evidence(role="cue", span=OUTSIDE),)),)},
            id="evidence",
        ),
    ],
)
def test_document_holds_no_span_outside_its_text(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="ends after the text's 16"):
        Document(text=TEXT, **fields)
    with pytest.raises(ValueError, match="ends after the text's 16"):
        Document(text=TEXT).evolve(done="tagger", **fields)


@given(text=st.text(max_size=12), start=st.integers(0, 12), length=st.integers(1, 12))
def test_document_accepts_a_span_if_and_only_if_its_text_has_it(
    text: str, start: int, length: int
) -> None:
    entity = Entity(span=span(start, start + length), type="PERSON")
    if start + length <= len(text):
        assert Document(text=text, entities=(entity,)).entities == (entity,)
    else:
        with pytest.raises(ValueError, match="ends after"):
            Document(text=text, entities=(entity,))


def test_document_evolves_and_remembers_its_stages() -> None:
    start = Document(text=TEXT)
    tagged = start.evolve(done="tagger", quotations=(quotation(),))
    parsed = tagged.evolve(done="parse")
    assert start.done == frozenset()
    assert parsed.done == {"tagger", "parse"}
    assert parsed.quotations == tagged.quotations
    parsed.require("tagger", "parse")


def test_missing_stages_are_named() -> None:
    doc = Document(text=TEXT).evolve(done="tagger")
    with pytest.raises(StageError, match=r"run parse, attribution first; done: \['tagger'\]"):
        doc.require("tagger", "parse", "attribution")


def provenance(**changes: object) -> Provenance:
    fields: dict[str, object] = {"code_version": "1", "code_sha256": "a", "models": {"m": "b"}}
    fields |= {"lexicons": {"l": "c"}, "params": {"p": 1}}
    return Provenance(**{**fields, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"code_version": "2"}, id="version"),
        pytest.param({"code_sha256": "b"}, id="code"),
        pytest.param({"models": {"m": "c"}}, id="model"),
        pytest.param({"lexicons": {"l": "d"}}, id="lexicon"),
        pytest.param({"params": {"p": 2}}, id="threshold"),
    ],
)
def test_fingerprint_tells_extractors_apart(changes: dict[str, object]) -> None:
    assert provenance().fingerprint == provenance().fingerprint
    assert provenance(**changes).fingerprint != provenance().fingerprint
