"""Which quotation of a new extraction is which of an earlier one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.matching import EQUAL, Said, alike, carried, match, overlap
from quotes.nlp.document import Span
from quotes.wording import fold


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
    assert match(alike(found, one_way(stored))) == pairs


def one_way(stored):
    return [[spans] for spans in stored]


def test_of_very_many_those_at_the_same_place_are_compared():
    words = [f"the tower of village {n} was built by the people of valley {n}" for n in range(900)]
    turned = [one.replace("built", "raised") for one in words]
    pairs = carried([Said(one) for one in words], [Said(one) for one in turned])
    assert pairs == {n: n for n in range(900)}


def test_of_many_the_same_the_nearest_is_taken():
    yes = [Said("“Yes.”")] * 300
    assert carried(yes, yes) == {n: n for n in range(300)}
    assert carried(yes[:5], yes) == {n: n for n in range(5)}


def test_between_equals_the_lower_rank_wins():
    twice = one_way([spans((0, 9)), spans((0, 9))])
    assert match(alike([spans((0, 9))], twice), rank=lambda pair: -pair[1]) == {0: 1}


@pytest.mark.parametrize(
    ("found", "share"),
    [
        pytest.param(spans((0, 10)), EQUAL, id="as-one-has-it"),
        pytest.param(spans((20, 30)), EQUAL, id="as-the-other-has-it"),
        pytest.param(spans((20, 29)), 0.9, id="like-the-other"),
        pytest.param(spans((11, 19)), None, id="between"),
    ],
)
def test_of_several_ways_the_one_that_fits_best_counts(found, share):
    shares = alike([found], [[spans((0, 10)), spans((20, 30))]])
    assert shares == ({} if share is None else {(0, 0): share})


def test_a_way_without_words_is_like_nothing():
    assert alike([spans((0, 9))], [[[]], []]) == {}


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
    pairs = match(alike(found, one_way(stored)))
    assert len(set(pairs.values())) == len(pairs)
    assert match(alike(found, one_way(found))).keys() == set(range(len(found)))


@given(st.lists(span_lists, max_size=5), st.lists(st.lists(span_lists, max_size=2), max_size=4))
def test_alike_are_all_pairs_that_share_enough(found, stored):
    shares = {
        (i, j): max(EQUAL if new == way else overlap(new, way) for way in ways)
        for i, new in enumerate(found)
        for j, ways in enumerate(stored)
        if ways
    }
    assert alike(found, stored) == {pair: n for pair, n in shares.items() if n >= 0.5}


# --- across versions of an article


def said(words: str, context: str = "", source: str = "", also: str = "") -> Said:
    return Said(words, context, source, also)


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        pytest.param([said("a b")], [said("a b")], {0: 0}, id="same"),
        pytest.param([said("“a b”")], [said('"a  b"')], {0: 0}, id="marks"),
        pytest.param([said("we will go home"), said("they have come back")],
                     [said("they have come back"), said("we will go home")],
                     {0: 1, 1: 0}, id="swapped"),
        pytest.param([said("Yes", "asked about taxes"), said("Yes", "asked about trains")],
                     [said("Yes", "asked about trains"), said("Yes", "asked about taxes")],
                     {0: 1, 1: 0}, id="repeated-short-by-context"),
        pytest.param([said("Yes"), said("Yes"), said("Yes")], [said("Yes"), said("Yes")],
                     {0: 0, 1: 1}, id="repeated-short-in-order"),
        pytest.param([said("Yes", source="Ana Roe"), said("Yes", source="Bo Lind")],
                     [said("Yes", source="Bo Lind")], {0: 1}, id="repeated-short-by-source"),
        pytest.param([said("the tax will rise by 4 per cent")],
                     [said("the tax will rise by 5 per cent")], {0: 0}, id="number"),
        pytest.param([said("the tax will rise")], [said("the tax will not rise")], {0: 0},
                     id="negation"),
        pytest.param([said("we shall never yield to them"), said("bread is dear this year")],
                     [said("bread is cheap this year")], {0: 1}, id="changed-word"),
        pytest.param([said("the tax will rise")], [said("the whale has swum home again")], {},
                     id="another"),
        pytest.param([said("Yes", "the same context", "Roe")],
                     [said("No", "the same context", "Roe")], {}, id="short-and-opposite"),
        pytest.param([said("a long story that was cut", also="a long story that was cut short")],
                     [said("a long story that was cut short")], {0: 0}, id="as-the-program-had-it"),
        pytest.param([said("we will win"), said("we will not win")],
                     [said("we will not win"), said("we will win")], {0: 1, 1: 0},
                     id="equal-before-alike"),
        pytest.param([], [said("a")], {}, id="nothing-before"),
        pytest.param([said("a")], [], {}, id="nothing-after"),
    ],
)  # fmt: skip
def test_quotations_of_another_version(old, new, pairs):
    assert carried(old, new) == pairs


SAYINGS = st.lists(
    st.builds(
        said,
        st.text(alphabet="ab c", min_size=1, max_size=8),
        st.text(alphabet="xy ", max_size=6),
        st.sampled_from(["", "Roe", "Lind"]),
    ),
    max_size=8,
)


@given(SAYINGS, SAYINGS)
def test_carrying_is_one_to_one_and_finds_all_equal_ones(old, new):
    pairs = carried(old, new)
    assert len(set(pairs.values())) == len(pairs)
    for words in {fold(one.words) for one in new}:
        before = sum(fold(one.words) == words for one in old)
        after = sum(fold(one.words) == words for one in new)
        same = [i for i, j in pairs.items() if fold(new[i].words) == words == fold(old[j].words)]
        assert not words or len(same) == min(before, after)


@given(SAYINGS, st.randoms())
def test_every_order_of_the_same_quotations_is_carried(old, chance):
    new = list(old)
    chance.shuffle(new)
    pairs = carried(old, new)
    assert len([i for i in pairs if fold(new[i].words)]) == len([o for o in old if fold(o.words)])
