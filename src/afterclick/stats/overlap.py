"""Whether two groups can be compared at all: effective sample size and balance after weighting."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def effective_size(weights: Floats) -> float:
    """Kish's effective number of rows, (sum w)^2 / sum w^2 (L. Kish, 1965); 0 when nothing has weight."""
    square = float(np.square(weights).sum())
    return float(weights.sum()) ** 2 / square if square > 0 else 0.0


def imbalance(features: Floats, target: Floats, weights: Floats, others: Mask) -> Floats:
    """Standardised mean difference of each column, target minus others (Austin, 2009, Stat. Med. 28:3083).

    `target` weighs every row, `weights` the rows of `others`. 0.1 is the usual bound for "balanced".
    """
    second = features[others]
    spread = np.sqrt((features[target > 0].var(axis=0) + second.var(axis=0)) / 2)
    difference = _mean(features, target) - _mean(second, weights)
    return np.divide(difference, spread, out=np.zeros_like(difference), where=spread > 1e-9)


def _mean(features: Floats, weights: Floats) -> Floats:
    return weights @ features / max(float(weights.sum()), 1e-12)
