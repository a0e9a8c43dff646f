"""What is found in a small seeded world on the real engine."""

import random
from collections.abc import Callable

import pytest
from tests.resolve.world import DAY, HOUR, MINUTE, NOW, Fault, View, world

from afterclick.impact import Question, price
from afterclick.resolve import detect, explain
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

Write = Callable[..., None]
ACQUIRER = ("payment", "POST acquirer/authorize", "")


@pytest.fixture
def write(store: Store, site: str) -> Write:
    """Puts a world into the site."""
    tokens = iter(range(100))

    def put(fault: Fault | None, since: int, until: int = NOW, per_hour: float = 60, **rest: object) -> None:
        events, spans = world(site, 1, since, until, per_hour, fault, **rest)  # pyright: ignore[reportArgumentType]
        token = f"{site}-{next(tokens)}"
        store.insert("events", events_table(events), f"{token}-e")
        store.insert("spans", spans_table(spans), f"{token}-s")

    return put


def failing(onset: int, until: int = NOW) -> Fault:
    def fault(view: View, rng: random.Random) -> None:
        if view.step == "payment" and onset <= view.time < until and rng.random() < 0.6:
            view.status, view.slow_in = 502, ("payment", "POST /charge", "")

    return fault


def pages_failing(onset: int, status: int) -> Fault:
    def fault(view: View, rng: random.Random) -> None:
        if view.step == "payment" and view.time >= onset and view.visit.traits["country"] == "CZ":
            view.page_status, view.slow_in = status, ("checkout", "POST /checkout", "")

    return fault


def slow_for_amex(onset: int) -> Fault:
    def fault(view: View, rng: random.Random) -> None:
        if (
            view.step == "payment"
            and view.time >= onset
            and view.visit.network == "amex"
            and rng.random() < 0.8
        ):
            view.request_ms, view.slow_in = 4200, ACQUIRER
            view.struggle = "rage_click" if rng.random() < 0.5 else ""

    return fault


def test_pages_that_the_server_answers_with_500_are_a_problem_of_their_country_with_service_and_price(
    store: Store, scope: Scope, write: Write
) -> None:
    onset = NOW - 6 * HOUR
    write(pages_failing(onset, 500), NOW - 3 * DAY)
    (found,) = detect(store, scope, NOW)
    assert (found.step, found.signal, found.segment) == ("payment", "error", {"country": "CZ"})
    assert abs(found.onset - onset) < HOUR
    assert found.exposed == found.arrivals
    cause = explain(store, scope, found)
    assert (cause.service, cause.operation) == ("checkout", "POST /checkout")
    question = Question(
        step=found.step, signal=found.signal, segment=found.segment, onset=found.onset, until=NOW
    )
    assert price(store, scope, question).n_exposed > 0.9 * found.exposed


def test_pages_that_are_not_found_are_no_problem(store: Store, scope: Scope, write: Write) -> None:
    write(pages_failing(NOW - 6 * HOUR, 404), NOW - 3 * DAY)
    assert detect(store, scope, NOW) == []


def test_a_fault_of_one_tag_is_found_for_it_alone_with_its_onset_its_symptom_and_its_operation(
    store: Store, scope: Scope, write: Write
) -> None:
    onset = NOW - DAY
    write(slow_for_amex(onset), NOW - 3 * DAY, per_hour=90)
    (found,) = detect(store, scope, NOW)
    assert (found.step, found.signal, found.segment) == ("payment", "slow", {"card_network": "amex"})
    assert found.onset_low <= onset + 30 * MINUTE
    assert abs(found.onset - onset) < HOUR
    assert found.symptoms == ("struggle",)
    cause = explain(store, scope, found)
    assert (cause.kind, cause.service, cause.operation, cause.peer) == ("service", *ACQUIRER[:2], "acquirer")
    assert cause.explained_low > 0.9
    assert cause.sentence == "`payment → acquirer` takes 4.0 s more than usual"


def test_a_fault_switched_on_is_found_within_a_minute_of_modest_traffic(
    store: Store, scope: Scope, write: Write
) -> None:
    onset = NOW - 40_000
    write(None, NOW - DAY, NOW - 10 * MINUTE)
    write(failing(onset), NOW - 10 * MINUTE, per_hour=1200)
    (found,) = detect(store, scope, NOW)
    assert (found.step, found.signal, found.segment) == ("payment", "error", {})
    assert abs(found.onset - onset) <= 20_000
    cause = explain(store, scope, found)
    assert (cause.kind, cause.service, cause.operation) == ("service", "payment", "POST /charge")


def test_a_fault_that_begins_after_hours_without_a_visit_is_dated_to_its_first_one_with_the_gap_as_its_interval(
    store: Store, scope: Scope, write: Write
) -> None:
    """Nobody knows since when it would have failed; that nobody came is no sign that it was well."""
    write(None, NOW - 3 * DAY, NOW - 100 * MINUTE)
    write(failing(0), NOW - 8 * MINUTE, per_hour=600)
    (found,) = detect(store, scope, NOW)
    assert NOW - 9 * MINUTE < found.onset <= found.onset_high
    assert NOW - 105 * MINUTE < found.onset_low < NOW - 95 * MINUTE


