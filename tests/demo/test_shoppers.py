"""The simulated people: that the traps which an honest estimator must avoid are really there, and the truth is true."""

from dataclasses import asdict
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from afterclick.demo.shoppers import Simulation, simulate
from afterclick.errors import InvalidInput

STEP = {
    "payment-slow": "payment",
    "inventory-errors": "checkout",
    "mobile-long-task": "product",
    "product-image": "product",
    "third-party-hang": "list",
}
# docs/simulator.md#how-a-raw-difference-goes-wrong
OVERSTATED = ("payment-slow", "inventory-errors", "mobile-long-task")
UNDERSTATED = ("product-image", "third-party-hang")
SEEDS = (1, 2, 3)


@cache
def run(fault: str, seed: int = 1) -> Simulation:
    return simulate(seed, 6000, fault)


def exposed_and_not(found: Simulation, fault: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Visits that reached the fault's step in its segment since onset: with and without its signal there."""
    visits, views = found.visits, found.views
    at = (views.step == STEP[fault]) & (views.time >= found.truth.onset)
    if fault == "payment-slow":
        at &= views.card_network == "amex"
    if fault == "mobile-long-task":
        at &= visits.device_class[views.visit] == "mobile"
    signal = views.error if fault == "inventory-errors" else views.slow
    reached, met = np.zeros((2, visits.start.size), bool)
    reached[views.visit[at]] = True
    met[views.visit[at & signal]] = True
    return met, reached & ~met


def raw_difference(found: Simulation, fault: str) -> float:
    """Orders "lost" by comparing those who met the problem with those who did not."""
    met, spared = exposed_and_not(found, fault)
    ordered = found.visits.ordered
    return float(met.sum() * (ordered[spared].mean() - ordered[met].mean()))


def test_the_same_seed_makes_the_same_run_and_another_seed_another() -> None:
    first, second = simulate(5, 500, "product-image"), simulate(5, 500, "product-image")
    for name, column in asdict(first.views).items():
        np.testing.assert_array_equal(column, getattr(second.views, name), err_msg=name)
    assert first.truth == second.truth
    assert not np.array_equal(simulate(6, 500, "product-image").visits.start, first.visits.start)


def test_a_fault_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match=r"no fault 'payment_slow'; choose one of payment-slow"):
        simulate(1, 10, "payment_slow")


def test_without_a_fault_nothing_is_lost_to_one() -> None:
    truth = run("").truth
    assert (truth.orders_lost, truth.revenue_lost, truth.orders_lost_signal) == (0, 0.0, 0)
    assert truth.orders_lost_any > 0  # background trouble costs something all the same


@pytest.mark.parametrize("fault", STEP)
def test_each_fault_loses_enough_to_be_priced_and_more_with_what_was_felt_besides(fault: str) -> None:
    truth = simulate(1, 8000, fault).truth
    assert 60 <= truth.orders_lost <= truth.orders_lost_signal <= truth.orders_lost_any
    assert 0 < truth.revenue_lost <= truth.revenue_lost_signal <= truth.revenue_lost_any
    assert truth.exposed_visits > truth.orders_lost


@pytest.mark.parametrize("fault", STEP)
def test_before_its_onset_a_fault_changes_nothing(fault: str) -> None:
    broken, whole = run(fault), run("")
    early = broken.views.time < broken.truth.onset
    np.testing.assert_array_equal(
        broken.views.slow[early], whole.views.slow[whole.views.time < whole.truth.onset]
    )
    done = broken.visits.end < broken.truth.onset
    np.testing.assert_array_equal(broken.visits.revenue[done], whole.visits.revenue[: done.sum()])


@pytest.mark.parametrize("fault", STEP)
def test_a_fault_leaves_comparable_people_untouched_since_its_onset(fault: str) -> None:
    met, spared = exposed_and_not(run(fault), fault)
    assert met.sum() >= 150
    assert spared.sum() >= 40


def test_slow_devices_belong_to_people_who_buy_less_even_where_nothing_went_wrong() -> None:
    found = run("")
    clean = np.ones(found.visits.start.size, bool)
    clean[found.views.visit[found.views.slow | found.views.error | found.views.struggle]] = False
    bought = [
        found.visits.ordered[clean & (found.visits.device_tier == tier)].mean()
        for tier in ("low", "mid", "high")
    ]
    assert bought[0] < bought[1] - 0.05 < bought[2] - 0.05


def test_longer_visits_meet_more_problems_and_also_buy_more() -> None:
    found = run("product-image")
    visits, views = found.visits, found.views
    since = visits.start >= found.truth.onset
    looked = np.bincount(views.visit[views.step == "product"], minlength=visits.start.size)
    met, _ = exposed_and_not(found, "product-image")
    few, many = since & (looked == 1), since & (looked >= 3)
    assert met[many].mean() > met[few].mean() + 0.2
    whole = run("")
    counted = np.bincount(whole.views.visit[whole.views.step == "product"], minlength=whole.visits.start.size)
    assert whole.visits.ordered[counted >= 3].mean() > whole.visits.ordered[counted == 1].mean() + 0.05


@pytest.mark.parametrize("fault", OVERSTATED)
def test_a_raw_difference_overstates_what_a_fault_of_weak_buyers_costs(fault: str) -> None:
    told = sum(raw_difference(run(fault, seed), fault) for seed in SEEDS)
    true = sum(run(fault, seed).truth.orders_lost_signal for seed in SEEDS)
    assert told > 1.08 * true


@pytest.mark.parametrize("fault", UNDERSTATED)
def test_a_raw_difference_understates_what_a_fault_of_long_visits_costs(fault: str) -> None:
    told = sum(raw_difference(run(fault, seed), fault) for seed in SEEDS)
    true = sum(run(fault, seed).truth.orders_lost_signal for seed in SEEDS)
    assert told < 0.75 * true


def test_a_slow_payment_costs_a_quarter_to_half_of_the_orders_it_meets() -> None:
    truth = simulate(2, 5000, "payment-slow", days=1.0, onset=0.0).truth
    found = simulate(2, 5000, "payment-slow", days=1.0, onset=0.0)
    met, _ = exposed_and_not(found, "payment-slow")
    kept = int(found.visits.ordered[met].sum())
    assert truth.exposed_visits >= 300
    assert 0.25 <= truth.orders_lost / (truth.orders_lost + kept) <= 0.5


def test_page_views_of_a_visit_follow_each_other_and_the_journey() -> None:
    views = run("inventory-errors").views
    within = views.visit[1:] == views.visit[:-1]
    assert (np.diff(views.time)[within] > 0).all()
    after = dict(
        zip(("cart", "checkout", "payment", "thanks"), ("", "cart", "checkout", "payment"), strict=True)
    )
    for step in ("checkout", "payment", "thanks"):
        here = np.flatnonzero(views.step == step)
        assert set(views.step[here - 1]) == {after[step]}
