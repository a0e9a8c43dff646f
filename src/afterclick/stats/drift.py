"""How much a mean moves from one stretch of time to the next, beyond chance."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def between_variance(residuals: Floats, blocks: NDArray[np.int64], alpha: float = 0.05) -> float:
    """Variance of the block means beyond sampling noise, 0 unless Cochran's Q is significant at `alpha`.

    DerSimonian & Laird's moment estimator (1986, Controlled Clinical Trials 7:177) over blocks of at least 30
    rows.
    """
    _, codes, counts = np.unique(blocks, return_inverse=True, return_counts=True)
    sums = np.bincount(codes, residuals)
    squares = np.bincount(codes, residuals**2)
    enough = counts >= 30
    if enough.sum() < 3:
        return 0.0
    counts, sums, squares = counts[enough], sums[enough], squares[enough]
    means = sums / counts
    noise = np.maximum(squares / counts - means**2, 1e-12) / counts
    precision = 1 / noise
    spread = float((precision * (means - np.average(means, weights=precision)) ** 2).sum())
    free = len(means) - 1
    if spread <= _chi_square_quantile(1 - alpha, free):
        return 0.0
    scale = float(precision.sum() - (precision**2).sum() / precision.sum())
    return (spread - free) / scale


def _chi_square_quantile(probability: float, free: int) -> float:
    from scipy.special import chdtri

    return float(chdtri(free, 1 - probability))
