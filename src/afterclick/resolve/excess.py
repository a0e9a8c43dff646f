"""How surely a share is raised: a sequential Bayes factor of raised against usual, with over-dispersion.

Of `n` arrivals `x` are exposed. The usual model is beta-binomial: the share drifts around the baseline `p` as
Beta(c p, c (1 - p)), where the concentration `c` holds both what history does not tell (few arrivals) and how much the
share wanders from hour to hour. The raised model is uniform on (p, 1). Their ratio is an e-value under the usual
model: its expectation is at most 1, so that scanning every onset and looking every pass raises a false alarm at most
once in as many looks as the threshold says (Shin, Ramdas & Rinaldo 2023, "E-detectors: a nonparametric framework for
sequential change detection", section 4; the Bayes factor as an e-value: Grünwald, de Heide & Koolen 2024).
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

USUAL_DRIFT = 0.001
"""Correlation within a block of time that a site without history is taken to have."""
DRIFT_BLOCKS = 12.0

_SMALLEST = 1e-300


def log_evidence(exposed: Numbers, arrivals: Numbers, baseline: Numbers, concentration: Numbers) -> Numbers:
    """Natural log of the Bayes factor of a raised share against the usual one, elementwise.

    All arguments broadcast; `baseline` lies in (0, 1), `concentration` is positive, 0 <= exposed <= arrivals.

    >>> none, many = log_evidence(*(np.array(v, float) for v in ([1, 9], [100, 10], [0.01, 0.01], [500, 500])))
    >>> bool(none < 0), bool(many > 20)
    (True, True)
    """
    from scipy.special import betaincc, betaln  # here, so that importing the room leaves SciPy alone

    others = arrivals - exposed
    above = np.maximum(betaincc(1 + exposed, 1 + others, baseline), _SMALLEST)
    raised = betaln(1 + exposed, 1 + others) + np.log(above) - np.log1p(-baseline)
    alpha, beta = concentration * baseline, concentration * (1 - baseline)
    usual = betaln(alpha + exposed, beta + others) - betaln(alpha, beta)
    return np.asarray(raised - usual, dtype=np.float64)


def dispersion_before(exposed: Numbers, arrivals: Numbers) -> Numbers:
    """Correlation of exposure within blocks of time, estimated from the blocks before each one; last axis is time.

    0 where blocks scatter like coins, at most 0.5. Moment estimator of the beta-binomial's rho with weights n
    (Kleinman 1973, JASA 68:46), from cumulative sums, drawn to `USUAL_DRIFT` as by `DRIFT_BLOCKS` blocks. Blocks
    should be wide: a lone exposed arrival in a bucket of its own would pass for drift.
    """
    n, x = before(arrivals), before(exposed)
    used = before(np.asarray(arrivals > 0, dtype=np.float64))
    share = x / np.maximum(n, 1)
    spread = before(exposed**2 / np.maximum(arrivals, 1)) - x * share
    variance = share * (1 - share)
    free = np.maximum(used - 1, 0)
    size = n - before(arrivals**2) / np.maximum(n, 1)
    beyond = (spread - variance * free) / np.maximum(variance * (size - free), _SMALLEST)
    own = np.where((variance > 0) & (size > free), np.clip(beyond, 0.0, 0.5), 0.0)
    return np.asarray((used * own + DRIFT_BLOCKS * USUAL_DRIFT) / (used + DRIFT_BLOCKS), dtype=np.float64)


def before(counts: Numbers) -> Numbers:
    """Sum of the buckets before each one, along the last axis."""
    return np.asarray(np.cumsum(counts, axis=-1) - counts, dtype=np.float64)


def since(counts: Numbers) -> Numbers:
    """Sum of each bucket and the ones after it, along the last axis."""
    return np.asarray(np.cumsum(counts[..., ::-1], axis=-1)[..., ::-1], dtype=np.float64)


def concentration(correlation: Numbers, arrivals: Numbers) -> Numbers:
    """The beta's concentration from the hour-to-hour correlation and how many arrivals the baseline rests on."""
    return 1 / (correlation + 1 / (arrivals + 2)) - 1
