"""Which quotation of a new extraction is which of an earlier one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.matching import match, overlap
from quotes.nlp.document import Span


def spans(*pairs: tuple[int, int]) -> list[Span]:
    return [Span(start=start, end=end) for start, end in pairs]


@pytest.mark.parametrize(
    ("found", "stored", "pairs"),
    [
        pytest.param([spans((0, 9))], [spans((0, 9))], {0: 0}, id="equal"),
        pytest.param([spans((0, 10))], [spans((5, 10))], {0: 0}, id="half"),
        pytest.param([spans((0, 10))], [spans((6, 10))], {}, id="less-than-half"),
        pytest.param([spans((0, 4), (6, 9))], [spans((0, 9))], {0: 0}, id="split"),
        pytest.param(
            [spans((0, 10)), spans((0, 8))], [spans((0, 8))], {1: 0}, id="equal-before-like"
        ),
        pytest.param(
            [spans((0, 10)), spans((1, 10))], [spans((2, 10))], {1: 0}, id="one-to-one-best-first"
        ),
        pytest.param([], [spans((0, 1))], {}, id="nothing-found"),
    ],
)
def test_match(found, stored, pairs):
    assert match(found, stored) == pairs


def test_between_equals_the_preferred_wins():
    twice = [spans((0, 9)), spans((0, 9))]
    assert match([spans((0, 9))], twice, preferred=[False, True]) == {0: 1}


span_lists = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), min_size=1, max_size=3).map(
    lambda gaps: [
        Span(start=start, end=start + length)
        for start, length in (
            (sum(g + n for g, n in gaps[:i]) + gap, n) for i, (gap, n) in enumerate(gaps)
        )
    ]
)


@given(span_lists, span_lists)
def test_overlap_is_that_of_the_sets_of_code_points(one, other):
    left = {i for span in one for i in range(span.start, span.end)}
    right = {i for span in other for i in range(span.start, span.end)}
    assert overlap(one, other) == len(left & right) / len(left | right)


@given(st.lists(span_lists, max_size=5), st.lists(span_lists, max_size=5))
def test_match_is_one_to_one(found, stored):
    pairs = match(found, stored)
    assert len(set(pairs.values())) == len(pairs)
    assert match(found, found).keys() == set(range(len(found)))
