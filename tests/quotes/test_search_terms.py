"""Which matches are ranked: all of few; of many the newest, and those that rank first."""

import pytest

from quotes.params import SearchParams
from quotes.query_language import Words
from quotes.search_terms import Condition, Sought, ranked_keys

FEW = SearchParams(ranked=3, ranked_first=2)
RAIL = Words(("rail",))


def ranked(matches: dict[str, list[int]], what: Sought) -> tuple[list[int], list[int]]:
    """Return the keys that are ranked, sorted, and how many keys each look asked for."""
    asked: list[int] = []

    def newest(sought: Sought, most: int) -> list[int]:
        asked.append(most)
        shown = str(sought.term)
        kind = "reviewed" if "ryes" in shown else "phrase" if "tax" in shown else "all"
        return sorted(matches[kind], reverse=True)[:most]

    return sorted(ranked_keys(what, newest, params=FEW)), asked


@pytest.mark.parametrize(
    ("matches", "phrase", "keys", "asked"),
    [
        pytest.param({"all": []}, (), [], [4], id="nothing"),
        pytest.param({"all": [1, 2, 3]}, (), [1, 2, 3], [4], id="few: all, asked for once"),
        pytest.param(
            {"all": [1, 2, 3, 4, 5, 6], "reviewed": [1, 6]},
            (),
            [1, 4, 5, 6],
            [4, 2],
            id="many: the newest, and reviewed ones however old",
        ),
        pytest.param(
            {"all": [1, 2, 3, 4, 5, 6], "reviewed": [], "phrase": [1, 2, 3]},
            ("rail", "tax"),
            [2, 3, 4, 5, 6],
            [4, 2, 2],
            id="many: the newest phrases too",
        ),
    ],
)
def test_ranked(matches, phrase, keys, asked):
    what = Sought(RAIL, 0, 10, phrase=phrase, words=(RAIL,))
    assert ranked(matches, what) == (keys, asked)


@pytest.mark.parametrize(
    ("known", "keys"),
    [
        pytest.param([3, 2], [2, 3], id="all of few"),
        pytest.param([9, 8, 7, 6], [1, 7, 8, 9], id="more than are ranked, and a reviewed one"),
    ],
)
def test_known_ones_are_not_looked_for(known, keys):
    def newest(sought: Sought, most: int) -> list[int]:
        assert "ryes" in str(sought.term)
        return [1][:most]

    what = Sought(RAIL, 0, 10, words=(RAIL,))
    assert sorted(ranked_keys(what, newest, known, params=FEW)) == keys


@pytest.mark.parametrize(
    ("conditions", "where", "bound"),
    [
        pytest.param((), "", (), id="none"),
        pytest.param(
            (Condition("NOT r.reviewed"), Condition("r.kind IN (%s, %s)", ("direct", "mixed"))),
            " AND NOT r.reviewed AND r.kind IN (%s, %s)",
            ("direct", "mixed"),
            id="two",
        ),
    ],
)
def test_conditions(conditions, where, bound):
    what = Sought(RAIL, 0, 10, conditions=conditions)
    assert (what.where, what.bound) == (where, bound)
