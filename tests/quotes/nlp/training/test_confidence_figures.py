"""What the figures of the confidence say, on predictions made for the tests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.nlp.training.confidence_figures import (
    bins,
    calibration_error,
    interval,
    quality,
    ranking,
    threshold_for,
)

predictions = st.lists(st.tuples(st.floats(0.01, 0.99), st.booleans()), min_size=1, max_size=60)


def columns(rows: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([p for p, _ in rows]), np.array([right for _, right in rows])


ERRORS = [
    pytest.param([(0.95, True)] * 19 + [(0.95, False)], "width", 0.0, id="as-stated"),
    pytest.param([(0.9, False)] * 2, "width", 0.9, id="never-right"),
    pytest.param([(0.9, False)] * 20, "mass", 0.9, id="never-right-by-size"),
    pytest.param([(0.2, True), (0.8, False)], "width", 0.8, id="turned-round"),
    pytest.param([(0.21, True), (0.29, False)] * 2, "width", 0.25, id="one-bin"),
    pytest.param([(0.21, True), (0.29, False)], "mass", 0.54, id="a-bin-each"),
]


@pytest.mark.parametrize(("rows", "equal", "error"), ERRORS)
def test_calibration_error(rows: list[tuple[float, bool]], equal: str, error: float) -> None:
    found = calibration_error(*columns(rows), equal_mass=equal == "mass")
    assert found == pytest.approx(error)


@given(predictions, st.booleans())
def test_bins_hold_every_prediction_once(
    rows: list[tuple[float, bool]], equal_mass: object
) -> None:
    chances, right = columns(rows)
    parts = list(bins(chances, right, equal_mass=bool(equal_mass)))
    assert len(parts) <= 10
    assert sum(b.size for b in parts) == len(rows)
    assert sum(b.size * b.stated for b in parts) == pytest.approx(chances.sum())
    assert sum(b.size * b.observed for b in parts) == pytest.approx(right.sum())
    stated = [b.stated for b in parts]
    assert stated == pytest.approx(sorted(stated))


@pytest.mark.parametrize(
    ("rows", "area"),
    [
        pytest.param([(0.1, False), (0.9, True)], 1.0, id="in-order"),
        pytest.param([(0.1, True), (0.9, False)], 0.0, id="turned-round"),
        pytest.param([(0.5, True), (0.5, False)], 0.5, id="tied"),
        pytest.param([(0.1, False), (0.5, True), (0.5, False), (0.9, True)], 0.875, id="part-tied"),
    ],
)
def test_ranking(rows: list[tuple[float, bool]], area: float) -> None:
    assert ranking(*columns(rows)) == pytest.approx(area)


@pytest.mark.parametrize(
    ("rows", "precision", "threshold"),
    [
        pytest.param([(0.9, True), (0.8, True), (0.7, False)], 0.95, 0.8, id="above-the-wrong"),
        pytest.param([(0.9, True), (0.8, False), (0.7, True)], 0.6, 0.7, id="the-lowest-that-does"),
        pytest.param([(0.9, True), (0.8, True), (0.8, False)], 0.9, 0.9, id="equals-stay-together"),
        pytest.param([(0.9, False)], 0.5, 1.0, id="none-does"),
    ],
)
def test_threshold(rows: list[tuple[float, bool]], precision: float, threshold: float) -> None:
    assert threshold_for(*columns(rows), precision) == threshold


@given(predictions, st.floats(0.1, 1.0))
def test_what_a_threshold_keeps_is_as_right_as_asked(
    rows: list[tuple[float, bool]], precision: float
) -> None:
    chances, right = columns(rows)
    kept = chances >= threshold_for(chances, right, precision)
    assert not kept.any() or right[kept].mean() >= precision


@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_share(of: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, of))
    low, high = interval(right, of)
    assert -1e-9 <= low <= right / of + 1e-9
    assert right / of - 1e-9 <= high <= 1 + 1e-9


def test_nothing_has_no_quality() -> None:
    assert quality(*columns([])) == {}


def test_quality_by_name() -> None:
    figures = quality(*columns([(0.5, True), (0.5, False)]))
    assert figures["quotations"] == 2
    assert figures["brier"] == pytest.approx(0.25)
    assert figures["log_loss"] == pytest.approx(np.log(2))
    assert (figures["right"], figures["mean_confidence"], figures["auc"]) == (0.5, 0.5, 0.5)
