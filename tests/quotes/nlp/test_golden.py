"""The whole pipeline, real models, on the two articles, against what a reader finds in them."""

from typing import Any

import pytest

from quotes.nlp import Act, Document, Extractor, Quotation
from tests.quotes.nlp.golden import FIXTURES, GOLDEN, readings

# Attributions that a reader may or may not make; they must not be stated as certain.
DEBATABLE = ("proclaiming", "believed", "emerge", "proclaimed")
CERTAIN = 0.5

CASES = [
    pytest.param(name, expected, id=f"{expected['n']:02}")
    for name, rows in GOLDEN.items()
    for expected in rows
]


@pytest.fixture(scope="module")
def documents(extractor: Extractor) -> dict[str, Document]:
    texts = {name: (FIXTURES / "articles" / name).read_bytes().decode() for name in GOLDEN}
    return dict(zip(texts, extractor.batch(texts.values()), strict=True))


def pieces(doc: Document, quotation: Quotation) -> list[str]:
    return [span.of(doc.text) for span in quotation.content]


def words(parts: list[str]) -> str:
    return " ".join(parts).strip(" .,")


def find(doc: Document, expected: dict[str, Any]) -> Quotation:
    wanted = set(map(words, readings(expected)))
    found = [q for q in doc.quotations if words(pieces(doc, q)) in wanted]
    assert len(found) == 1, [pieces(doc, q) for q in doc.quotations]
    return found[0]


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_every_quotation_is_found_with_its_speaker(
    documents: dict[str, Document], name: str, expected: dict[str, Any]
) -> None:
    doc = documents[name]
    quotation = find(doc, expected)
    assert quotation.speaker is not None
    assert quotation.speaker.name == expected["speaker"]
    assert quotation.speaker.kind == expected["speaker_kind"]
    assert quotation.kind in expected["kinds"]
    assert quotation.act is Act.SPEECH
    assert quotation.medium == expected["medium"]


@pytest.mark.parametrize(("name", "expected"), CASES)
def test_cue_and_source_are_the_words_of_the_text(
    documents: dict[str, Document], name: str, expected: dict[str, Any]
) -> None:
    doc = documents[name]
    quotation = find(doc, expected)
    source = words([span.of(doc.text) for span in quotation.source])
    cue = words([span.of(doc.text) for span in quotation.cue])
    if expected["source"] is None:
        assert not quotation.cue
    else:
        assert source == expected["source"]
        assert cue.startswith(expected["cue"])


def test_a_role_is_split_off_the_name(documents: dict[str, Document]) -> None:
    name, rows = next(iter(GOLDEN.items()))
    expected = next(row for row in rows if "role" in row)
    speaker = find(documents[name], expected).speaker
    assert speaker is not None
    assert speaker.role == expected["role"]


@pytest.mark.parametrize("name", GOLDEN)
def test_nothing_else_is_stated_as_speech(documents: dict[str, Document], name: str) -> None:
    doc = documents[name]
    known = [find(doc, expected) for expected in GOLDEN[name]]
    extra = [q for q in doc.quotations if q.act is Act.SPEECH and q not in known]
    for quotation in extra:
        cue = " ".join(span.of(doc.text) for span in quotation.cue)
        assert any(word in cue for word in DEBATABLE), (cue, pieces(doc, quotation))
        # The number by which pages say “unsure”.
        assert quotation.speaker_confidence < CERTAIN


@pytest.mark.parametrize("name", GOLDEN)
def test_scare_quotes_are_no_quotations(documents: dict[str, Document], name: str) -> None:
    contents = [words(pieces(documents[name], q)) for q in documents[name].quotations]
    assert not {"“small”", "“caliphate”", '"caliphate"', "a “caliphate”"} & set(contents)


@pytest.mark.parametrize("name", GOLDEN)
def test_evidence_leads_from_cue_to_name(documents: dict[str, Document], name: str) -> None:
    doc = documents[name]
    for expected in GOLDEN[name]:
        quotation = find(doc, expected)
        roles = [step.role for step in quotation.evidence]
        assert ("cue" in roles) == bool(quotation.cue)
        if expected["speaker_kind"] in ("person", "organisation"):
            names = [
                s.span.of(doc.text)
                for s in quotation.evidence
                if s.role in ("name", "antecedent", "mention")
            ]
            assert any(expected["speaker"].split()[-1] in text or "UN" in text for text in names)


def test_one_by_one_and_in_a_batch_give_the_same(extractor: Extractor) -> None:
    texts = [(FIXTURES / "articles" / name).read_bytes().decode() for name in GOLDEN]
    assert [extractor(text) for text in texts] == list(extractor.batch(texts))
