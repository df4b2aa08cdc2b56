"""The processor `quote` inside a stanza.Pipeline of the shipped models."""

from pathlib import Path
from typing import Any

import pytest
import stanza
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stanza.pipeline.core import PipelineRequirementsException
from stanza.pipeline.registry import PIPELINE_NAMES

from quotes.nlp import Extractor
from quotes.nlp.stanza_processor import (
    QuotationInText,
    QuoteProcessor,
    UnplacedTextError,
    document_of,
    shipped_models,
)
from tests.quotes.nlp.golden import FIXTURES, GOLDEN, readings

ARTICLES = sorted((FIXTURES / "articles").glob("*.txt"))
PROCESSORS = "tokenize,mwt,pos,lemma,depparse,ner,quote"
TEXT = "The minister, Ana Roe, said taxes would fall."
TWO = (
    "“We won’t go,” said Bo Li 😀 on Monday.\r\nIt\nrained all day.\n\n"
    "Ana Roe said\tthe café can’t pay."
)


@pytest.fixture(scope="session")
def nlp() -> stanza.Pipeline:
    """As the README makes it."""
    return stanza.Pipeline("en", processors=PROCESSORS, logging_level="WARN", **shipped_models())


def told(doc: Any) -> list[tuple[str, str | None]]:
    return [(q.text, q.speaker.name if q.speaker else None) for q in doc.quotations]


def test_quotations_are_on_the_document(nlp: stanza.Pipeline) -> None:
    doc = nlp(TEXT)
    (quotation,) = doc.quotations
    assert isinstance(quotation, QuotationInText)
    assert (quotation.text, quotation.cue_text) == ("taxes would fall", "said")
    assert quotation.source_text == "The minister, Ana Roe"
    assert (quotation.speaker.name, quotation.speaker.role) == ("Ana Roe", "minister")
    assert [span.of(doc.text) for span in quotation.content] == ["taxes would fall"]
    assert 0.0 <= quotation.confidence <= 1.0


def test_interrupted_quotations_are_joined(nlp: stanza.Pipeline) -> None:
    (quotation, *_) = nlp("“We will go,” said Bo Li, the chairman, “and never return.”").quotations
    assert quotation.text == "“We will go,” … “and never return.”"
    assert quotation.speaker.name == "Bo Li"


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name[:3])
def test_the_same_words_as_the_library(
    nlp: stanza.Pipeline, extractor: Extractor, path: Path
) -> None:
    """The tagger reads the text, so only what Stanza's own sentences tell may differ."""
    text = path.read_bytes().decode()
    ours, doc = extractor(text), nlp(text)
    assert [(q.content, q.cue, q.source) for q in doc.quotations] == [
        (q.content, q.cue, q.source) for q in ours.quotations
    ]
    names = {q.text.strip(" .,"): q.speaker.name for q in doc.quotations if q.speaker}
    for row in GOLDEN[path.name]:
        contents = {" … ".join(pieces).strip(" .,") for pieces in readings(row)}
        assert {names[content] for content in contents & names.keys()} == {row["speaker"]}


def test_offsets_of_a_whole_text(nlp: stanza.Pipeline) -> None:
    doc = nlp(TWO)
    for quotation in doc.quotations:
        pieces = [TWO[span.start : span.end] for span in quotation.content]
        assert quotation.text == " … ".join(pieces)
    assert ("“We won’t go,”", "Bo Li") in told(doc)
    assert ("the café can’t pay", "Ana Roe") in told(doc)


