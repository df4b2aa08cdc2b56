"""What nobody says: topics before a headline's colon, conditions, sentences that follow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Span
from quotes.nlp.unsaid import (
    in_its_sentence,
    is_condition,
    is_topic,
    tail,
    with_apposition,
    without_topic,
)
from tests.quotes.nlp.build import span_in

BODY = (
    "The minister survived a vote on the bridge on Tuesday, by 61 votes to 60, after a long night."
    " The next one is in May."
)


@pytest.mark.parametrize(
    ("headline", "source", "topic"),
    [
        pytest.param("The Roe affair: minister survives", "The Roe affair", True, id="its-words"),
        pytest.param("Caso Roe: minister survives", "Caso Roe", True, id="of-another-language"),
        pytest.param("Roe Timbres: minister survives", "Roe Timbres", True, id="nowhere-else"),
        pytest.param("Minister: I survive", "Minister", False, id="somebody"),
        pytest.param("Bridge: I survive", "Bridge", False, id="in-the-text"),
        pytest.param("Timbres board: I survive", "Timbres board", False, id="a-body"),
        pytest.param("Caso Roe: minister survives.", "Caso Roe", False, id="a-sentence"),
    ],
)
def test_the_topic_of_a_headline(headline: str, source: str, *, topic: bool) -> None:
    text = f"{headline}\n\n{BODY}"
    assert is_topic(text, span_in(text, ":"), span_in(text, source)) == topic


@pytest.mark.parametrize(
    ("text", "content"),
    [
        pytest.param(f"Tax row: ‘No way’, says Roe\n\n{BODY}", "‘No way’", id="headline"),
        pytest.param("Her answer: ‘No way’, says Roe.", "Her answer: ‘No way’", id="sentence"),
    ],
)
def test_quoted_words_lose_the_topic_before_them(text: str, content: str) -> None:
    given = span_in(text, text[: text.index("’") + 1])
    assert [span.of(text) for span in without_topic(text, [given])] == [content]


@pytest.mark.parametrize(
    ("text", "cue", "content", "condition"),
    [
        pytest.param("who asked not to be named", "asked", "not to be named", True, id="asked"),
        pytest.param("who requested anonymity", "requested", "anonymity", True, id="noun"),
        pytest.param(
            "who declined to be identified because she is shy",
            "declined",
            "to be identified because she is shy",
            True,
            id="with-a-reason",
        ),
        pytest.param(
            "who asked that her name not be used",
            "asked",
            "that her name not be used",
            True,
            id="name",
        ),
        pytest.param("asked to be named head", "asked", "to be named head", False, id="office"),
        pytest.param("she expects to be named", "expects", "to be named", False, id="hope"),
        pytest.param("he asked to be paid", "asked", "to be paid", False, id="wish"),
    ],
)
def test_conditions_of_speaking(text: str, cue: str, content: str, *, condition: bool) -> None:
    assert is_condition(text, [span_in(text, content)], span_in(text, cue)) == condition


@pytest.mark.parametrize(
    ("text", "pieces", "kept"),
    [
        pytest.param("“No,” said X. The bus came.", ["“No,”", "The bus came"], 1, id="next"),
        pytest.param("“No,” said X. “Never.”", ["“No,”", "“Never.”"], 2, id="quoted"),
        pytest.param("It rains, said X, and snows.", ["It rains", "and snows"], 2, id="same"),
    ],
)
def test_the_next_sentence_is_nobodys(text: str, pieces: list[str], kept: int) -> None:
    content = [span_in(text, piece) for piece in pieces]
    assert len(in_its_sentence(text, content, span_in(text, "said"))) == kept


@pytest.mark.parametrize(
    ("content", "cue", "parts"),
    [
        pytest.param(
            "May, “and it will.”", "referring to", ["May", "“and it will.”"], id="goes-on"
        ),
        pytest.param("May, “and it will.”", "adding", None, id="said"),
        pytest.param("the “wet” month", "referring to", None, id="a-word"),
        pytest.param("May, “and it” will", "referring to", None, id="half"),
    ],
)
def test_what_goes_on_behind_what_is_meant(content: str, cue: str, parts: list[str] | None) -> None:
    text = f"“It rains,” she said, {cue} {content}"
    found = tail(text, [span_in(text, content)], span_in(text, cue))
    assert (found and [span.of(text) for span in found]) == parts


@pytest.mark.parametrize(
    ("text", "content", "source", "rest"),
    [
        pytest.param(
            "the head, Ana Roe, it rains", "it rains", "the head, Ana Roe", "it rains", id="between"
        ),
        pytest.param(
            "the Emir, Alhaji Roe, “it rains”",
            "Alhaji Roe, “it rains”",
            "the Emir, Alhaji Roe",
            "“it rains”",
            id="before-quoted-words",
        ),
        pytest.param(
            "the head, Ana Roe, a spy, fled",
            "Ana Roe, a spy, fled",
            "the head",
            None,
            id="whom-they-mean",
        ),
        pytest.param("the head, it rains", "it rains", "the head", "it rains", id="no-name"),
    ],
)
def test_a_name_in_apposition_is_the_source(
    text: str, content: str, source: str, rest: str | None
) -> None:
    described = span_in(text, source.partition(",")[0])
    by, said = with_apposition(text, described, span_in(text, content))
    assert (by.of(text), said.of(text)) == (source, rest or content)


@given(
    st.lists(st.sampled_from(["Roe", ":", "“No”", ",", "referring", ".", "\n", "said"])), st.data()
)
def test_nothing_leaves_the_content(words: list[str], data: st.DataObject) -> None:
    text = " ".join(["Roe", *words, "said so"])
    ends = st.lists(st.integers(0, len(text)), min_size=4, max_size=4, unique=True).map(sorted)
    cuts = data.draw(ends)
    cue, piece = Span(start=cuts[0], end=cuts[1]), Span(start=cuts[2], end=cuts[3])
    parts = (*without_topic(text, [piece]), *(tail(text, [piece], cue) or ()))
    assert all(piece.start <= part.start < part.end <= piece.end for part in parts)
