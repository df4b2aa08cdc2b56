"""Texts that no newspaper prints: an answer or a clear error, and no more work than fits the size.

Through the public `Extractor`, `manage.py extract` and the API, with the shipped models. Work is
counted (windows, paragraphs, referents asked), not timed.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes.nlp import Extractor
from quotes.nlp.attribution import attribute
from quotes.nlp.document import Document, Entity, Span
from quotes.nlp.marks import mark_pairs, mark_states, quoted_spans
from quotes.nlp.names import person_key
from quotes.nlp.referents import Referents
from tests.quotes.nlp.build import article, name, reported, said

SAID = "The minister, Ana Roe, said taxes would fall."
SIGNS = "“”„«»\"'‘’`.,;:!?-—()[]…"
ODD = "\ud800\udfff\0\x01\x1b\x7f\u200b\u200f\u202e\ufeff\u0301\u2028\x85\r\n\t אم字😀aA1“”\"'. "
HARD = [
    pytest.param("", id="empty"),
    pytest.param(" \n\t\r\n", id="blank"),
    pytest.param("No", id="one-word"),
    pytest.param("“”" * 200, id="marks-only"),
    pytest.param('"' * 401, id="one-mark-only"),
    pytest.param("“" * 300, id="opening-marks-only"),
    pytest.param("'" * 300, id="apostrophes-only"),
    pytest.param(SIGNS * 12, id="punctuation-only"),
    pytest.param("the minister said that " * 120, id="no-sentence-ends"),
    pytest.param(".\n" * 200, id="lines-of-one-sign"),
    pytest.param("a" * 3000, id="one-long-word"),
    pytest.param("\x01\x02 said \x1b[0m Ana Roe\x7f, “No.\x08”", id="control-characters"),
    pytest.param("Ana \0Roe said: “No.”", id="nul"),
    pytest.param("Ana Roe said: “\ud83d No \udc00.”", id="lone-surrogates"),
    pytest.param("\u202eAna Roe said: “No.”\u202c", id="right-to-left-override"),
    pytest.param("قال الوزير: «لا». Ana Roe said no.", id="right-to-left-mixed"),
    pytest.param("a\u0301\u0301\u0301 said " * 30, id="combining-marks"),
    pytest.param("😀 said “😀” " * 20, id="emoji"),
]


def check(extractor: Extractor, text: str) -> None:
    """Extract, and check every slice of what is found."""
    doc = extractor(text)
    assert doc.text == text
    for quotation in doc.quotations:
        assert 0.0 <= quotation.confidence <= 1.0
        for span in (*quotation.content, *quotation.cue, *quotation.source):
            assert span.of(text).strip()


@pytest.mark.parametrize("text", HARD)
def test_hard_texts_are_answered(extractor: Extractor, text: str) -> None:
    check(extractor, text)


@pytest.mark.parametrize("text", ["", "No", "“”" * 20, '"' * 41, SIGNS * 2, "\ud800", "\0", "1"])
def test_texts_that_say_nothing_have_no_quotations(extractor: Extractor, text: str) -> None:
    assert extractor(text).quotations == ()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=60) | st.text(alphabet=ODD, max_size=120))
def test_any_text_is_answered(extractor: Extractor, text: str) -> None:
    check(extractor, text)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(alphabet=ODD, max_size=60))
def test_odd_neighbours_change_nothing(extractor: Extractor, text: str) -> None:
    """In a batch as alone: an odd text harms nobody beside it."""
    _, beside = extractor.batch([text, SAID])
    assert beside == extractor(SAID)


@pytest.mark.parametrize("text", HARD)
def test_the_command_goes_on(text, extractor, tmp_path, capsys) -> None:  # noqa: ARG001
    """Each line is answered or refused by name, and the line after it is read."""
    path = tmp_path / "in.jsonl"
    lines = ({"id": 1, "text": text}, {"id": 2, "text": SAID})
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    refused = "\0" in text or any("\ud800" <= c <= "\udfff" for c in text) or "\x01" in text
    with pytest.raises(CommandError, match="1 refused") if refused else nullcontext():
        call_command("extract", str(path))
    shown = capsys.readouterr()
    found = [json.loads(line) for line in shown.out.splitlines()]
    assert [line["id"] for line in found] == ([2] if refused else [1, 2])
    assert len(found[-1]["quotes"]) == 1
    assert (f"{path}:1: " in shown.err) == refused


@pytest.mark.django_db
@pytest.mark.parametrize("text", HARD)
def test_the_api_answers(text, extractor, client: Client) -> None:  # noqa: ARG001
    """Surrogates come as JSON escapes; nothing ends in a server error."""
    body = json.dumps({"id": 1, "text": text})
    response = client.post("/api/v1/extract/", body, content_type="application/json")
    answer = response.json()
    assert response.status_code == 200
    assert answer["note"] is None or answer["note"].startswith("language not recognised")


# --- work


def grown(calls: list[int]) -> float:
    """Return by what factor the work grew from each size to its double, at most."""
    return max(b / a for a, b in pairwise(calls))


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param(f"{SAID} ", id="one-line"),
        pytest.param(f"{SAID}\n", id="lines"),
        pytest.param("“” ", id="marks"),
        pytest.param("word ", id="no-sentence-ends"),
    ],
)
def test_windows_grow_with_the_text(extractor: Extractor, unit: str) -> None:
    encoder = extractor._tagger.encoder  # counted inside, without running the network
    sizes = []
    for count in (400, 800, 1600):
        groups = encoder.groups([Document(text=unit * count)])
        slabs = [slab for group in groups for slab in group]
        sizes.append(sum(w.high - w.low for slab in slabs for w in slab.windows) + 1)
    assert grown(sizes) <= 2.2


@pytest.mark.parametrize("unit", ["“", "”", "“a”", '"', "'a' ", "«„", "a“ ", "’’", ",,a "])
def test_pairs_of_marks_do_not_outgrow_the_marks(unit: str) -> None:
    text = unit * 5000
    assert len(mark_pairs(text)) <= len(text)
    assert len(mark_states(text)) == len(text)
    spans = quoted_spans(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))


def people(count: int) -> Document:
    """Return a text that names `count` people, each in full and then by surname."""
    text, entities = "", []
    for number in range(count):
        surname = f"R{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}x"
        for form in (f"Ana {surname}", surname):
            start = len(text)
            text += f"{form} spoke. "
            span = Span(start=start, end=start + len(form))
            entities.append(Entity(span=span, type="PERSON"))
    return Document(text=text, entities=tuple(entities), done=frozenset({"tagger", "parse"}))


def test_names_are_compared_with_those_that_share_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(name: str) -> tuple[str, ...]:
        asked[-1] += 1
        return person_key(name)

    monkeypatch.setattr("quotes.nlp.names.person_key", counted)
    for count in (50, 100, 200):
        asked.append(0)
        found = Referents(people(count)).all
        assert len(found) == count
        assert all(len(referent.mentions) == 2 for referent in found)
    assert grown(asked) <= 2.2


def spoken(source: str, words: str, count: int) -> Document:
    """Return a parsed text: `count` times, somebody new comes and `source` says something new."""
    letters = [f"{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(count)]
    lines = [
        f"{name(f'Ana R{ab}x', 'nsubj>came')} came/VERB/root .\n{said(source, f'p{ab}s')}"
        for ab in letters
    ]
    quotes = [reported(words, f"p{ab}s") for ab in letters]
    return article("\n".join(lines), quotes, person="|".join(f"Ana R{ab}x" for ab in letters))


def calls_to_attribute(doc: Document) -> int:
    """Return how many functions are called, builtins too, while a document is attributed."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        attribute(doc)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param("she/PRON/nsubj>said", "She", id="person"),
        pytest.param("they/PRON/nsubj>said", "They", id="several"),
        pytest.param("I/PRON/nsubj>said", "I", id="first-person"),
        pytest.param("each/PRON/nsubj>said", "Each", id="each"),
        pytest.param("who/PRON/nsubj>said", "Who", id="relative"),
        pytest.param("the minister/NOUN/nsubj>said", "The minister", id="epithet"),
        pytest.param("the men=man/NOUN/nsubj>said", "The men", id="plural"),
        pytest.param("the agency/NOUN/nsubj>said", "The agency", id="body"),
        pytest.param("the statement/NOUN/nsubj>said", "The statement", id="document"),
        pytest.param("the poll/NOUN/nsubj>said", "The poll", id="survey"),
        pytest.param("the man/NOUN/nsubj>said", "The man", id="anybody"),
        pytest.param(
            "both/DET/det>women women=woman/NOUN/nsubj>said", "Both women", id="the-two-near"
        ),
        pytest.param("officials=official/NOUN/nsubj>said", "Officials", id="anonymous"),
    ],
)
def test_quotations_are_not_compared_with_all_before_them(source: str, words: str) -> None:
    attribute(spoken(source, words, 2))  # lexicons are read once
    assert grown([calls_to_attribute(spoken(source, words, count)) for count in (75, 150)]) <= 2.1


def test_a_sentence_of_a_thousand_words_is_cut_for_the_parser(extractor: Extractor) -> None:
    doc = extractor("the minister said that " * 250)
    assert max(len(sentence.tokens) for sentence in doc.sentences) <= 250
    assert sum(len(sentence.tokens) for sentence in doc.sentences) == 1000


def texts_of(count: int) -> Iterator[str]:
    yield from (f"{number} {SAID}" for number in range(count))


def test_a_stream_is_read_as_far_as_it_is_asked_for(extractor: Extractor) -> None:
    seen = 0

    def counted() -> Iterator[str]:
        nonlocal seen
        for text in texts_of(1000):
            seen += 1
            yield text

    next(extractor.batch(counted()))
    assert seen <= extractor._params.extract_batch_texts
