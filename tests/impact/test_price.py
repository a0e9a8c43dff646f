import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import msgspec
import pyarrow as pa
import pytest
from tests.impact import direct
from tests.impact.feed import insert, random_site

from afterclick.demo.shoppers import Simulation, simulate
from afterclick.impact import Condition, Estimate, Question, price, price_together, price_total
from afterclick.impact.arrivals import HISTORY_MS, Arrivals, read
from afterclick.impact.lost_revenue import estimate
from afterclick.impact.worker import apart
from afterclick.jobs import Stop, Stopped
from afterclick.store.scope import Scope
from afterclick.store.store import Store


@dataclass(frozen=True)
class Shop:
    scope: Scope
    run: Simulation
    question: Question


@pytest.fixture(scope="session")
def shop(store: Store) -> Shop:
    """A run of the simulator in the engine: a product picture went bad half-way."""
    run, site = simulate(11, 4000, "product-image"), random_site()
    insert(store, site, run)
    question = Question(step="product", signal="slow", onset=run.truth.onset, until=run.truth.until)
    return Shop(Scope(site), run, question)


@pytest.fixture(scope="session")
def arrivals(store: Store, shop: Shop) -> Arrivals:
    return read(store, shop.scope, shop.question, shop.question.onset - HISTORY_MS)


def test_arrivals_read_from_the_engine_equal_those_worked_out_without_it(
    shop: Shop, arrivals: Arrivals
) -> None:
    expected = direct.arrivals(shop.run, shop.question)
    names = sorted(
        set(expected.column_names) - {"visit", "device", "path"}
    )  # ids differ, paths are not simulated

    def lines(table: pa.Table) -> list[str]:
        return sorted(str(row) for row in table.select(names).to_pylist())

    assert lines(arrivals.table) == lines(expected)


def test_the_price_of_a_fault_covers_what_the_same_people_would_have_bought(store: Store, shop: Shop) -> None:
    found = price(store, shop.scope, shop.question)
    assert found.status == "priced"
    assert found.currency == "EUR"
    assert found.orders_lost is not None
    assert found.revenue_lost is not None
    assert found.orders_lost.covers(shop.run.truth.orders_lost_signal)
    assert found.revenue_lost.covers(shop.run.truth.revenue_lost_signal)
    assert found.orders_lost.low > 0


def test_the_price_of_what_people_met_who_differ_in_nothing_has_the_interval_of_the_textbook() -> None:
    """400 met it, 1,600 did not: 400 * (.3 - .2) orders, with the noise of 400 would-be shares and of 1,600 seen."""
    question = Question(step="pay", signal="slow", onset=0, until=HISTORY_MS)
    found = estimate(Arrivals(direct.alike(400, 1_600)), question)
    half = 1.959964 * sqrt(400 * 0.3 * 0.7 * (1 + 400 / 1_600))
    assert found.orders_lost is not None
    assert found.revenue_lost is not None
    for lost, worth in ((found.orders_lost, 1), (found.revenue_lost, 50)):
        assert lost.value == pytest.approx(40 * worth, rel=0.03)
        assert lost.value - lost.low == pytest.approx(half * worth, rel=0.03)
        assert lost.high - lost.value == pytest.approx(half * worth, rel=0.03)


def test_a_small_shop_is_seldom_refused_a_price() -> None:
    """Some 95 visits met the fault in each of 20 shops; what they are compared by has fifty columns."""
    payment = Question(step="payment", signal="slow", segment={"card_network": "amex"}, onset=0, until=0)
    priced = 0
    for seed in range(30_000, 30_020):
        run = simulate(seed, 3000, "payment-slow")
        question = msgspec.structs.replace(payment, onset=run.truth.onset, until=run.truth.until)
        priced += estimate(Arrivals(direct.arrivals(run, question), 1), question).status == "priced"
    assert priced >= 19


def test_the_price_of_any_problem_covers_the_loss_to_everything_felt(store: Store, shop: Shop) -> None:
    found = price_total(store, shop.scope, shop.question.onset, shop.question.until)
    assert found.orders_lost is not None
    assert found.orders_lost.covers(shop.run.truth.orders_lost_any)


def test_problems_priced_together_are_met_by_the_union_of_their_visits_each_once(
    store: Store, shop: Shop
) -> None:
    onset, until = shop.question.onset, shop.question.until
    later = onset + (until - onset) // 2
    slow = Condition(step="product", signal="slow", onset=onset)
    phones = Condition(step="product", signal="slow", segment={"device_class": "mobile"}, onset=onset)
    broken = Condition(step="payment", signal="error", onset=later)
    question = Question(step="", signal="any", onset=onset, until=until, any_of=(slow, phones, broken))
    table = read(store, shop.scope, question, onset - HISTORY_MS).table
    views = shop.run.views
    at = (views.time < until) & ((views.step == "product") | (views.step == "payment"))
    met = views.slow & (views.step == "product") & (views.time >= onset)
    met |= views.error & (views.step == "payment") & (views.time >= later)
    assert table.num_rows == at.sum()
    assert (table["exposed"].to_numpy() == 1).sum() == (met & at).sum()
    alone = price_together(store, shop.scope, (slow,), onset, until)
    doubled = price_together(store, shop.scope, (slow, phones), onset, until)
    assert _value(doubled) == pytest.approx(_value(alone), rel=1e-6), "what lies within adds nothing"
    assert doubled.n_exposed == alone.n_exposed
    own = price(store, shop.scope, shop.question)
    assert own.revenue_lost
    assert (alone.n_exposed, alone.n_control) == (own.n_exposed, own.n_control), (
        "one alone is priced as it is"
    )
    assert _value(alone) == pytest.approx(_value(own), rel=1e-6)


