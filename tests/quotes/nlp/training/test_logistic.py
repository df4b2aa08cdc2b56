"""The regression that the confidence is fitted with, on rows made for the tests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.training.logistic import (
    RIDGES,
    Fitted,
    chosen,
    cross_fitted,
    folds,
    held_out,
    log_loss,
)

COUNT = 4000
RANDOM = np.random.default_rng(7)
ROWS = RANDOM.normal(2.0, 3.0, (COUNT, 3))
SLOPES = np.array([1.0, -0.5, 0.0])
TRUTH = 1 / (1 + np.exp(-(ROWS @ SLOPES - 1.0)))
RIGHT = RANDOM.random(COUNT) < TRUTH
GROUPS = [f"article {number % 40}" for number in range(COUNT)]


def test_the_weights_are_those_that_made_the_data() -> None:
    fitted = Fitted.to(ROWS, RIGHT, 1.0)
    assert fitted.slopes == pytest.approx(SLOPES, abs=0.1)
    assert fitted.intercept == pytest.approx(-1.0, abs=0.15)
    assert fitted.chances(ROWS).mean() == pytest.approx(RIGHT.mean(), abs=1e-6)


def test_raw_and_standardised_weights_say_the_same() -> None:
    fitted = Fitted.to(ROWS, RIGHT, 30.0)
    scores = ROWS @ fitted.slopes + fitted.intercept
    assert fitted.chances(ROWS) == pytest.approx(1 / (1 + np.exp(-scores)))


def test_a_greater_ridge_is_less_sure() -> None:
    spread = [Fitted.to(ROWS, RIGHT, ridge).chances(ROWS).std() for ridge in (1.0, 100.0, 10_000.0)]
    assert spread == sorted(spread, reverse=True)


def test_a_column_without_variation_weighs_nothing() -> None:
    rows = np.column_stack([ROWS[:, 0], np.full(COUNT, 4.0)])
    assert Fitted.to(rows, RIGHT, 1.0).slopes[1] == pytest.approx(0.0, abs=1e-9)


def test_what_was_not_seen_counts_as_the_nearest_that_was() -> None:
    fitted = Fitted.to(ROWS, RIGHT, 1.0)
    beyond = np.vstack([ROWS.max(0) + 100.0, ROWS.max(0)])
    assert np.ptp(fitted.chances(beyond)) == 0.0


@given(st.lists(st.sampled_from(GROUPS), min_size=1), st.integers(1, 6), st.text(max_size=3))
def test_a_group_is_never_divided(groups: list[str], count: int, salt: str) -> None:
    fold = folds(groups, count, salt)
    assert set(fold) == set(range(min(count, len(set(groups)))))
    assert len({(name, number) for name, number in zip(groups, fold, strict=True)}) == len(
        set(groups)
    )
    assert (folds(groups[::-1], count, salt)[::-1] == fold).all()


def test_another_salt_is_another_division() -> None:
    assert (folds(GROUPS, 5, "0") != folds(GROUPS, 5, "1")).any()


def test_nothing_is_predicted_by_a_model_that_has_seen_its_article() -> None:
    fold = folds(GROUPS, 4)
    chances = cross_fitted(ROWS, RIGHT, fold, 10.0)
    turned = RIGHT.copy()
    turned[fold == 0] = ~turned[fold == 0]
    again = cross_fitted(ROWS, turned, fold, 10.0)
    assert (again[fold == 0] == chances[fold == 0]).all()
    assert (again[fold != 0] != chances[fold != 0]).all()
    for here, there in held_out(fold):
        assert not (here & there).any()
        assert (here | there).all()


def test_the_ridge_is_the_one_that_predicts_best() -> None:
    few = slice(0, 120)
    noise = np.column_stack([ROWS[few], RANDOM.normal(size=(120, 40))])
    fitted, chances = chosen(noise, RIGHT[few], GROUPS[few])
    fold = folds(GROUPS[few], 5)
    losses = [log_loss(cross_fitted(noise, RIGHT[few], fold, r), RIGHT[few]) for r in RIDGES]
    assert fitted.ridge == RIDGES[int(np.argmin(losses))]
    assert log_loss(chances, RIGHT[few]) == min(losses)