def test_a_fault_that_is_over_is_told_as_ended(store: Store, scope: Scope, write: Write) -> None:
    write(failing(NOW - 8 * HOUR, NOW - 3 * HOUR), NOW - 2 * DAY)
    (found,) = detect(store, scope, NOW)
    assert found.ended is not None
    assert abs(found.ended - (NOW - 3 * HOUR)) <= HOUR


def test_two_faults_of_different_segments_at_one_step_are_both_found(
    store: Store, scope: Scope, write: Write
) -> None:
    def both(view: View, rng: random.Random) -> None:
        slow_for_amex(NOW - DAY)(view, rng)
        if view.step == "payment" and view.time >= NOW - 6 * HOUR and view.visit.traits["country"] == "CZ":
            view.lcp = 6000.0

    write(both, NOW - 3 * DAY)
    found = {tuple(one.segment.items()) for one in detect(store, scope, NOW)}
    assert found == {(("card_network", "amex"),), (("country", "CZ"),)}


def test_a_fault_of_one_region_is_told_for_it_and_not_for_its_country(
    store: Store, scope: Scope, write: Write
) -> None:
    def fault(view: View, _: random.Random) -> None:
        traits = view.visit.traits
        traits["region"] = f"{traits['country']}-{1 + view.visit.time % 2}"
        if view.step == "payment" and view.time >= NOW - 6 * HOUR and traits["region"] == "CZ-2":
            view.lcp = 6000.0

    write(fault, NOW - 3 * DAY, per_hour=90)
    (found,) = detect(store, scope, NOW)
    assert found.segment == {"region": "CZ-2"}
    question = Question(
        step=found.step, signal=found.signal, segment=found.segment, onset=found.onset, until=NOW
    )
    assert 0.9 * found.exposed < price(store, scope, question).n_exposed <= found.exposed


def test_a_fault_of_one_value_within_another_is_narrowed_to_both(
    store: Store, scope: Scope, write: Write
) -> None:
    def fault(view: View, rng: random.Random) -> None:
        traits = view.visit.traits
        if view.time >= NOW - DAY and (traits["device_class"], traits["browser"]) == ("mobile", "Safari"):
            view.inp = 900.0 if view.step == "product" else view.inp

    write(fault, NOW - 3 * DAY)
    (found,) = detect(store, scope, NOW)
    assert found.segment == {"device_class": "mobile", "browser": "Safari"}


def test_a_busier_mix_of_slow_devices_is_not_a_problem(store: Store, scope: Scope, write: Write) -> None:
    def mix(view: View, rng: random.Random) -> None:
        # From a day ago every visit is on a low-tier device, which was always slow in 12 % of page views.
        if view.time >= NOW - DAY:
            view.visit.traits["device_tier"] = "low"
        if view.visit.traits["device_tier"] == "low" and rng.random() < 0.12:
            view.lcp = 4600.0

    write(mix, NOW - 4 * DAY)
    assert detect(store, scope, NOW) == []


def test_a_site_without_history_has_no_problem_to_tell(store: Store, scope: Scope, write: Write) -> None:
    write(failing(0), NOW - HOUR)
    assert detect(store, scope, NOW) == []


def throwing(onset: int, inline: bool) -> Fault:
    """A script of the page, or in a file, of which each page has an address of its own."""

    def fault(view: View, rng: random.Random) -> None:
        if view.step == "payment":
            view.path = f"/payment/{rng.randrange(10_000)}"
            if view.time >= onset and rng.random() < 0.6:
                view.thrown_in = f"{view.path if inline else '/app.js'}:{rng.randrange(800, 900)}"

    return fault


@pytest.mark.parametrize(("inline", "script"), [(True, ""), (False, "/app.js")])
def test_a_script_within_the_page_is_one_cause_on_however_many_pages_it_stands(
    store: Store, scope: Scope, write: Write, inline: bool, script: str
) -> None:
    write(throwing(NOW - 6 * HOUR, inline), NOW - 2 * DAY)
    (found,) = detect(store, scope, NOW)
    assert (found.step, found.signal) == ("payment", "error")
    cause = explain(store, scope, found)
    assert (cause.kind, cause.route, cause.script) == ("page", "/payment", script)
    assert cause.explained_low > 0.9


def test_an_empty_site_has_no_problem(store: Store, scope: Scope) -> None:
    assert detect(store, scope, NOW) == []


def test_a_cause_that_no_trace_and_no_part_of_the_page_shows_is_unknown(
    store: Store, site: str, scope: Scope
) -> None:
    events, _ = world(site, 1, NOW - 2 * DAY, NOW, 60, failing(NOW - 10 * HOUR))
    store.insert("events", events_table(events), site)
    (found,) = detect(store, scope, NOW)
    cause = explain(store, scope, found)
    assert (cause.kind, cause.sentence) == ("unknown", "")
