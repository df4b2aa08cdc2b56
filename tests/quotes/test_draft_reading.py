"""A draft is read in stints; in whatever stints, the same is found."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes import draft_reading
from quotes.draft_reading import Reading, read
from quotes.draft_words import has_words, wording
from quotes.extraction import Busy
from quotes.nlp.document import Document, Kind
from quotes.nlp.document import Quotation as Said
from quotes.params import CHECKING
from tests import builders

PARAGRAPHS = (
    "She said “It must rise now” and left.",
    "Nobody said a word.",
    "“It must”, she said. “It must not fall,” he said.",
    "He said “We never meant to go so far",
    "“and never will,” he said.",
    "> It must rise, and it will",
)
texts = st.lists(st.sampled_from(PARAGRAPHS), max_size=12).map("\n\n".join)
PARAMS = CHECKING.model_copy(update={"read_slice_chars": 60})


def extract(text: str) -> Document:
    """Return a document in which all words in marks of a part are Ana Roe's."""
    said: list[Said] = []
    at = text.find("“")
    while at >= 0:
        end = text.find("”", at) + 1
        if not end:
            break
        words = text[at:end]
        if text.count(words) == 1:
            said.append(builders.quotation(text, words, kind=Kind.DIRECT, speaker=builders.ROE))
        at = text.find("“", end)
    return Document(text=text, quotations=tuple(said))


def in_stints(text: str, most: Sequence[float]) -> Reading:
    found: Reading | None = None
    for most_s in [*most, *[100.0] * 2]:
        found = read(text, since=found, most_s=most_s, extract=extract, params=PARAMS)
        found = draft_reading.again(text, found.said, found.read_to)  # as it goes along, sealed
    assert found
    return found


@given(texts, st.lists(st.sampled_from([-1.0, 100.0]), max_size=4))
def test_in_whatever_stints_the_same_is_found(text: str, most: list[float]) -> None:
    assert in_stints(text, most) == read(text, extract=extract, params=PARAMS)


@given(texts, st.integers(1, 8))
def test_those_that_are_looked_up_are_what_they_are_without_an_end(text: str, most: int) -> None:
    few = PARAMS.model_copy(update={"quotations_most": most})
    some, whole = (read(text, extract=extract, params=params) for params in (few, PARAMS))
    read_ones = [q for q in some.quotations if q.end <= some.read_to]
    assert read_ones == [q for q in whole.quotations if q.end <= some.read_to]
    assert some.read_to == len(text) or len(read_ones) >= most


def test_nothing_behind_what_is_looked_up_is_read() -> None:
    parts: list[str] = []

    def noted(text: str) -> Document:
        parts.append(text)
        return extract(text)

    text = "\n\n".join(f"She said “It must rise {n} times” and left." for n in range(20))
    params = PARAMS.model_copy(update={"quotations_most": 5})
    found = read(text, extract=noted, params=params)
    assert found.is_enough(params)
    assert "".join(parts) == text[: found.read_to]
    assert len(parts) == 5


def test_a_stint_reads_one_part_at_least_and_none_while_the_models_are_busy() -> None:
    text = "\n\n".join(PARAGRAPHS * 2)
    first = read(text, most_s=-1.0, extract=extract, params=PARAMS)
    assert 0 < first.read_to < len(text)

    def busy(text: str) -> Document:
        raise Busy(text[:1])

    assert read(text, since=first, extract=busy, params=PARAMS) == first


@pytest.mark.parametrize("text", ["", "\n"])
def test_nothing_has_no_quotations(text: str) -> None:
    found = read(text, extract=extract)
    assert (found.quotations, found.read_to, found.is_enough()) == ((), len(text), False)


@given(st.text(alphabet="ab1 '’.,-…[](“”漢\n", max_size=40), st.integers(0, 40), st.integers(0, 6))
def test_words_are_counted_as_they_are_read(text: str, cut: int, least: int) -> None:
    pieces = [(0, min(cut, len(text))), (min(cut, len(text)), len(text))]
    assert has_words(text, pieces, least) == (len(wording(text, pieces).words) >= least)
