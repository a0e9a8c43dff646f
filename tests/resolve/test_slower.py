"""What is slower than usual at its step, though not slow by the definition."""

import random
from collections.abc import Callable

import pytest
from tests.resolve import streams
from tests.resolve.world import DAY, HOUR, NOW, Fault, View, world

from afterclick.impact import Condition, Question, price, price_together
from afterclick.journeys import Filter, Met, totals
from afterclick.resolve import Candidate, detect, explain
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

STREAMS = 40
ONSET = NOW - 8 * HOUR
Found = Callable[..., list[Candidate]]


@pytest.fixture
def found(store: Store, site: str, scope: Scope) -> Found:
    """What is found in a world of three days with a fault."""

    def run(fault: Fault, seed: int = 1, per_hour: float = 60) -> list[Candidate]:
        events, spans = world(site, seed, NOW - 3 * DAY, NOW, per_hour, fault)
        store.insert("events", events_table(events), f"{site}-e")
        store.insert("spans", spans_table(spans), f"{site}-s")
        return detect(store, scope, NOW)

    return run


def waits(median: float, spread: float, rng: random.Random) -> float:
    """A wait as they are: log-normal around its median."""
    return median * rng.lognormvariate(0, spread)


def test_a_step_that_goes_from_0_6_to_2_6_seconds_for_a_segment_is_found_with_its_onset_and_medians(
    found: Found, store: Store, scope: Scope
) -> None:
    def fault(view: View, rng: random.Random) -> None:
        if view.step == "payment":
            hit = view.time >= ONSET and view.visit.network == "amex"
            view.request_ms = min(waits(2600 if hit else 600, 0.1, rng), 2990)
            view.slow_in = ("payment", "POST acquirer/authorize", "")

    (one,) = found(fault)
    assert (one.step, one.signal, one.segment) == ("payment", "slower", {"card_network": "amex"})
    assert abs(one.onset - ONSET) < HOUR
    assert one.wait is not None
    assert one.wait.measure == "request"
    assert one.wait.median_ms == pytest.approx(2600, rel=0.05)
    assert one.wait.before_ms == pytest.approx(600, rel=0.05)
    assert one.wait.interval is not None
    assert one.wait.interval.low < 2600 < one.wait.interval.high
    assert [limit.request_ms for limit in one.limits] == [pytest.approx(1100, abs=30)] * 2
    cause = explain(store, scope, one)
    assert (cause.service, cause.operation) == ("payment", "POST acquirer/authorize")
    assert cause.sentence == "`payment → acquirer` takes 2.0 s more than usual"
    asked = Question(
        step=one.step, signal=one.signal, segment=one.segment, onset=one.onset, until=NOW, limits=one.limits
    )
    assert 0.9 * one.exposed < price(store, scope, asked).n_exposed <= one.exposed
    met = Condition(step=one.step, signal=one.signal, segment=one.segment, onset=one.onset, limits=one.limits)
    together = price_together(store, scope, [met], one.onset, NOW)
    assert together.n_exposed == price(store, scope, asked).n_exposed
    listed = Met("p", "", one.step, one.signal, ("card_network=amex",), one.onset, NOW, one.limits)
    assert totals(store, scope, NOW - 3 * DAY, NOW, Filter(met=listed)).visits == one.exposed


def test_a_step_whose_waits_are_long_now_and_then_but_as_ever_raises_nothing(found: Found) -> None:
    def fault(view: View, rng: random.Random) -> None:
        view.request_ms = min(waits(600, 0.8, rng), 2990)

    assert found(fault) == []


def test_a_step_that_becomes_faster_raises_nothing(found: Found) -> None:
    def fault(view: View, rng: random.Random) -> None:
        view.request_ms = waits(600 if view.time >= ONSET else 1800, 0.1, rng)

    assert found(fault) == []


def test_more_mobile_visits_which_wait_longer_as_ever_are_not_slowness(found: Found) -> None:
    def fault(view: View, rng: random.Random) -> None:
        if view.time >= ONSET:
            view.visit.traits["device_class"] = "mobile"
        usual = 1800 if view.visit.traits["device_class"] == "mobile" else 500
        view.request_ms = min(waits(usual, 0.1, rng), 2990)

    assert found(fault) == []


def test_what_is_slow_by_the_definition_too_is_one_problem_named_by_it(found: Found) -> None:
    def fault(view: View, rng: random.Random) -> None:
        if view.step == "payment":
            hit = view.time >= ONSET and view.visit.traits["country"] == "CZ"
            view.request_ms = waits(4200 if hit else 600, 0.1, rng)

    (one,) = found(fault)
    assert (one.signal, one.segment, one.symptoms, one.limits) == ("slow", {"country": "CZ"}, (), ())


def test_what_only_now_and_then_passes_the_definition_is_one_problem_of_what_is_slower_than_usual(
    found: Found,
) -> None:
    def fault(view: View, rng: random.Random) -> None:
        if view.step == "payment":
            hit = view.time >= ONSET and view.visit.traits["country"] == "CZ"
            view.request_ms = waits(2600 if hit else 600, 0.15, rng)

    (one,) = found(fault)
    assert (one.signal, one.segment) == ("slower", {"country": "CZ"})


def test_a_rise_too_small_to_be_felt_raises_nothing(found: Found) -> None:
    def fault(view: View, rng: random.Random) -> None:
        view.request_ms = waits(800 if view.time >= ONSET else 600, 0.1, rng)

    assert found(fault) == []


@pytest.mark.parametrize("spread", [0.2, 0.5, 0.9])
def test_quiet_streams_raise_no_more_than_stated(spread: float) -> None:
    looks = [streams.found(streams.stream(seed, spread=spread)) for seed in range(STREAMS)]
    assert sum(map(len, looks)) <= STREAMS * 14 / 30 * 0.05, "a site may be wrong once in 30 days"


def test_streams_with_more_mobile_visits_raise_nothing() -> None:
    looks = [streams.found(streams.stream(seed, mobile=0.3, late=0.8)) for seed in range(STREAMS)]
    assert not any(looks)


def test_a_segment_that_becomes_slower_is_found_in_almost_every_stream() -> None:
    told: list[str] = []
    for seed in range(STREAMS):
        one = streams.stream(seed)
        one.wait[(one.card == "amex") & (one.at >= streams.NOW - DAY)] += 2000
        told += [found.segment.get("card_network", "everyone") for found in streams.found(one)]
    assert told.count("amex") >= 0.9 * STREAMS
    assert len(told) == told.count("amex")
