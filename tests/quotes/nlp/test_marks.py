"""Quotation marks: pairing, states and kinds."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Kind, Span
from quotes.nlp.marks import (
    MarkState,
    is_quoted,
    kind_of,
    mark_pairs,
    mark_states,
    quoted_spans,
    word_tokens,
)

MARKS = st.text(alphabet="“”„«»\"'‘’`` aAs.,90\n\r\u2028([—", max_size=80)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        pytest.param("He said “we will win,” and left.", ["we will win,"], id="curly"),
        pytest.param('"No," said Ms Roe. "Never."', ["No,", "Never."], id="straight"),
        pytest.param("''I love it,'' he said.", ["I love it,"], id="two-apostrophes"),
        pytest.param("``And this,'' too.", ["And this,"], id="tex"),
        pytest.param("«Oui», dit-il.", ["Oui"], id="guillemets"),
        pytest.param("»Ja«, sagte er.", ["Ja"], id="guillemets-inward"),
        pytest.param("„Nein“, sagte sie.", ["Nein"], id="german"),
        pytest.param("”Nej”, sade hon.", ["Nej"], id="swedish"),
        pytest.param("‘We’ll go,’ she said.", ["We’ll go,"], id="british"),
        pytest.param("'We'll go,' she said. 'Now.'", ["We'll go,", "Now."], id="british-straight"),
        pytest.param("'The workers' rights,' he said.", ["The workers' rights,"], id="possessive"),
        pytest.param("‘He said “no” to me,’ I wrote.", ["He said “no” to me,"], id="nested"),
        pytest.param("“He said ‘no’ to me,” I wrote.", ["He said ‘no’ to me,"], id="nested-single"),
        pytest.param("It’s the ’90s and rock 'n' roll, y'all.", [], id="apostrophes"),
        pytest.param("In the '90s the workers' pay fell.", [], id="decade"),
        pytest.param("Stray” mark.", [], id="closes-nothing"),
        pytest.param("“Open\nEnd", ["Open"], id="unclosed-ends-with-its-paragraph"),
        pytest.param("“One “two” three", ["One ", "two"], id="opened-anew"),
        pytest.param("She is 6'2\" tall.", [], id="inches"),
        pytest.param("We won,” she said. “Yes.”", ["We won,", "Yes."], id="lost-opening"),
        pytest.param("It rained. We won,” she said.", ["We won,"], id="lost-opening-of-a-sentence"),
        pytest.param('We won," she said. "Yes."', ["We won,", "Yes."], id="lost-opening-straight"),
        pytest.param("She said: We won!”", ["We won!"], id="lost-opening-behind-a-colon"),
        pytest.param("\"We won,' she said.", ["We won,"], id="closed-by-a-single-mark"),
        pytest.param("“I said ‘no,’ he said.", ["I said ‘no,’ he said."], id="inner-pair-only"),
        pytest.param(',,Ne," she said.', ["Ne,"], id="two-commas"),
        pytest.param("`We won,' she said. `Yes.'", ["We won,", "Yes."], id="backtick"),
        pytest.param("‹Oui,› she said.", ["Oui,"], id="single-guillemets"),
        pytest.param("”No,“ she said.", ["No,"], id="the-wrong-way-round"),
        pytest.param(
            '"She said "no" to me," he said.', ['She said "no" to me,'], id="straight-in-straight"
        ),
        pytest.param(
            "«She said “no” to me,» he said.", ["She said “no” to me,"], id="curly-in-guillemets"
        ),
        pytest.param(
            "“She said “no” to me,” he said.", ["She said “no” to me,"], id="curly-in-curly"
        ),
        pytest.param(
            "“One. “Two,” she said. “Three.”", ["One. ", "Two,", "Three."], id="not-nested"
        ),
        pytest.param("", [], id="empty"),
        pytest.param('""', [], id="nothing-inside"),
    ],
)
def test_what_stands_inside_quotation_marks(text: str, inside: list[str]) -> None:
    assert [span.of(text) for span in quoted_spans(text)] == inside


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("“We will win,”", Kind.DIRECT, id="marks-included"),
        pytest.param("that “we will win”", Kind.MIXED, id="that-outside"),
        pytest.param("a “small” gap", Kind.MIXED, id="one-quoted-word"),
        pytest.param("that they will win", Kind.INDIRECT, id="none"),
        pytest.param("“…”", Kind.INDIRECT, id="no-words"),
        pytest.param("'We will win,'", Kind.DIRECT, id="single-marks"),
        pytest.param("“To be\n“continued”", Kind.DIRECT, id="over-unclosed-paragraphs"),
    ],
)
def test_kind(text: str, kind: Kind) -> None:
    assert kind_of([Span(start=0, end=len(text))], text) is kind


def test_kind_of_a_part_of_the_text() -> None:
    text = "She said “never” and meant it."
    assert kind_of([Span(start=10, end=15)], text) is Kind.DIRECT
    assert kind_of([Span(start=17, end=len(text))], text) is Kind.INDIRECT


def test_states_of_characters() -> None:
    text = "a “b” 'cd'"
    states = [MarkState(state) for state in mark_states(text)]
    expected = [MarkState.OUTSIDE] * 2
    expected += [MarkState.OPENING, MarkState.DOUBLE, MarkState.CLOSING, MarkState.OUTSIDE]
    expected += [MarkState.OPENING, MarkState.SINGLE, MarkState.SINGLE, MarkState.CLOSING]
    assert states == expected


@given(MARKS)
def test_pairs_are_ordered_and_inside_the_text(text: str) -> None:
    pairs = mark_pairs(text)
    assert list(pairs) == sorted(pairs)
    for pair in pairs:
        assert 0 <= pair.start <= pair.inner <= pair.outer <= pair.end <= len(text)
        assert pair.inner > pair.start or pair.closed
        assert "\n" not in text[pair.start : pair.end]
    double = [pair for pair in pairs if not pair.single]
    assert all(a.end <= b.start for a, b in itertools.pairwise(double))


@given(MARKS)
def test_quoted_spans_are_disjoint_and_agree_with_is_quoted(text: str) -> None:
    spans = quoted_spans(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    inside = {i for span in spans for i in range(span.start, span.end)}
    assert inside == {i for i in range(len(text)) if is_quoted(text, i)}


@given(MARKS)
def test_there_is_a_state_for_every_character(text: str) -> None:
    states = mark_states(text)
    assert len(states) == len(text)
    assert all(MarkState(state) for state in states if state)


@given(MARKS)
def test_kind_counts_the_quoted_words(text: str) -> None:
    if not text:
        return
    whole = [Span(start=0, end=len(text))]
    quoted = [is_quoted(text, word.start) for word in word_tokens(text, whole)]
    kind = kind_of(whole, text)
    assert (kind is Kind.DIRECT) == (bool(quoted) and all(quoted))
    assert (kind is Kind.INDIRECT) == (not any(quoted))
