"""From linked spans to quotations, on hand-built links: no model is loaded."""

import math

import pytest

from quotes.nlp.decoding import Link
from quotes.nlp.document import Kind, Span
from quotes.nlp.marks import mark_pairs
from quotes.nlp.quotations import Found, Piece, assemble, snapped
from quotes.params import DEFAULTS


def piece(text: str, role: str, words: str | None) -> Piece | None:
    if words is None:
        return None
    start = text.index(words)
    return Piece(role, Span(start=start, end=start + len(words)), 0, 0, math.log(0.8), 0.9)


def found(text: str, content: str, cue: str | None = None, source: str | None = None) -> Found:
    body = piece(text, "content", content)
    assert body is not None
    link = Link(0 if cue else -1, 0 if source else -1, 0.9, 0.9)
    return Found(body, piece(text, "cue", cue), piece(text, "source", source), link)


def contents(text: str, *links: Found) -> list[list[str]]:
    quotations = assemble(text, links)
    return [[span.of(text) for span in quotation.content] for quotation in quotations]


def test_contents_of_one_cue_in_a_paragraph_are_one_quotation() -> None:
    text = "“No,” she said. “Never.”"
    links = [found(text, part, "said", "she") for part in ("“No,”", "“Never.”")]
    assert contents(text, *links) == [["“No,”", "“Never.”"]]


def test_a_quotation_runs_on_over_an_unclosed_paragraph() -> None:
    text = "She said: “No way.\n\n“Never again.”"
    links = [found(text, part, "said", "She") for part in ("“No way.", "“Never again.”")]
    assert contents(text, *links) == [["“No way.", "“Never again.”"]]


def test_a_quoted_paragraph_after_a_closed_one_is_its_own_and_points_back() -> None:
    text = "“No,” she said.\n\n“Never again.”"
    links = [found(text, part, "said", "she") for part in ("“No,”", "“Never again.”")]
    first, second = assemble(text, links)
    assert [span.of(text) for span in first.source] == ["she"]
    assert second.cue == second.source == ()
    assert [(step.rule, step.span.of(text)) for step in second.evidence] == [("continues", "she")]


def test_a_relative_word_before_the_cue_belongs_to_the_rest() -> None:
    text = "in what an official says is a “key milestone”"
    links = [found(text, part, "says", "an official") for part in ("what", "is a “key milestone”")]
    assert contents(text, *links) == [["what", "is a “key milestone”"]]


def test_contents_without_words_are_no_quotations() -> None:
    text = "“…” he said."
    assert contents(text, found(text, "“…”", "said", "he")) == []


@pytest.mark.parametrize(
    ("text", "content", "edges"),
    [
        pytest.param("“No,” he said", "No,", "“No,”", id="both-marks"),
        pytest.param("“No,” he said", "“No", "“No,”", id="closing-mark"),
        pytest.param("that “no” is no", "that “no", "that “no”", id="mixed"),
        pytest.param("“Go home” signs", "“Go home” signs", "“Go home” signs", id="whole-already"),
        pytest.param("“Go home now”", "home", "home", id="a-part-stays-a-part"),
        pytest.param("no marks", "no", "no", id="none"),
    ],
)
def test_edges_take_in_the_marks(text: str, content: str, edges: str) -> None:
    start = text.index(content)
    span = Span(start=start, end=start + len(content))
    low, high = snapped(text, span, mark_pairs(text))
    assert text[low:high] == edges


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        pytest.param(
            "that it rose, adding that it fell", ["that it rose", "that it fell"], id="that"
        ),
        pytest.param("it rose, warning “it falls”", ["it rose", "“it falls”"], id="mark"),
        pytest.param("it rose, saying so", ["it rose, saying so"], id="no-clause"),
        pytest.param("it rose, making that worse", ["it rose, making that worse"], id="no-speech"),
        pytest.param("“it rose, saying that”", ["“it rose, saying that”"], id="inside-marks"),
    ],
)
def test_a_participle_of_speech_begins_its_own(content: str, parts: list[str]) -> None:
    text = f"The bank says {content}."
    quotations = assemble(text, [found(text, content, "says", "The bank")])
    assert [quotation.content[0].of(text) for quotation in quotations] == parts
    assert all(quotation.source[0].of(text) == "The bank" for quotation in quotations)


def test_signals_are_what_the_network_said() -> None:
    text = "“No,” she said. “Never.”"
    first, second = (found(text, part, "said", "she") for part in ("“No,”", "“Never.”"))
    less = second.content._replace(log_probability=math.log(0.5), share=0.6)
    (quotation,) = assemble(text, [first, second._replace(content=less)])
    signals = quotation.signals
    assert signals is not None
    assert (signals.content, signals.content_share) == (pytest.approx(0.5), 0.6)
    assert (signals.source, signals.source_share) == (pytest.approx(0.8), 0.9)
    assert (signals.source_link, signals.cue_link) == (0.9, 0.9)
    assert quotation.confidence == signals.unfitted == pytest.approx(0.6 * 0.9 * 0.9)


