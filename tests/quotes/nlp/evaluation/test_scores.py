"""Figures worked out by hand, and intervals."""

import pytest

from quotes.nlp.evaluation.scores import HEADLINES, Rates, evaluate
from quotes.params import EvaluationParams
from tests.quotes.nlp.evaluation.build import DEAD, FALL, GOLD, ROSE, WIN, article, said

FEW = EvaluationParams(bootstrap_rounds=40)


def rounded(rates: Rates) -> tuple[float, float, float]:
    return round(rates.precision, 1), round(rates.recall, 1), round(rates.f1, 1)


@pytest.mark.parametrize(
    ("found", "path", "figures"),
    [
        # 4 gold contents of 3, 5, 5 and 2 words; predictions are named by what they get wrong.
        pytest.param(GOLD, "roles.content.exact", (100.0, 100.0, 100.0), id="all-right"),
        pytest.param([], "roles.content.exact", (0.0, 0.0, 0.0), id="nothing-found"),
        pytest.param([WIN, FALL], "roles.content.exact", (100.0, 50.0, 66.7), id="half-exact"),
        pytest.param([WIN, FALL], "roles.content.tokens", (100.0, 53.3, 69.6), id="half-tokens"),
        # 3 of the gold's 5 words: precision 1, recall (3/5) / 4.
        pytest.param(
            [said("taxes “must fall")], "roles.content.partial", (100.0, 15.0, 26.1), id="partial"
        ),
        pytest.param(
            [said("taxes “must fall")], "roles.content.exact", (0.0, 0.0, 0.0), id="not-exact"
        ),
        pytest.param(
            [said("taxes “must fall")],
            "roles.content.overlapping",
            (100.0, 25.0, 40.0),
            id="overlapping",
        ),
        pytest.param(
            [said("taxes “must fall")], "groups.all.found", (100.0, 25.0, 40.0), id="found-by-60-%"
        ),
        pytest.param(
            [said("We will win")], "roles.content.exact", (100.0, 25.0, 40.0), id="marks-no-matter"
        ),
        pytest.param(
            [said("We will win")], "content_exact_with_signs", (0.0, 0.0, 0.0), id="unless-asked"
        ),
        pytest.param(
            [said("We will win")], "roles.content.runs", (0.0, 0.0, 0.0), id="runs-have-marks"
        ),
        pytest.param(GOLD[:1], "roles.source.runs", (100.0, 25.0, 40.0), id="runs-of-sources"),
        pytest.param(
            [WIN, said("that the plan is dead", "She")],
            "groups.all.end_to_end",
            (50.0, 25.0, 33.3),
            id="one-source-wrong",
        ),
        pytest.param(
            [WIN, said("that the plan is dead", "She")],
            "groups.indirect.end_to_end",
            (0.0, 0.0, 0.0),
            id="and-it-was-the-indirect-one",
        ),
        pytest.param(
            [WIN, DEAD], "groups.speech.end_to_end", (100.0, 33.3, 50.0), id="any-gold-is-precise"
        ),
        pytest.param([DEAD], "roles.cue.exact", (100.0, 25.0, 40.0), id="cue"),
    ],
)
def test_rates(found: list, path: str, figures: tuple[float, float, float]) -> None:
    scores = evaluate([(article(), found)])
    rates = tuple(
        round(scores.figure(f"{path}.{name}"), 1) for name in ("precision", "recall", "f1")
    )
    assert rates == figures


def test_attribution_accuracy_asks_only_where_the_gold_has_a_source() -> None:
    gold = article(WIN, said("that the plan is dead"))
    scores = evaluate([(gold, [WIN, said("that the plan is dead", "Bo Low")])])
    assert (scores.groups["all"].asked, scores.groups["all"].attribution_accuracy) == (1, 100.0)
    assert scores.groups["all"].end_to_end.f1 == 50.0


def test_articles_add_up() -> None:
    scores = evaluate([(article(), GOLD), (article(), [])])
    assert (scores.articles, scores.gold, scores.predicted) == (2, 8, 4)
    assert rounded(scores.groups["all"].end_to_end) == (100.0, 50.0, 66.7)


def test_no_articles_no_figures() -> None:
    scores = evaluate([], intervals=True)
    assert (scores.articles, scores.groups["all"].end_to_end.f1, scores.intervals) == (0, 0.0, {})


def test_speakers_only_where_the_gold_names_them() -> None:
    assert evaluate([(article(), GOLD)]).speakers is None
    gold = article(
        WIN.model_copy(update={"speakers": ("Ana Roe",), "partial_names": ("Roe",)}),
        DEAD.model_copy(update={"speakers": ("Bo Low",)}),
        ROSE,
    )
    found = [WIN.model_copy(update={"speakers": ("Ms Roe",)}), ROSE]
    scores = evaluate([(gold, found)]).speakers
    assert scores
    assert (scores.gold, scores.matched) == (2, 1)
    assert (scores.accuracy, scores.accuracy_partial) == (0.0, 100.0)
    assert (scores.end_to_end, scores.end_to_end_partial) == (0.0, 50.0)


def test_intervals_hold_the_figure_and_repeat() -> None:
    judged = [(article(), GOLD), (article(), GOLD[:1]), (article(), [FALL, ROSE])]
    scores = evaluate(judged, intervals=True, params=FEW)
    assert set(scores.intervals) == set(HEADLINES)
    for path, (low, high) in scores.intervals.items():
        assert low <= scores.figure(path) <= high
    low, high = scores.intervals["groups.all.end_to_end.f1"]
    assert low < high
    assert evaluate(judged, intervals=True, params=FEW) == scores


def test_articles_alike_leave_no_doubt() -> None:
    scores = evaluate([(article(), GOLD[:2])] * 3, intervals=True, params=FEW)
    low, high = scores.intervals["groups.all.end_to_end.f1"]
    assert low == high == scores.groups["all"].end_to_end.f1


def test_an_unknown_figure_is_a_key_error() -> None:
    with pytest.raises(KeyError, match=r"groups\.all\.charm"):
        evaluate([]).figure("groups.all.charm")
