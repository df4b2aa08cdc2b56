"""Segments are the text, whatever the marks."""

from bisect import bisect_right
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.highlights import (
    Mark,
    Piece,
    blocks,
    marked_blocks,
    marked_paragraphs,
    mismatches,
    paragraph_at,
    paragraph_places,
)
from quotes.rows import paragraph_starts

TEXTS = st.text(alphabet="ab “”\n\t\r\u2028😀é", max_size=80)


@st.composite
def marked_texts(draw):
    text = draw(TEXTS)
    places = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(places, places, st.sampled_from("wxyz")), max_size=12))
    return text, [Mark(min(a, b), max(a, b), key) for a, b, key in pairs if a != b]


@given(marked_texts())
def test_segments_put_end_to_end_are_the_text(case):
    text, marks = case
    parts = marked_blocks(text, marks)
    assert "".join(segment.text for part in parts for segment in part.segments) == text
    assert all(segment.text for part in parts for segment in part.segments)


@given(marked_texts())
def test_each_character_carries_exactly_its_marks(case):
    text, marks = case
    for part in marked_blocks(text, marks):
        for segment in part.segments:
            for place in range(segment.start, segment.start + len(segment.text)):
                lying = {mark.key for mark in marks if mark.start <= place < mark.end}
                assert set(segment.keys) == lying


@given(marked_texts())
def test_every_mark_opens_once_and_closes_once(case):
    text, marks = case
    opened = [key for part in marked_blocks(text, marks) for s in part.segments for key in s.opens]
    closed = [key for part in marked_blocks(text, marks) for s in part.segments for key in s.closes]
    assert len(opened) == len({(mark.start, mark.key) for mark in marks})
    assert len(closed) == len({(mark.end, mark.key) for mark in marks})


@given(TEXTS)
def test_blocks_partition_the_text_and_paragraphs_count_from_one(text):
    parts = blocks(text)
    assert "".join(text[part.start : part.end] for part in parts) == text
    numbers = [part.number for part in parts if part.number]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all("\n" not in text[p.start : p.end] for p in parts if p.number)
    assert all(not text[p.start : p.end].strip() for p in parts if not p.number)


@given(TEXTS)
def test_paragraphs_are_those_that_the_store_counts(text):
    parts, starts = blocks(text), paragraph_starts(text)
    for place in (place for place, char in enumerate(text) if not char.isspace()):
        assert paragraph_at(parts, place) == bisect_right(starts, place)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        pytest.param([], [("abcdef", ())], id="none"),
        pytest.param([(1, 3, "x")], [("a", ()), ("bc", ("x",)), ("def", ())], id="one"),
        pytest.param(
            [(0, 6, "out"), (2, 4, "in")],
            [("ab", ("out",)), ("cd", ("in", "out")), ("ef", ("out",))],
            id="nested-shortest-first",
        ),
        pytest.param(
            [(0, 4, "l"), (2, 6, "r")],
            [("ab", ("l",)), ("cd", ("r", "l")), ("ef", ("r",))],
            id="overlapping",
        ),
        pytest.param(
            [(1, 3, "x"), (1, 3, "x")], [("a", ()), ("bc", ("x",)), ("def", ())], id="twice"
        ),
        pytest.param([(4, 9, "x"), (-1, 2, "y"), (3, 3, "z")], [("abcdef", ())], id="outside"),
    ],
)
def test_marks_cut_the_text(marks, expected):
    (part,) = marked_blocks("abcdef", [Mark(*mark) for mark in marks])
    assert [(segment.text, segment.keys) for segment in part.segments] == expected


def test_a_mark_over_a_paragraph_break_is_cut_at_it():
    parts = marked_blocks("one\n\ntwo", [Mark(1, 7, "x")])
    assert [(p.number, [(s.text, s.keys) for s in p.segments]) for p in parts] == [
        (1, [("o", ()), ("ne", ("x",))]),
        (0, [("\n\n", ("x",))]),
        (2, [("tw", ("x",)), ("o", ())]),
    ]


@pytest.mark.parametrize(
    ("offset", "number"),
    [
        pytest.param(0, 1, id="first"),
        pytest.param(4, 2, id="in-the-gap-counts-to-the-next"),
        pytest.param(6, 2, id="second"),
        pytest.param(99, 0, id="past-the-end"),
    ],
)
def test_paragraph_at(offset, number):
    assert paragraph_at(blocks("one\n\ntwo"), offset) == number


@given(marked_texts(), st.integers(-2, 12), st.integers(-2, 12))
def test_some_paragraphs_are_marked_as_among_all(made, first, last):
    text, marks = made
    whole = [part for part in marked_blocks(text, marks) if first <= part.number <= last]
    some = marked_paragraphs(text, marks, first, last)
    assert [part.number for part in some] == [part.number for part in whole if part.number]
    for one, other in zip(some, (part for part in whole if part.number), strict=True):
        assert text_of(one) == text_of(other)
        assert keys_by_character(one) == keys_by_character(other)


def text_of(part):
    return "".join(segment.text for segment in part.segments)


def keys_by_character(part):
    return [frozenset(segment.keys) for segment in part.segments for _ in segment.text]


@given(marked_texts())
def test_paragraphs_begin_where_blocks_with_a_number_do(made):
    text, _ = made
    assert paragraph_places(text) == [part.start for part in blocks(text) if part.number]


@pytest.mark.parametrize(
    ("pieces", "digest", "count"),
    [
        pytest.param([Piece(0, 2, "é😀")], None, 0, id="verified-by-code-point"),
        pytest.param([Piece(0, 2, "é!")], None, 1, id="other-words"),
        pytest.param([Piece(0, 9, "é😀x")], None, 1, id="past-the-end"),
        pytest.param([Piece(0, 2, "é😀")], "0" * 64, 1, id="other-hash"),
    ],
)
def test_mismatches(pieces, digest, count):
    text = "é😀x"
    found = mismatches(text, digest or sha256(text.encode()).hexdigest(), pieces)
    assert len(found) == count
