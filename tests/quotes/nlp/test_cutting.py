"""The tokenizer's network read directly, against Stanza's own processor on the same models."""

from types import SimpleNamespace
from typing import Any

import pytest
import stanza
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotes.nlp.boundaries import Piece
from quotes.nlp.cutting import FEATURES, Cutter, units_of
from quotes.nlp.stanza_packages import SHIPPED, load

PARAGRAPHS = (
    "“We can’t go,” she said. “Not now.”",
    "He met Mr. Li at 5 p.m. in St. Ives. They don't talk, it's said; we've been.",
    "Mail a.b@c.org or see https://example.org/a,b?c=1. Then call.",
    "a\u2003\u2003b\tc  d \x97 e.",
    "Smile \U0001f600. 你好。Привет.",
    "No end",
    "x",
)


@pytest.fixture(scope="module")
def tokenize() -> Any:
    return load(SHIPPED, None).processors["tokenize"]


@pytest.fixture(scope="module")
def cutter(tokenize: Any) -> Cutter:
    return Cutter(tokenize.trainer)


def by_stanza(tokenize: Any, paragraph: str) -> list[list[Piece]]:
    (document,) = tokenize.bulk_process([stanza.Document([], text=paragraph)])
    return [
        [Piece(t.start_char, t.end_char, bool(t.misc and "MWT" in t.misc)) for t in s.tokens]
        for s in document.sentences
    ]


@pytest.mark.parametrize("paragraph", [*PARAGRAPHS, "Rain fell, he said. " * 80, "ab " * 500])
def test_cuts_as_stanza_does(tokenize: Any, cutter: Cutter, paragraph: str) -> None:
    paragraph = paragraph.strip()
    assert cutter([paragraph])[0] == by_stanza(tokenize, paragraph)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.text(alphabet="aB1 .,’“”'\u2003\x97é", max_size=30), max_size=5))
def test_a_paragraph_is_cut_the_same_whatever_is_beside_it(
    cutter: Cutter, paragraphs: list[str]
) -> None:
    together = cutter(paragraphs)
    assert together == [cutter([paragraph])[0] for paragraph in paragraphs]
    for paragraph, sentences in zip(paragraphs, together, strict=True):
        covered = [i for s in sentences for p in s for i in range(p.start, p.end)]
        assert covered == sorted(set(covered))
        left = set(range(len(paragraph))) - set(covered)
        assert all(paragraph[i].isspace() or paragraph[i] == "\x97" for i in left)
        assert all(sentences)


@pytest.mark.parametrize(
    ("paragraph", "characters", "places"),
    [
        pytest.param("ab", ["a", "b"], [0, 1], id="plain"),
        pytest.param("a \t b ", ["a", " ", "b"], [0, 1, 4], id="white-space"),
        pytest.param("", [], [], id="empty"),
        pytest.param("\x97\x97", [" "], [0], id="control-characters"),
    ],
)
def test_units(paragraph: str, characters: list[str], places: list[int]) -> None:
    assert units_of(paragraph) == (characters, places)


def test_another_kind_of_tokenizer_is_refused() -> None:
    args = {"feat_funcs": [*FEATURES, "dictionary"], "use_dictionary": True}
    with pytest.raises(ValueError, match="the tokenizer wants the features"):
        Cutter(SimpleNamespace(args=args))
