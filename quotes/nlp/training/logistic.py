"""Ridge logistic regression whose ridge is chosen by cross-validation over articles.

Deterministic: Newton's method, and folds by the hash of an article's id.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

RIDGES = (10.0, 30.0, 100.0, 300.0)
INNER_FOLDS = 5
_STEPS, _ENOUGH = 40, 1e-9


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted model over standardised columns; what leaves the columns' range is drawn inside."""

    low: Doubles
    high: Doubles
    mean: Doubles
    deviation: Doubles
    weights: Doubles
    ridge: float

    @classmethod
    def to(cls, rows: Doubles, right: Flags, ridge: float) -> Self:
        """Return the model that minimises the log loss plus half the ridge times the weights²."""
        low, high, mean, deviation = (f(rows, 0) for f in (np.min, np.max, np.mean, np.std))
        deviation = np.where(deviation > 0, deviation, 1.0)
        inputs = np.column_stack([(rows - mean) / deviation, np.ones(len(rows))])
        penalty = np.diag([ridge] * rows.shape[1] + [0.0])
        weights = np.zeros(inputs.shape[1])
        for _ in range(_STEPS):
            chances = _logistic(inputs @ weights)
            gradient = inputs.T @ (chances - right) + penalty @ weights
            curvature = (inputs.T * (chances * (1.0 - chances))) @ inputs + penalty
            step = np.linalg.solve(curvature, gradient)
            weights -= step
            if np.abs(step).max() < _ENOUGH:
                break
        return cls(low, high, mean, deviation, weights, ridge)

    def chances(self, rows: Doubles) -> Doubles:
        """Return the probability of each row."""
        inside = np.clip(rows, self.low, self.high)
        return _logistic((inside - self.mean) / self.deviation @ self.weights[:-1] + self.bias)

    @property
    def bias(self) -> float:
        """The score of a row that is at the mean in every column."""
        return float(self.weights[-1])

    @property
    def slopes(self) -> Doubles:
        """The weights of the columns as they are, not standardised."""
        return np.asarray(self.weights[:-1] / self.deviation)

    @property
    def intercept(self) -> float:
        """The score of a row of zeros, columns as they are."""
        return float(self.bias - self.slopes @ self.mean)


def _logistic(scores: Doubles) -> Doubles:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(scores, -30.0, 30.0))))


def losses(chances: Doubles, right: Flags) -> Doubles:
    """Return the log loss of each prediction, in nats."""
    return np.asarray(-np.log(np.where(right, chances, 1.0 - chances)))


def log_loss(chances: Doubles, right: Flags) -> float:
    """Return the mean negative log probability, natural, of what was the case."""
    return float(losses(chances, right).mean())


def folds(groups: Sequence[str], count: int, salt: str = "") -> Numbers:
    """Return each row's fold: its group's, and groups are dealt out in the order of their hash."""
    distinct = sorted(set(groups), key=lambda name: hashlib.sha256((salt + name).encode()).digest())
    of = {name: number % count for number, name in enumerate(distinct)}
    return np.array([of[name] for name in groups])


def held_out(fold: Numbers) -> Iterator[tuple[Flags, Flags]]:
    """Yield for each fold which rows to fit on and which to predict."""
    for number in np.unique(fold):
        yield fold != number, fold == number


def cross_fitted(rows: Doubles, right: Flags, fold: Numbers, ridge: float) -> Doubles:
    """Return each row's probability by a model fitted on the other folds."""
    chances = np.zeros(len(rows))
    for here, there in held_out(fold):
        chances[there] = Fitted.to(rows[here], right[here], ridge).chances(rows[there])
    return chances


def chosen(
    rows: Doubles, right: Flags, groups: Sequence[str], salt: str = ""
) -> tuple[Fitted, Doubles]:
    """Return the model with the ridge that holds most, and cross-fitted probabilities under it.

    That is the strongest whose log loss on articles held out is within a standard error of the best
    one's (Breiman et al. 1984): evidence seen a dozen times must not weigh as if it were certain.
    """
    fold = folds(groups, INNER_FOLDS, salt)
    tried = [(ridge, cross_fitted(rows, right, fold, ridge)) for ridge in sorted(RIDGES)]
    best = min((losses(chances, right) for _, chances in tried), key=np.mean)
    ridge, chances = next(
        (ridge, chances)
        for ridge, chances in reversed(tried)
        if _is_as_good(losses(chances, right) - best)
    )
    return Fitted.to(rows, right, ridge), chances


def _is_as_good(more: Doubles) -> bool:
    """Say whether what is lost more, a row each, is within a standard error of nothing."""
    return float(more.mean()) <= float(more.std()) / math.sqrt(len(more))
