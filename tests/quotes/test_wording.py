"""What differs between two wordings, word by word, and of what kind it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.params import VERSIONS
from quotes.wording import Piece, differences, fold, passages, similarity

TEXTS = st.text(alphabet="ab .\n“é’1", max_size=60)


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        pytest.param("“We go,”", '"We  go,"', (), id="styles-of-marks-and-blanks"),
        pytest.param("We go – now", "We go — now", (), id="dashes"),
        pytest.param("We go, now", "We go now", ("marks",), id="a-comma"),
        pytest.param("We Go", "We go", ("marks",), id="case"),
        pytest.param("up 4 per cent", "up 5 per cent", ("number", "words"), id="number"),
        pytest.param("up 1,400 euros", "up 1.400 euros", ("number", "marks"), id="separator"),
        pytest.param("it will rise", "it will not rise", ("negation", "words"), id="negation"),
        pytest.param("it won’t rise", "it will rise", ("negation", "words"), id="contraction"),
        pytest.param("it isn’t so", "it isn't so", (), id="apostrophes"),
        pytest.param("no one came", "no man came", ("words",), id="negation-stays"),
        pytest.param("we agree", "we accept", ("words",), id="word"),
    ],
)
def test_kinds_of_differences(one, other, kinds):
    assert differences(one, other) == kinds
    assert differences(other, one) == kinds


@given(TEXTS)
def test_a_wording_is_like_itself(text):
    assert differences(text, text) == ()
    assert similarity(text, text) == 1.0
    assert fold(fold(text)) == fold(text)


def joined(side: list[list[Piece]]) -> list[str]:
    return ["".join(piece.text for piece in line) for line in side]


def paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


@given(TEXTS, TEXTS)
def test_passages_put_together_are_both_texts(old, new):
    found = list(passages(old, new))
    assert [p for one in found for p in joined(one.old)] == paragraphs(old)
    assert [p for one in found for p in joined(one.new)] == paragraphs(new)
    for one in found:
        same = [p.text for line in one.old for p in line if not p.differs]
        assert "".join(same) == "".join(p.text for line in one.new for p in line if not p.differs)
        assert one.is_same == (joined(one.old) == joined(one.new) and one.paragraphs > 0)


def test_only_the_words_that_differ_are_marked():
    (_, changed, end) = passages("Title\nThe tax will rise, he said.\nEnd",
                                 "Title\nThe tax will not rise, he said.\nEnd")  # fmt: skip
    assert [p.text for line in changed.new for p in line if p.differs] in (["not "], [" not"])
    assert not any(p.differs for line in changed.old for p in line)
    assert end.is_same


@pytest.mark.parametrize("count", [VERSIONS.compared_words, VERSIONS.compared_words + 1])
def test_very_long_changes_are_shown_as_a_whole(count):
    """So that a comparison takes bounded time and memory."""
    old = "\n".join(f"a{i}" for i in range(count))
    new = "\n".join(f"b{i}" for i in range(count))
    _, changed, _ = passages(f"same\n{old}\nend", f"same\n{new}\nend")
    assert changed.paragraphs == count
    assert all(p.differs for line in changed.old for p in line if p.text.strip())