def test_the_document_is_read_as_stanza_made_it(nlp: stanza.Pipeline) -> None:
    doc = nlp(TWO)
    ours = document_of(doc)
    assert [len(s.tokens) for s in ours.sentences] == [len(s.words) for s in doc.sentences]
    tokens = [token for sentence in ours.sentences for token in sentence.tokens]
    for token, word in zip(tokens, doc.iter_words(), strict=True):
        assert (token.upos, token.head + 1, token.deprel) == (word.upos, word.head, word.deprel)
        if word.start_char is None:  # "n’t" in "can’t", where the model writes it otherwise
            assert token.span.of(TWO) == word.parent.text
        else:
            assert token.text == token.span.of(TWO) == TWO[word.start_char : word.end_char]
    named = [(entity.span.of(TWO), entity.type) for entity in ours.entities]
    assert named == [(entity.text, entity.type) for entity in doc.ents]


def test_many_at_once(nlp: stanza.Pipeline) -> None:
    texts = [TEXT, "", TWO, "Nothing happened."]
    together = [told(doc) for doc in nlp.bulk_process(texts)]
    assert together == [told(nlp(text)) for text in texts]
    assert [len(found) for found in together][1::2] == [0, 0]


def test_nothing_else_changes(nlp: stanza.Pipeline) -> None:
    without = PROCESSORS.removesuffix(",quote")
    doc, plain = nlp(TEXT), nlp(TEXT, processors=without)
    assert doc.to_dict() == plain.to_dict()
    assert doc.to_serialized() == plain.to_serialized()
    assert plain.quotations == ()
    assert stanza.Document.from_serialized(doc.to_serialized()).quotations == ()


def tokens(text: str, *sentences: str, placed: bool = True) -> list[list[dict[str, Any]]]:
    """Return words, given with a space between, as Stanza's token dictionaries."""
    result, end = [], 0
    for sentence in sentences:
        row = []
        for number, word in enumerate(sentence.split(), start=1):
            start = text.index(word, end)
            end = start + len(word)
            place = {"start_char": start, "end_char": end} if placed else {}
            row.append({"id": (number,), "text": word, **place})
        result.append(row)
    return result


AFTER_TOKENS = "pos,lemma,depparse,ner,quote"


def test_the_users_own_tokens(nlp: stanza.Pipeline) -> None:
    text = "The minister, Ana Roe, said  taxes would fall. He left."
    own = tokens(text, "The minister , Ana Roe , said taxes would fall .", "He left .")
    doc = nlp.process(stanza.Document(own, text=text), processors=AFTER_TOKENS)
    assert told(doc) == [("taxes would fall", "Ana Roe")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(None, "has no text", id="no-text"),
        pytest.param(TEXT, "'The' has no place", id="no-offsets"),
    ],
)
def test_a_document_without_places_is_refused(
    nlp: stanza.Pipeline, text: str | None, message: str
) -> None:
    own = tokens(TEXT, "The minister , Ana Roe , said taxes would fall .", placed=False)
    with pytest.raises(UnplacedTextError, match=message):
        nlp.process(stanza.Document(own, text=text), processors=AFTER_TOKENS)
    with pytest.raises(UnplacedTextError, match=message):
        document_of(stanza.Document(own, text=text))


def test_what_it_needs_is_checked() -> None:
    models = {name: value for name, value in shipped_models().items() if name[:4] != "ner_"}
    processors = PROCESSORS.replace("ner,", "")
    with pytest.raises(PipelineRequirementsException, match=r"missing: {'ner'}"):
        stanza.Pipeline("en", processors=processors, logging_level="WARN", **models)


def test_english_only() -> None:
    with pytest.raises(ValueError, match="reads English"):
        QuoteProcessor({"lang": "de"}, None, "cpu")


def test_registered_once() -> None:
    assert PIPELINE_NAMES.count("quote") == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    parts=st.lists(
        st.sampled_from(["“No,”", "said", "Ana Roe", ".", "\n", "\n\n", "\u00a0", "😀", "can't"]),
        max_size=12,
    )
)
def test_any_text(nlp: stanza.Pipeline, parts: list[str]) -> None:
    text = " ".join(parts)
    doc = nlp(text)
    for quotation in doc.quotations:
        assert quotation.text == " … ".join(span.of(text) for span in quotation.content)
