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


@pytest.mark.parametrize(
    ("content", "cue", "source", "expected"),
    [
        pytest.param(
            "Ana Roe told the House that it rains",
            "reported",
            "the Star",
            ("Ana Roe", "told", "that it rains"),
            id="reported",
        ),
        pytest.param(
            "Ana Roe has also said the roads are shut",
            "said in a statement",
            "the ministry",
            ("Ana Roe", "said", "the roads are shut"),
            id="a-statement",
        ),
        pytest.param(
            "It rains, General Ana Roe said",
            "according to",
            "state radio",
            ("General Ana Roe", "said", "It rains"),
            id="said-at-the-end",
        ),
        pytest.param("The road is shut", "reported", "the Star", None, id="nobody-inside"),
        pytest.param(
            "Roe said that it rains", "recalled", "her aide", None, id="who-remembers-says-it"
        ),
        pytest.param(
            "When Roe said that it rains", "reported", "the Star", None, id="another-clause"
        ),
        pytest.param("“Roe said that it rains”", "reported", "the Star", None, id="in-marks"),
        pytest.param("Ana Roe spoke, and said", "reported", "the Star", None, id="no-words"),
    ],
)
def test_who_said_what_is_reported(
    content: str, cue: str, source: str, expected: tuple[str, str, str] | None
) -> None:
    text = f"{content}, {source} {cue}."
    piece, verb, by = (span_in(text, words) for words in (content, cue, source))
    found = relayed(text, [piece], verb, by)
    told = found and (found.source, found.cue, *found.content)
    assert (told and tuple(span and span.of(text) for span in told)) == expected


@pytest.mark.parametrize(
    ("before", "source"),
    [
        pytest.param("Ana Roe told the envoy on Monday ", "Ana Roe", id="told"),
        pytest.param("It rained. Ana Roe has said ", "Ana Roe", id="another-sentence-before"),
        pytest.param("When Ana Roe told the envoy ", None, id="another-clause"),
        pytest.param("There is a fear ", None, id="no-verb"),
    ],
)
def test_whose_clause_it_is(before: str, source: str | None) -> None:
    text = f"{before}that it rains, the Star reported."
    piece, verb, by = (span_in(text, w) for w in ("that it rains", "reported", "the Star"))
    found = relayed(text, [piece], verb, by)
    assert (found and (found.source.of(text), found.content)) == (source and (source, (piece,)))


@given(
    words=st.lists(
        st.sampled_from(["Roe", "quoted", "reported", "said", "as saying", "“No”", ",", "that"]),
        min_size=3,
    ),
    data=st.data(),
    before=st.booleans(),
)
def test_what_is_relayed_stays_inside_the_content(
    words: list[str], data: st.DataObject, *, before: bool
) -> None:
    text = " ".join(words)
    cuts = data.draw(
        st.lists(st.integers(0, len(text)), min_size=4, max_size=4, unique=True).map(sorted)
    )
    cue = Span(start=cuts[0], end=cuts[1])
    piece = Span(start=cuts[2], end=cuts[3])
    if before:
        cue, piece = piece, cue
    found = relayed(text, [piece], cue, cue if before else None)
    if found is not None:
        assert all(piece.start <= s.start < s.end <= piece.end for s in found.content)
        assert not any(span.meets(found.source) for span in found.content)
