"""What a run changed, in words for its report: see test_store_quotations.py for the kinds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.changes import cut, differing


@pytest.mark.parametrize(
    ("before", "after", "one", "other"),
    [
        pytest.param("a", "b", "a", "b", id="short"),
        pytest.param(
            "x" * 490 + "old" + "y" * 90,
            "x" * 490 + "new" + "y" * 90,
            "…" + "x" * 60 + "old" + "y" * 90,
            "…" + "x" * 60 + "new" + "y" * 90,
            id="late",
        ),
        pytest.param("b" * 501, "c" * 3, "b" * 499 + "…", "c" * 3, id="early"),
        pytest.param("b" * 600, "b" * 601, "…" + "b" * 60, "…" + "b" * 61, id="longer"),
    ],
)
def test_long_words_are_cut_to_where_they_differ(before, after, one, other):
    assert differing(before, after) == (one, other)


@given(st.text("ab", max_size=1200), st.text("ab", max_size=1200))
def test_what_differs_is_never_cut_away(before, after):
    one, other = differing(before, after)
    assert max(len(one), len(other)) <= 500
    assert (one == other) == (before == after)


@pytest.mark.parametrize(("length", "kept"), [(500, 500), (501, 500), (0, 0)])
def test_cut(length, kept):
    assert len(cut("x" * length)) == kept
