"""The effect among the exposed: doubly robust and cross-fitted. Its interval stands in `lost_interval`.

For exposed rows i and comparable rows j the total lost is

    sum_i (m(x_i) - y_i) + sum_j w_j (y_j - m(x_j)),    w = e(x) / (1 - e(x)), scaled to sum to the number of
    exposed,

with m the expected outcome without exposure and e the chance of exposure, each fitted on other clusters than
it is used on (Robins, Rotnitzky & Zhao 1994; Chernozhukov et al. 2018, Econometrics Journal 21:C1; Hirano,
Imbens & Ridder 2003 for the weights). It is right when either m or e is right.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from afterclick.stats import glm
from afterclick.stats.overlap import effective_size, imbalance

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Integers = NDArray[np.int64]

_CLIP = 0.98  # the largest chance of exposure that is still compared: one row then stands for 49
_ROUNDS = 20
_SETTLED = 1e-3  # rounds end when this share still moves
_DOUBT = (
    10.0  # ridge of the chance of exposure: few rows would else tell extreme chances, and weights, by luck
)


@dataclass(frozen=True)
class Cohort:
    """Rows to compare, one an arrival.

    `features` (n x p, intercept first, standardised) is what was known on arrival; `orders` and `revenue`
    came after it; `cluster` names the device. `exposed` and `others` are the rows to compare; a row that is
    neither is only predicted. `later` is the number of the row in which the same visit is exposed later, or
    -1; `orders_before_later` and `revenue_before_later` came between the two.
    """

    features: Floats
    exposed: Mask
    others: Mask
    orders: Floats
    revenue: Floats
    cluster: NDArray[np.uint64]
    later: Integers
    orders_before_later: Floats
    revenue_before_later: Floats


@dataclass(frozen=True)
class Outcome:
    """Of one outcome, on every row: what was `seen`, with what a later exposure took from it put back for the rows
    not exposed, and what is `expected` without exposure."""

    seen: Floats
    expected: Floats

    @property
    def residuals(self) -> Floats:
        """Seen minus expected."""
        return self.seen - self.expected


@dataclass(frozen=True)
class Comparison:
    """A cohort beside what it would have done without exposure.

    `odds` are the weights of `cohort.others`, summing to the number of exposed; `effective` is how many
    equally weighted rows they are worth, `imbalance` the largest standardised mean difference that they
    leave, `clipped` the share of the exposed whose chance of exposure was too near 1 to compare.
    """

    cohort: Cohort
    orders: Outcome
    revenue: Outcome
    odds: Floats
    effective: float
    imbalance: float
    clipped: float


def compare(cohort: Cohort, folds: int = 4, seed: int = 0) -> Comparison:
    """Fit the models of `cohort`, which must have rows exposed and others; the order of rows does not matter.

    A row exposed later counts with its outcome up to then plus what is expected from there on without
    exposure (iterated conditional expectations: Bang & Robins 2005, Biometrics 61:962), and hands its weight
    on to rows like the one in which it was exposed, which makes the sequence doubly robust too.
    """
    fold = _fold(cohort.cluster, folds, seed)
    chance, odds = _exposure(cohort, fold)
    orders = _orders(cohort, fold)
    revenue = orders.expected * _value_of_an_order(cohort, fold)
    return Comparison(
        cohort=cohort,
        orders=orders,
        revenue=Outcome(
            _undisturbed(cohort.revenue, cohort.revenue_before_later, revenue, cohort.later), revenue
        ),
        odds=odds,
        effective=effective_size(odds),
        imbalance=float(
            np.abs(imbalance(cohort.features, _standing_for(cohort, odds), odds, cohort.others)).max(
                initial=0.0
            )
        ),
        clipped=float((chance[cohort.exposed] > _CLIP).mean()),
    )


def _exposure(cohort: Cohort, fold: Integers) -> tuple[Floats, Floats]:
    """Chance of exposure of each row, and the odds of the others.

    A row of the others that is exposed later hands its odds on to that later row, until the odds stay what
    they are.
    """
    met = (~cohort.others).astype(np.float64)
    everywhere = np.ones(len(met), dtype=np.bool_)
    standing = np.where(cohort.others, 1.0, cohort.exposed)
    coefficients = glm.fit(cohort.features, met, "logistic", standing, _DOUBT)
    for _ in range(_ROUNDS if bool((cohort.later >= 0).any()) else 0):
        odds = _odds(glm.mean(cohort.features, coefficients, "logistic"), cohort.others, standing)
        before, standing = standing, np.where(cohort.others, 1.0, _standing_for(cohort, odds))
        coefficients = glm.fit(cohort.features, met, "logistic", standing, _DOUBT, coefficients, steps=1)
        if float(np.abs(standing - before).sum()) < _SETTLED * float(standing.sum()):
            break
    chance = _cross_fit(cohort.features, met, everywhere, fold, "logistic", standing, coefficients, _DOUBT)
    return chance, _odds(chance, cohort.others, standing)


def _odds(chance: Floats, others: Mask, standing: Floats) -> Floats:
    clipped = np.minimum(chance[others], _CLIP)
    odds = clipped / (1 - clipped)
    return odds * float(standing[~others].sum()) / max(float(odds.sum()), 1e-12)


def _standing_for(cohort: Cohort, odds: Floats) -> Floats:
    """How many rows each exposed row stands for: itself, and those that handed on their odds to it."""
    standing = cohort.exposed.astype(np.float64)
    later = cohort.later[cohort.others]
    np.add.at(standing, later[later >= 0], odds[later >= 0])
    return standing


def _orders(cohort: Cohort, fold: Integers) -> Outcome:
    """Expected orders: a logistic model of whether the visit orders at all."""
    features, others = cohort.features, cohort.others
    seen = cohort.orders
    coefficients = glm.fit(features[others], np.clip(seen[others], 0, 1), "logistic")
    for _ in range(_ROUNDS if bool((cohort.later >= 0).any()) else 0):
        expected = glm.mean(features, coefficients, "logistic")
        before, seen = seen, _undisturbed(cohort.orders, cohort.orders_before_later, expected, cohort.later)
        coefficients = glm.fit(
            features[others], np.clip(seen[others], 0, 1), "logistic", start=coefficients, steps=1
        )
        if float(np.abs(seen - before).sum()) < _SETTLED * float(seen.sum()):
            break
    expected = _cross_fit(features, np.clip(seen, 0, 1), others, fold, "logistic", start=coefficients)
    return Outcome(_undisturbed(cohort.orders, cohort.orders_before_later, expected, cohort.later), expected)


def _value_of_an_order(cohort: Cohort, fold: Integers) -> Floats:
    """Expected revenue of a row that orders: a log-linear model on the rows not exposed that did."""
    buyers = cohort.others & (cohort.revenue > 0) & (cohort.later < 0)
    scale = float(cohort.revenue[buyers].mean()) if buyers.any() else 1.0
    value = _cross_fit(cohort.features, cohort.revenue / scale, buyers, fold, "poisson")
    ceiling = float(cohort.revenue[buyers].max(initial=0.0)) / scale
    return np.minimum(value, ceiling) * scale


def _undisturbed(seen: Floats, before_later: Floats, expected: Floats, later: Integers) -> Floats:
    return np.where(later >= 0, before_later + expected[later], seen)


def _cross_fit(
    features: Floats,
    outcome: Floats,
    training: Mask,
    fold: Integers,
    family: glm.Family,
    weights: Floats | None = None,
    start: Floats | None = None,
    penalty: float = 1.0,
) -> Floats:
    """Expected outcome of every row by a model that did not see its fold."""
    weights = np.ones(len(features)) if weights is None else weights
    rows = (features[training], outcome[training], family, weights[training])
    fitted_to_all = glm.fit(*rows, penalty, start)
    without = glm.leave_out(*rows, fitted_to_all, fold[training], int(fold.max(initial=0)) + 1, penalty)
    fitted = np.empty(len(features))
    for number, coefficients in enumerate(without):
        fitted[fold == number] = glm.mean(features[fold == number], coefficients, family)
    return fitted


def _fold(cluster: NDArray[np.uint64], folds: int, seed: int) -> Integers:
    """The fold of each cluster, by SplitMix64 (Steele, Lea & Flood 2014) of its id and the seed."""
    with np.errstate(over="ignore"):
        mixed = cluster + np.uint64(seed + 1) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) % np.uint64(folds)).astype(np.int64)
