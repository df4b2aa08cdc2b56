"""A text in parts: nothing lost, paragraphs numbered as in the whole, cut where a reader would."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.article_parts import part_at, part_of_paragraph, parts_of
from quotes.highlights import blocks
from quotes.params import PAGES

SMALL = PAGES.model_copy(update={"article_whole_chars": 40, "article_part_chars": 20})
TEXTS = st.text(alphabet="ab \n\r\t“”", max_size=300) | st.text(alphabet="ab ", max_size=200)


@given(TEXTS)
def test_parts_put_end_to_end_are_the_text(text):
    parts = parts_of(text, params=SMALL)
    assert "".join(text[part.start : part.end] for part in parts) == text
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert len(parts) == 1 or all(part.start < part.end for part in parts)


@given(TEXTS)
def test_paragraphs_keep_their_numbers(text):
    whole = {block.start: block.number for block in blocks(text) if block.number}
    for part in parts_of(text, params=SMALL):
        for block in blocks(text[part.start : part.end]):
            if block.number and not (part.continues and block.number == 1):
                assert whole[part.start + block.start] == block.number + part.paragraph - 1


@given(TEXTS, st.integers(min_value=0, max_value=400))
def test_every_place_and_paragraph_has_its_part(text, offset):
    parts = parts_of(text, params=SMALL)
    part = part_at(parts, offset)
    assert part.start <= offset
    assert offset < part.end or part is parts[-1]
    for block in blocks(text):
        if block.number:
            found = part_of_paragraph(parts, block.number)
            assert found.start <= block.start < found.end


@given(TEXTS)
def test_parts_are_about_as_long_as_they_should_be(text):
    parts = parts_of(text, params=SMALL)
    if len(parts) > 1:
        longest_gap = max((len(gap) for gap in re.findall(r"[\r\n]\s*", text)), default=0)
        assert all(part.end - part.start <= 30 + longest_gap for part in parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("short", ["short"], id="whole"),
        pytest.param("", [""], id="empty"),
        pytest.param(
            "one is a paragraph\ntwo is a paragraph\nthree is one as well",
            ["one is a paragraph\n", "two is a paragraph\n", "three is one as well"],
            id="between-paragraphs",
        ),
        pytest.param(
            "a very long paragraph without any break in it",
            ["a very long ", "paragraph without ", "any break in it"],
            id="between-words",
        ),
        pytest.param("x" * 45, ["x" * 20, "x" * 25], id="nowhere-else"),
    ],
)
def test_where_texts_are_cut(text, expected):
    parts = parts_of(text, params=SMALL)
    assert [text[part.start : part.end] for part in parts] == expected


def test_a_million_characters_in_one_line_are_cut_too():
    parts = parts_of("word " * 200_000)
    assert len(parts) > 90
    assert {part.paragraph for part in parts} == {1}