def test_no_problems_have_no_price_together(store: Store, scope: Scope) -> None:
    with pytest.raises(ValueError, match="where there are some"):
        price_together(store, scope, (), 0, 1)


def test_a_price_made_in_its_own_process_is_the_same_price(store: Store, shop: Shop) -> None:
    here, there = (
        price(store, shop.scope, shop.question, 3),
        price(store, shop.scope, shop.question, 3, apart),
    )
    assert msgspec.structs.replace(there, orders_lost=None, revenue_lost=None) == msgspec.structs.replace(
        here, orders_lost=None, revenue_lost=None
    )
    assert _value(there) == pytest.approx(_value(here), rel=1e-6)


def test_a_price_made_in_its_own_process_ends_with_the_app(shop: Shop, arrivals: Arrivals) -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(Stopped):
        apart(arrivals, shop.question, 3, stop=stop)


def test_the_order_of_rows_changes_no_price(shop: Shop, arrivals: Arrivals) -> None:
    turned = arrivals.table.take(pa.array(range(arrivals.table.num_rows - 1, -1, -1)))
    assert _value(estimate(Arrivals(turned), shop.question)) == pytest.approx(
        _value(estimate(arrivals, shop.question)), rel=1e-3
    )


def test_nobody_arriving_is_gathering_at_first_and_unknown_after_a_day(store: Store, scope: Scope) -> None:
    young = Question(step="product", signal="slow", onset=10**12, until=10**12 + 60_000)
    old = msgspec.structs.replace(young, until=young.onset + 2 * 24 * 3_600_000)
    assert price(store, scope, young).status == "gathering"
    found = price(store, scope, old)
    assert (found.status, found.n_exposed, found.orders_lost, found.naive) == ("unknown", 0, None, None)
    assert found.reason == "0 visits met it; a price needs 30."


def _with(table: pa.Table, name: str, values: Sequence[object]) -> pa.Table:
    position = table.column_names.index(name)
    return table.set_column(position, name, pa.array(values, _types(table)[name]))


def _types(table: pa.Table) -> dict[str, pa.DataType]:
    return dict(zip(table.schema.names, table.schema.types, strict=True))


def test_without_anyone_comparable_there_is_no_price(shop: Shop, arrivals: Arrivals) -> None:
    everybody = _with(arrivals.table, "exposed", [1] * arrivals.table.num_rows)
    later = msgspec.structs.replace(shop.question, until=shop.question.until + 10**8)
    found = estimate(Arrivals(everybody), later)
    assert found.status == "unknown"
    assert "comparable" in found.reason


def test_without_orders_among_the_comparable_there_is_no_price(shop: Shop, arrivals: Arrivals) -> None:
    barren = _with(arrivals.table, "orders", [0.0] * arrivals.table.num_rows)
    assert "led to an order" in estimate(Arrivals(barren), shop.question).reason


def test_those_who_resemble_nobody_get_no_price(shop: Shop, arrivals: Arrivals) -> None:
    """All who met it since the onset came from one country, from which nobody else came."""
    table = arrivals.table
    since = table.column("arrived").to_numpy() >= shop.question.onset
    met = since & (table.column("exposed").to_numpy() > 0)
    found = estimate(Arrivals(_with(table, "country", ["XX" if one else "CZ" for one in met])), shop.question)
    assert found.status == "unknown"
    assert found.revenue_lost is None
    assert "resemble" in found.reason or "comparable" in found.reason or "differ" in found.reason


def test_a_segment_is_priced_from_its_own_arrivals(store: Store, shop: Shop) -> None:
    mobile = msgspec.structs.replace(shop.question, segment={"device_class": "mobile"})
    part, whole = price(store, shop.scope, mobile), price(store, shop.scope, shop.question)
    assert 0 < part.n_exposed < whole.n_exposed


def test_more_arrivals_than_are_read_are_scaled_up_with_a_wider_interval(store: Store, shop: Shop) -> None:
    since = shop.question.onset - HISTORY_MS
    whole = read(store, shop.scope, shop.question, since)
    part = read(store, shop.scope, shop.question, since, most=whole.table.num_rows // 2 + 1)
    assert part.every == 2
    assert part.table.num_rows == pytest.approx(whole.table.num_rows / 2, rel=0.1)
    sampled, full = estimate(part, shop.question), estimate(whole, shop.question)
    assert sampled.n_exposed == pytest.approx(full.n_exposed, rel=0.15)
    assert sampled.orders_lost is not None
    assert full.orders_lost is not None
    assert sampled.orders_lost.width > full.orders_lost.width


def test_importing_the_room_leaves_the_heavy_libraries_alone() -> None:
    probe = "import sys, afterclick.impact; print([m for m in ('scipy', 'statsmodels') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def _value(found: Estimate) -> float:
    assert found.orders_lost is not None
    return found.orders_lost.value