def test_without_source_and_cue_there_is_no_signal_of_them() -> None:
    (quotation,) = assemble("It rained.", [found("It rained.", "It rained")])
    signals = quotation.signals
    assert signals is not None
    assert signals.source is signals.source_share is signals.cue is signals.cue_share is None
    assert quotation.confidence == pytest.approx(0.9 * 0.9)


@pytest.mark.parametrize(
    ("text", "as_found"),
    [
        pytest.param("She said it rained.", ["it rained"], id="as-found"),
        pytest.param("She said “it rained” and", [], id="over-marks"),
    ],
)
def test_signals_tell_whether_rules_moved_the_edges(text: str, as_found: list[str]) -> None:
    (quotation,) = assemble(text, [found(text, "it rained", "said", "She")])
    assert quotation.signals is not None
    assert quotation.signals.edges_moved is not bool(as_found)


def test_words_in_another_paragraph_are_their_own() -> None:
    text = "Storm may turn, they say\n\nIt rained all day."
    links = [found(text, part, "say", "they") for part in ("Storm may turn", "It rained all day")]
    assert contents(text, *links) == [["Storm may turn"], ["It rained all day"]]


def test_open_paragraphs_without_a_cue_run_on() -> None:
    text = "“It rained,” she said.\n\n“The roof fell in.\n\n“So we left.”"
    links = [found(text, "“It rained,”", "said", "she")]
    links += [found(text, part) for part in ("“The roof fell in.", "“So we left.”")]
    assert contents(text, *links) == [["“It rained,”"], ["“The roof fell in.", "“So we left.”"]]


@pytest.mark.parametrize(
    ("cue", "quoted"),
    [
        pytest.param("titled", False, id="title"),
        pytest.param("which was renamed", False, id="name"),
        pytest.param("called", True, id="opinion"),
    ],
)
def test_a_name_is_nobodys_speech(cue: str, *, quoted: bool) -> None:
    text = f"A paper {cue} “Rain at Last” came out."
    assert bool(contents(text, found(text, "“Rain at Last”", cue, "A paper"))) is quoted


@pytest.mark.parametrize(("word", "quoted"), [("marked", False), ("saying", True)])
def test_a_name_before_which_its_word_stands_is_nobodys_speech(word: str, *, quoted: bool) -> None:
    text = f"Visitors must tick a box {word} “I agree” before the site opens."
    links = [found(text, "“I agree”", "must tick", "Visitors")]
    assert bool(contents(text, *links)) is quoted


@pytest.mark.parametrize(
    ("content", "quoted"),
    [
        pytest.param("a box marked “I agree”", False, id="thing"),
        pytest.param("forms headed “Never again”", False, id="things"),
        pytest.param("he ticked a box marked “I agree”", True, id="clause"),
        pytest.param("a box marked “I agree” was ticked", True, id="clause-goes-on"),
        pytest.param("a box “I agree”", True, id="no-naming-word"),
    ],
)
def test_a_thing_that_bears_a_name_is_nobodys_speech(content: str, *, quoted: bool) -> None:
    text = f"Visitors noted {content}."
    assert bool(contents(text, found(text, content, "noted", "Visitors"))) is quoted


def test_furniture_is_not_quoted() -> None:
    text = "It rained.\n\nRead more: She says it pours"
    assert contents(text, found(text, "it pours", "says", "She")) == []


def test_a_turn_is_quoted_whole_and_once() -> None:
    text = "ROE: They say it rains.\n\nDOE: Who does?\n\nROE: Everybody."
    links = [found(text, "it rains", "say", "They"), found(text, "Who does", ":", "DOE")]
    quotations = assemble(text, links)
    assert [q.content[0].of(text) for q in quotations] == [
        "They say it rains.",
        "Who does?",
        "Everybody.",
    ]
    assert [q.source[0].of(text) for q in quotations] == ["ROE", "DOE", "ROE"]
    assert {q.kind for q in quotations} == {Kind.DIRECT}
    assert {step.rule for q in quotations for step in q.evidence} == {"turn"}
    assert {q.confidence for q in quotations} == {DEFAULTS.layout_confidence["turn"]}


def test_an_answer_has_no_source_in_the_text() -> None:
    text = "Q: Why?\n\nA: It rains.\n\nQ: Still?\n\nA: Yes."
    quotations = assemble(text, [])
    assert [(q.source, q.evidence[0].rule) for q in quotations] == [((), "answer")] * 2


def test_what_the_network_finds_in_a_headline_stays() -> None:
    text = "Storm may turn north again: state police\n\nIt rained."
    (alone,) = assemble(text, [])
    assert (alone.source[0].of(text), alone.kind) == ("state police", Kind.INDIRECT)
    (both,) = assemble(text, [found(text, "Storm may turn north", ":", "state police")])
    assert both.content[0].of(text) == "Storm may turn north"
