"""Who answers in an interview, and the evidence for what layout tells: no model is loaded."""

import re

import pytest

from quotes.nlp.attribution import attribute
from quotes.nlp.document import Document, Entity, Span
from quotes.nlp.quotations import assemble

TALK = "\n\nQ: Why?\n\nA: It rains.\n\nQ: And Jo Bloggs?\n\nA: He stays."


def attributed(text: str, *people: str) -> Document:
    entities = [
        Entity(span=Span(start=match.start(), end=match.end()), type="Person")
        for name in people
        for match in re.finditer(name, text)
    ]
    done = frozenset({"tagger", "parse"})
    return attribute(
        Document(text=text, entities=tuple(entities), quotations=assemble(text, []), done=done)
    )


@pytest.mark.parametrize(
    ("introduction", "speaker"),
    [
        pytest.param("Ana Roe has a farm. We met Ana Roe there.", "Ana Roe", id="the-only-one"),
        pytest.param("Ana Roe met Al Doe. Ana Roe spoke to us.", "Ana Roe", id="named-oftener"),
        pytest.param("Ana Roe met Al Doe.", None, id="two-as-often"),
        pytest.param("We asked about the rain.", None, id="nobody"),
    ],
)
def test_the_interviewee_is_whom_the_introduction_is_about(
    introduction: str, speaker: str | None
) -> None:
    doc = attributed(introduction + TALK, "Ana Roe", "Al Doe", "Jo Bloggs")
    names = [q.speaker.name if q.speaker else None for q in doc.quotations]
    assert names == [speaker, speaker]


def test_the_label_is_part_of_the_evidence() -> None:
    doc = attributed("We met Ana Roe." + TALK, "Ana Roe")
    for quotation in doc.quotations:
        steps = [(step.rule, step.span.of(doc.text)) for step in quotation.evidence]
        assert ("answer", "A") in steps
        assert ("fullest-form", "Ana Roe") in steps


def test_a_signature_is_part_of_the_evidence() -> None:
    doc = attributed("“It rains.”\n— Ana Roe, baker", "Ana Roe")
    (quotation,) = doc.quotations
    assert quotation.speaker is not None
    assert quotation.speaker.name == "Ana Roe"
    steps = [(step.role, step.rule, step.span.of(doc.text)) for step in quotation.evidence]
    assert ("mention", "signature", "Ana Roe") in steps
