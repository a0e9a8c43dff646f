"""Ridge-penalised generalised linear models by Newton's method: small, deterministic, fast on tall matrices."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Family = Literal["logistic", "poisson"]

_WARM_ROWS = 20_000
_HALVINGS = 12  # a full step may overshoot when events are rare
_LIMIT = 30.0  # linear predictors beyond this only overflow


def mean(features: Floats, coefficients: Floats, family: Family) -> Floats:
    """Expected outcome of each row: inverse logit or exponential of the linear predictor."""
    predictor = np.clip(features @ coefficients, -_LIMIT, _LIMIT)
    return 1 / (1 + np.exp(-predictor)) if family == "logistic" else np.exp(predictor)


def fit(
    features: Floats,
    outcome: Floats,
    family: Family,
    weights: Floats | None = None,
    penalty: float = 1.0,
    start: Floats | None = None,
    steps: int = 25,
    tolerance: float = 1e-3,
) -> Floats:
    """Coefficients that maximise the penalised quasi-likelihood (Hoerl & Kennard 1970; McCullagh & Nelder 1989).

    `features` is n x p with the intercept first, the others standardised; `penalty` is the inverse variance
    of a normal prior on every coefficient but the intercept. `outcome` lies in [0, 1] (logistic) or is not
    negative (poisson), `weights` counts each row so many times; both families estimate the mean even when the
    outcome is not binary or a count (quasi-likelihood). Tall matrices begin at the fit of every n-th row.
    """
    if start is None:
        start = _beginning(features, outcome, family, weights, penalty)
    coefficients = start
    ridge = _ridge(features, penalty)
    reached = _likelihood(features, outcome, family, weights, coefficients, ridge)
    for _ in range(steps):
        slope, curvature = _derivatives(features, outcome, family, weights, coefficients)
        step = _newton(slope - ridge * coefficients, curvature, ridge)
        for _ in range(_HALVINGS):
            likelihood = _likelihood(features, outcome, family, weights, coefficients + step, ridge)
            if likelihood >= reached:
                break
            step = step / 2
        else:
            break
        coefficients, reached = coefficients + step, likelihood
        if float(np.abs(step).max()) < tolerance:
            break
    return coefficients


def leave_out(
    features: Floats,
    outcome: Floats,
    family: Family,
    weights: Floats | None,
    coefficients: Floats,
    fold: NDArray[np.int64],
    folds: int,
    penalty: float = 1.0,
) -> list[Floats]:
    """For each of `folds` folds, the coefficients without its rows: one Newton step from the fit of all rows.

    One pass over the data for all folds (the one-step approximation of Pregibon 1981, Annals of Statistics
    9:705).
    """
    ridge = _ridge(features, penalty)
    parts = [
        _derivatives(
            features[fold == number],
            outcome[fold == number],
            family,
            None if weights is None else weights[fold == number],
            coefficients,
        )
        for number in range(folds)
    ]
    slope = np.sum([part[0] for part in parts], axis=0) - ridge * coefficients
    curvature = np.sum([part[1] for part in parts], axis=0)
    return [coefficients + _newton(slope - own, curvature - bend, ridge) for own, bend in parts]


def _ridge(features: Floats, penalty: float) -> Floats:
    ridge = np.full(features.shape[1], penalty)
    ridge[0] = 1e-8
    return ridge


def _derivatives(
    features: Floats, outcome: Floats, family: Family, weights: Floats | None, coefficients: Floats
) -> tuple[Floats, Floats]:
    """Gradient and negative Hessian of the log-likelihood."""
    fitted = mean(features, coefficients, family)
    curvature = fitted * (1 - fitted) if family == "logistic" else fitted
    residuals = outcome - fitted
    if weights is not None:
        curvature, residuals = curvature * weights, residuals * weights
    narrow = features.astype(np.float32, copy=False)  # half the time, and the curvature only steers the step
    bent = (narrow * np.sqrt(np.maximum(curvature, 1e-9)).astype(np.float32)[:, None]).T
    return features.T @ residuals, (bent @ bent.T).astype(np.float64)


def _likelihood(
    features: Floats,
    outcome: Floats,
    family: Family,
    weights: Floats | None,
    coefficients: Floats,
    ridge: Floats,
) -> float:
    """The penalised quasi-log-likelihood, up to a constant."""
    predictor = np.clip(features @ coefficients, -_LIMIT, _LIMIT)
    total = np.log1p(np.exp(predictor)) if family == "logistic" else np.exp(predictor)
    each = outcome * predictor - total
    return float(each.sum() if weights is None else weights @ each) - float(ridge @ coefficients**2) / 2


def _newton(slope: Floats, curvature: Floats, ridge: Floats) -> Floats:
    return np.linalg.solve(curvature + np.diag(ridge), slope).astype(np.float64)


def _beginning(
    features: Floats, outcome: Floats, family: Family, weights: Floats | None, penalty: float
) -> Floats:
    if len(features) > 2 * _WARM_ROWS:
        first = slice(None, None, len(features) // _WARM_ROWS)
        return fit(
            features[first], outcome[first], family, None if weights is None else weights[first], penalty
        )
    start = np.zeros(features.shape[1])
    average = max(float(np.average(outcome, weights=weights)), 1e-6)
    start[0] = np.log(average / max(1 - average, 1e-6)) if family == "logistic" else np.log(average)
    return start
