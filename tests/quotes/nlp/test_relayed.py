"""Whose words one relays: told by the words around "as saying", without the network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.document import Span
from quotes.nlp.relayed import relayed
from tests.quotes.nlp.build import span_in


@pytest.mark.parametrize(
    ("text", "content", "cue", "expected"),
    [
        pytest.param(
            "The Star quoted Ana Roe as saying it rains a lot.",
            ["Ana Roe as saying it rains a lot"],
            "quoted",
            ("Ana Roe", ["it rains a lot"]),
            id="active",
        ),
        pytest.param(
            "Ana Roe was quoted by the Star as saying it rains a lot.",
            ["Ana Roe", "as saying it rains a lot"],
            "was quoted",
            ("Ana Roe", ["it rains a lot"]),
            id="passive",
        ),
        pytest.param(
            "Ana Roe, a baker, was quoted as saying that it rains.",
            ["Ana Roe, a baker,", "that it rains"],
            "was quoted as saying",
            ("Ana Roe, a baker", ["that it rains"]),
            id="all-of-it-is-the-cue",
        ),
        pytest.param(
            "The Star cited Roe as telling its readers that it rains.",
            ["Roe as telling its readers that it rains"],
            "cited",
            ("Roe", ["that it rains"]),
            id="who-is-told-is-no-content",
        ),
        pytest.param(
            "“It rains,” the Star quoted Roe as saying on Monday.",
            ["“It rains,”", "Roe as saying on Monday"],
            "quoted",
            ("Roe", ["“It rains,”"]),
            id="a-day-is-no-content",
        ),
        pytest.param(
            "The Star quoted Roe as saying: “Rain.”",
            ["Roe as saying: “Rain.”"],
            "quoted",
            ("Roe", ["“Rain.”"]),
            id="one-quoted-word",
        ),
        pytest.param(
            "Roe said it was as saying goes.",
            ["it was as saying goes"],
            "said",
            None,
            id="no-relay",
        ),
        pytest.param(
            "The Star quoted “Roe as saying no”.",
            ["“Roe as saying no”"],
            "quoted",
            None,
            id="quoted",
        ),
        pytest.param(
            "It was quoted as falling fast.",
            ["as falling fast"],
            "was quoted",
            None,
            id="no-speech",
        ),
        pytest.param("The Star quoted Roe.", ["Roe"], "quoted", None, id="nothing-said"),
    ],
)
def test_whose_words(
    text: str, content: list[str], cue: str, expected: tuple[str, list[str]] | None
) -> None:
    found = relayed(text, [span_in(text, piece) for piece in content], span_in(text, cue))
    told = found and (found.source.of(text), [span.of(text) for span in found.content])
    assert told == expected


@given(
    st.lists(st.sampled_from(["Roe", "quoted", "as saying", "“No”", ",", "that"]), min_size=3),
    st.data(),
)
def test_what_is_relayed_stays_inside_the_content(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    cuts = data.draw(
        st.lists(st.integers(0, len(text)), min_size=4, max_size=4, unique=True).map(sorted)
    )
    cue = Span(start=cuts[0], end=cuts[1])
    piece = Span(start=cuts[2], end=cuts[3])
    found = relayed(text, [piece], cue)
    if found is not None:
        assert all(piece.start <= s.start < s.end <= piece.end for s in found.content)
        assert not any(span.meets(found.source) for span in found.content)
