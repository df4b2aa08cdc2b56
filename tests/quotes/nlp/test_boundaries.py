"""Corrections of a tokenizer: what is split, joined and cut, and what is left alone."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.boundaries import Piece, Pieces, correct

LIMIT = 50


def proposed(marked: str) -> tuple[str, list[Pieces]]:
    """Read "a b| c || d": `|` ends a token, white space too; `||` ends a sentence."""
    text, sentences = "", []
    for part in marked.split("||"):
        pieces: Pieces = []
        for chunk in re.findall(r"\s+|\||[^\s|]+", part):
            if not chunk.strip() or chunk == "|":
                text += chunk.strip("|")
            else:
                pieces.append(Piece(len(text), len(text) + len(chunk)))
                text += chunk
        sentences.append(pieces)
    return text, sentences


def words(text: str, sentences: list[Pieces]) -> list[str]:
    return [" ".join(text[p.start : p.end] for p in sentence) for sentence in sentences]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param("“it was| .”", ["“ it was . ”"], id="double-marks-stand-alone"),
        pytest.param('"it is', ['" it is'], id="straight-mark"),
        pytest.param("'|'taking a look''| at", ["'' taking a look '' at"], id="double-apostrophes"),
        pytest.param("``We go|''", ["`` We go ''"], id="typewriter-marks"),
        pytest.param("Raqqa, he said|,”", ["Raqqa , he said , ”"], id="comma"),
        pytest.param("are|,’ she", ["are , ’ she"], id="single-mark-after-a-comma"),
        pytest.param("‘We are", ["‘ We are"], id="single-mark-before-a-capital"),
        pytest.param("the workers’ dogs", ["the workers’ dogs"], id="possessive-left-alone"),
        pytest.param("the ’90s", ["the ’90s"], id="elision-left-alone"),
        pytest.param("He is 6'2\" tall", ["He is 6'2\" tall"], id="feet-and-inches"),
        pytest.param("member(s) of (the", ["member(s) of ( the"], id="brackets"),
        pytest.param("cold.” He", ["cold . ”", "He"], id="stop-before-a-mark"),
        pytest.param("in the U.S.” he", ["in the U.S. ” he"], id="abbreviation-before-a-mark"),
        pytest.param("So does Wu.", ["So does Wu ."], id="stop-at-the-end"),
        pytest.param("It is plan B.", ["It is plan B ."], id="letter-at-the-end"),
        pytest.param("He said No.|”", ["He said No . ”"], id="no-is-a-word"),
        pytest.param("in the U.S.", ["in the U.S."], id="abbreviation-at-the-end"),
        pytest.param("1.", ["1."], id="number-of-a-list"),
        pytest.param("wait...” he", ["wait... ” he"], id="ellipsis-stays"),
    ],
)
def test_words_are_split(marked: str, expected: list[str]) -> None:
    text, sentences = proposed(marked)
    assert words(text, correct(sentences, text, max_tokens=LIMIT)) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        pytest.param("Sen|.|| Smith left", ["Sen. Smith left"], id="title"),
        pytest.param("the U.S|.|| Army", ["the U.S. Army"], id="acronym-before-a-name"),
        pytest.param("in the U.S.|| The army", ["in the U.S.", "The army"], id="starter-splits"),
        pytest.param("in the U.S.|| “We", ["in the U.S.", "“ We"], id="quotation-splits"),
        pytest.param("on Jan|.|| 5", ["on Jan. 5"], id="month"),
        pytest.param("in Jan.|| Rain fell", ["in Jan.", "Rain fell"], id="month-ends"),
        pytest.param("at 4 p.m|.|| Tuesday", ["at 4 p.m. Tuesday"], id="hour-before-a-day"),
        pytest.param("George W|. || Bush", ["George W. Bush"], id="initial"),
        pytest.param("He said no|. || The end", ["He said no .", "The end"], id="plain-stop"),
        pytest.param("Said No|. || 10", ["Said No. 10"], id="numero"),
        pytest.param("“Is it|?|” || he asked", ["“ Is it ? ” he asked"], id="tag-after-question"),
        pytest.param("“Yes|.|| ” He left", ["“ Yes . ”", "He left"], id="detached-closing"),
        pytest.param("“Yes|.||” He left", ["“ Yes . ”", "He left"], id="closing-mark-goes-back"),
        pytest.param("He said|: “|| We go", ["He said :", "“ We go"], id="detached-opening"),
        pytest.param("He left|. “||We go", ["He left .", "“ We go"], id="opening-mark-goes-on"),
        pytest.param("it is|... || or not", ["it is ... or not"], id="ellipsis-goes-on"),
        pytest.param("cold|.|” The army", ["cold . ”", "The army"], id="missed-end"),
        pytest.param("cold|.|” Smith said", ["cold . ” Smith said"], id="a-name-decides-nothing"),
        pytest.param(
            "Prosecutor Lovisa || Ek left|.", ["Prosecutor Lovisa Ek left ."], id="a-name-goes-on"
        ),
        pytest.param(
            "met Ana || The rest left|.", ["met Ana", "The rest left ."], id="a-new-start"
        ),
    ],
)
def test_sentence_ends(marked: str, expected: list[str]) -> None:
    text, sentences = proposed(marked)
    assert words(text, correct(sentences, text, max_tokens=LIMIT)) == expected


def test_multiword_flag_stays_with_the_word() -> None:
    text = "“can't"
    (sentence,) = correct([[Piece(0, 6, multiword=True)]], text, max_tokens=LIMIT)
    assert sentence == [Piece(0, 1), Piece(1, 6, multiword=True)]


@pytest.mark.parametrize(
    ("marked", "lengths"),
    [
        pytest.param("a " * 7, [3, 3, 1], id="hard-cut"),
        pytest.param("a a , a a", [3, 2], id="after-punctuation"),
    ],
)
def test_long_sentences_are_cut(marked: str, lengths: list[int]) -> None:
    text, sentences = proposed(marked)
    assert [len(s) for s in correct(sentences, text, max_tokens=3)] == lengths


@given(
    st.lists(
        st.lists(st.text(alphabet="aB.,’'“”\"()U S!?…3", min_size=1, max_size=6), max_size=6),
        max_size=5,
    )
)
def test_nothing_is_lost_or_moved(tokens: list[list[str]]) -> None:
    text, sentences = "", []
    for sentence in tokens:
        pieces = []
        for token in (word.strip() for word in sentence):
            if token:
                pieces.append(Piece(len(text), len(text) + len(token)))
                text += token
                text += " " if len(token) % 2 else ""
        sentences.append(pieces)
    found = [piece for part in correct(sentences, text, max_tokens=4) for piece in part]
    assert all(piece.start < piece.end for piece in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    visible = "".join(text[piece.start : piece.end] for piece in found)
    assert visible.replace(" ", "") == text.replace(" ", "")
