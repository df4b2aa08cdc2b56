"""How good probabilities are: calibration error, sharpness, and what a threshold keeps.

All figures are of predictions for articles that the model was not fitted on.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from quotes.nlp.training.logistic import Doubles, Flags, log_loss

BINS = 10
_Z = 1.96  # of a 95 % interval


class Bin(NamedTuple):
    """Quotations of like confidence: how many, how sure on average, what share was right."""

    size: int
    stated: float
    observed: float


def bins(chances: Doubles, right: Flags, *, equal_mass: bool) -> Iterator[Bin]:
    """Yield the bins that hold anything: ten of equal width, or of equal size."""
    order = np.argsort(chances, kind="stable")
    edges = np.arange(1, BINS) / BINS
    cuts = np.searchsorted(chances[order], edges) if not equal_mass else None
    for part in np.array_split(order, BINS if cuts is None else cuts):
        if len(part):
            yield Bin(len(part), float(chances[part].mean()), float(right[part].mean()))


def calibration_error(chances: Doubles, right: Flags, *, equal_mass: bool = False) -> float:
    """Return the expected calibration error: the mean gap of stated and observed, by bin size.

    Source: Guo et al. 2017, "On calibration of modern neural networks".
    """
    parts = bins(chances, right, equal_mass=equal_mass)
    return sum(b.size * abs(b.stated - b.observed) for b in parts) / max(1, len(chances))


def ranking(chances: Doubles, right: Flags) -> float:
    """Return the probability that one that is right is rated above one that is not (AUC)."""
    values, place = np.unique(chances, return_inverse=True)
    counts = np.bincount(place, minlength=len(values))
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    many, others = int(right.sum()), int((~right).sum())
    return float((ranks[right].sum() - many * (many + 1) / 2) / max(1, many * others))


def quality(chances: Doubles, right: Flags) -> dict[str, float]:
    """Return the figures of a set of predictions, by name; none of an empty set."""
    if not len(right):
        return {}
    return {
        "quotations": len(right),
        "right": float(right.mean()),
        "mean_confidence": float(chances.mean()),
        "ece_equal_width": calibration_error(chances, right),
        "ece_equal_mass": calibration_error(chances, right, equal_mass=True),
        "brier": float(np.mean((chances - right) ** 2)),
        "log_loss": log_loss(chances, right),
        "auc": ranking(chances, right),
    }


def threshold_for(chances: Doubles, right: Flags, precision: float) -> float:
    """Return the lowest confidence from which on at least `precision` are right; 1 if none is."""
    order = np.argsort(-chances, kind="stable")
    kept = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    # Only where the next is less sure does a threshold part the two.
    parts = np.append(np.diff(chances[order]) < 0, True)
    enough = np.flatnonzero((kept >= precision) & parts)
    return float(chances[order][enough[-1]]) if len(enough) else 1.0


def interval(right: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    share, room = right / of, _Z * _Z / of
    middle = (share + room / 2) / (1 + room)
    reach = _Z * np.sqrt(share * (1 - share) / of + room / of / 4) / (1 + room)
    return float(middle - reach), float(middle + reach)
