"""Wordpieces, features and windows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.encoder import DIRECTORY, TOKENIZER
from quotes.nlp.wordpieces import MAX_CHUNK, WordpieceReader, case_of, rows, windows

READER = WordpieceReader(DIRECTORY / TOKENIZER)


@pytest.mark.parametrize(
    ("word", "case"),
    [("he", 0), ("He", 1), ("I", 1), ("US", 2), ("McGurk", 3), ("2,475m", 0), ("80", 4), (",", 5)],
)
def test_case_of_a_word(word: str, case: int) -> None:
    assert case_of(word) == case


@given(st.text(max_size=200))
def test_wordpieces_lie_in_the_text_in_order(text: str) -> None:
    for chunk in READER(text):
        assert len(chunk.starts) == len(chunk.cases) == len(chunk.quotes) == len(chunk) > 0
        assert chunk.first[0]
        assert all(0 <= a < b <= len(text) for a, b in zip(chunk.starts, chunk.ends, strict=True))
        assert chunk.starts == sorted(chunk.starts)


def test_long_paragraphs_are_cut_and_lose_nothing() -> None:
    text = "A short sentence of some words. " * 200
    chunks = READER(text)
    assert all(len(chunk) <= MAX_CHUNK for chunk in chunks)
    assert {chunk.paragraph for chunk in chunks} == {0}
    assert sum(map(len, chunks)) == 7 * 200
    assert all(text[chunk.ends[-1] - 1] == "." for chunk in chunks)


@pytest.mark.parametrize(
    "text", ["''No,'' he said", "«No,» he said", '"No," he said', "'No,' he said"]
)
def test_marks_of_every_house_read_alike(text: str) -> None:
    curly = set(READER("“No,” he said")[0].ids)
    assert set(READER(text)[0].ids) == curly
    assert set(READER(text, canonical=False)[0].ids) != curly


@given(st.lists(st.integers(1, 60), max_size=30), st.integers(20, 120), st.integers(0, 60))
def test_every_chunk_is_decided_on_once(sizes: list[int], own: int, context: int) -> None:
    chunks = [READER("a " * size)[0] for size in sizes]
    found = windows(chunks, own, context)
    decided = [n for w in found for n in range(w.own_low, w.own_high)]
    assert decided == list(range(len(chunks)))
    for window in found:
        assert 0 <= window.low <= window.own_low < window.own_high <= window.high <= len(chunks)
        before = sum(len(c) + 1 for c in chunks[window.low : window.own_low])
        after = sum(len(c) + 1 for c in chunks[window.own_high : window.high])
        assert before <= context >= after
        made = rows(chunks, window)
        assert len(made) == len(made.cases) == len(made.quotes) == len(made.starts)
        for number, offset in made.offsets.items():
            assert made.ids[offset : offset + len(chunks[number])] == chunks[number].ids
