"""What is found where no browser tells of anything: requests at services, by their spans alone."""

import random
import uuid
from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import Engine
from tests.resolve.world import DAY, HOUR, MINUTE, NOW

from afterclick.resolve import TOLD_BY, SqlProblemBook, detect, due, unknown_failures, watch
from afterclick.resolve.server import UNPRICED, detect_at_servers, explain_at_server
from afterclick.signals import Event, Span
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

ROUTES = ("GET /basket", "POST /checkout/shipping", "GET /catalogue/:id", "GET /")
Bad = Callable[[str, int, random.Random], bool]
Serve = Callable[..., list[Span]]


@pytest.fixture
def serve(store: Store, site: str) -> Serve:
    """Three days of a shop that sends spans only, `per_hour` requests a route; those that are bad fail or are slow."""

    def put(bad: Bad, per_hour: int = 12, took_ms: int = 40, status: int = 500) -> list[Span]:
        rng = random.Random(7)
        spans: list[Span] = []
        for route in ROUTES:
            for _ in range(72 * per_hour):
                time = rng.randrange(NOW - 3 * DAY, NOW)
                fails = bad(route, time, rng)
                spans += request(site, route, time, rng, status if fails else 200, took_ms if fails else 40)
        store.insert("spans", spans_table(spans), f"{site}-spans")
        store.settle(NOW)
        return spans

    return put


def request(site: str, route: str, time: int, rng: random.Random, status: int, took_ms: int) -> list[Span]:
    """A request of the shop, and the query in it that a failure comes from."""
    trace, root = f"{rng.getrandbits(128):032x}", f"{rng.getrandbits(64):016x}"
    at: dict[str, object] = {"site": site, "trace_id": trace, "service": "shop"}
    at |= {"time": time, "start_ns": time * 1_000_000, "received": time}
    if status >= 500:
        at |= {"status": "error", "exception": f"OperationalError: row {time} is locked"}
    outer = {
        "span_id": root,
        "name": route,
        "kind": "server",
        "http_status": status,
        "duration_ns": took_ms * 1_000_000,
    }
    inner = {
        "span_id": f"{rng.getrandbits(64):016x}", "parent_span_id": root, "name": "SELECT basket", "kind": "client",
        "peer": "postgresql", "duration_ns": (took_ms - 10) * 1_000_000,
    }  # fmt: skip
    return [msgspec.convert(at | one, Span) for one in (outer, inner)]


def since(onset: int, share: float, *routes: str) -> Bad:
    return lambda route, time, rng: route in routes and time >= onset and rng.random() < share


def test_a_route_that_begins_to_fail_at_30_percent_is_a_problem_without_any_browser(
    store: Store, scope: Scope, serve: Serve
) -> None:
    onset = NOW - 6 * HOUR
    serve(since(onset, 0.3, "POST /checkout/shipping"))
    (found,) = detect_at_servers(store, scope, NOW)
    assert (found.service, found.step, found.signal) == ("shop", "", "error")
    assert found.segment == {"route": "POST /checkout/shipping"}
    assert found.onset_low - HOUR <= onset <= found.onset_high + 30 * MINUTE
    assert 0.2 < found.share < 0.45
    cause = explain_at_server(store, scope, found)
    assert (cause.kind, cause.service, cause.peer, cause.exception, cause.http_status) == (
        "service", "shop", "postgresql", "OperationalError", 500,
    )  # fmt: skip
    assert cause.sentence == "`shop → postgresql` fails with `OperationalError` and status 500"


def test_all_routes_of_a_service_that_fail_together_are_one_problem(
    store: Store, scope: Scope, serve: Serve
) -> None:
    serve(since(NOW - 6 * HOUR, 0.4, *ROUTES))
    (found,) = detect_at_servers(store, scope, NOW)
    assert (found.service, found.segment) == ("shop", {})


def test_routes_that_fail_since_different_times_are_problems_of_their_own(
    store: Store, scope: Scope, serve: Serve
) -> None:
    first, second = since(NOW - 30 * HOUR, 0.5, ROUTES[1]), since(NOW - 3 * HOUR, 0.5, ROUTES[2])
    usual = since(0, 0.005, *ROUTES)

    def bad(route: str, time: int, rng: random.Random) -> bool:
        return any(one(route, time, rng) for one in (first, second, usual))

    serve(bad)
    assert {found.segment["route"] for found in detect_at_servers(store, scope, NOW)} == set(ROUTES[1:3])


def test_a_route_that_becomes_slow_at_the_server_is_a_problem(
    store: Store, scope: Scope, serve: Serve
) -> None:
    serve(since(NOW - 6 * HOUR, 0.5, "GET /catalogue/:id"), took_ms=4000, status=200)
    (found,) = detect_at_servers(store, scope, NOW)
    assert (found.signal, found.segment) == ("slow", {"route": "GET /catalogue/:id"})
    assert explain_at_server(store, scope, found).sentence == "`shop → postgresql` takes most of the time"


@pytest.mark.parametrize("share", [0.0, 0.01])
def test_a_service_that_fails_no_more_than_ever_has_no_problem(
    store: Store, scope: Scope, serve: Serve, share: float
) -> None:
    serve(since(0, share, *ROUTES))
    assert detect_at_servers(store, scope, NOW) == []


def test_failures_that_page_views_know_of_are_left_to_them(
    store: Store, scope: Scope, site: str, serve: Serve
) -> None:
    spans = serve(since(NOW - 6 * HOUR, 0.3, "POST /checkout/shipping"))
    rng = random.Random(3)
    known = [
        Event(
            site=site, event_id=f"{rng.getrandbits(128):032x}", type="request", time=one.time, received=one.time,
            session_id="019e83c7-d000-7000-8000-0000000000b1", session_start=one.time, trace_id=one.trace_id,
            status=500,
        )
        for one in spans
        if one.status == "error" and not one.parent_span_id
    ]  # fmt: skip
    store.insert("events", events_table(known), f"{site}-known")
    assert detect_at_servers(store, scope, NOW) == []


def shown(requests: list[Span], rng: random.Random) -> list[Event]:
    """A page view of a visit of its own for each request; of one that failed only the server tells."""
    return [
        Event(
            site=one.site, event_id=f"{rng.getrandbits(128):032x}", type="page_view", time=one.time, received=one.time,
            session_id=str(uuid.UUID(int=rng.getrandbits(128))), session_start=one.time, trace_id=one.trace_id,
            page_view_id=str(uuid.UUID(int=rng.getrandbits(128))), status=one.http_status, step="Shipping",
            source=TOLD_BY if one.status == "error" else "",
        )
        for one in requests
    ]  # fmt: skip


def test_a_step_that_can_tell_of_its_failures_leaves_none_to_the_service(
    store: Store, control: Engine, scope: Scope, site: str, serve: Serve
) -> None:
    spans = serve(since(NOW - 6 * HOUR, 0.3, "POST /checkout/shipping"))
    requests = [one for one in spans if one.name == "POST /checkout/shipping"]
    store.insert("events", events_table(shown(requests, random.Random(5))), f"{site}-shown")
    book = SqlProblemBook(control)
    list(watch(store, scope, NOW, book))
    assert [(one.step, one.service, one.signal) for one in book.problems(site)] == [("Shipping", "", "error")]


def test_failures_that_were_joined_to_visits_count_until_failing_is_a_problem_of_their_step(
    store: Store, scope: Scope, site: str, serve: Serve
) -> None:
    spans = serve(since(NOW - 6 * HOUR, 0.3, "POST /checkout/shipping"))
    joined = shown(
        [one for one in spans if one.status == "error" and not one.parent_span_id], random.Random(3)
    )
    store.insert("events", events_table(joined), f"{site}-joined")
    assert unknown_failures(store, scope, NOW - DAY, NOW, NOW) == []
    for told in ((), ("Payment",)):
        (found,) = detect_at_servers(store, scope, NOW, told)
        assert found.segment == {"route": "POST /checkout/shipping"}
        assert found.exposed == pytest.approx(len(joined), abs=5)
        assert explain_at_server(store, scope, found).http_status == 500
    assert detect_at_servers(store, scope, NOW, ("Shipping",)) == []


def test_a_problem_of_a_service_keeps_its_life_and_has_no_price(
    store: Store, control: Engine, scope: Scope, serve: Serve
) -> None:
    serve(since(NOW - 6 * HOUR, 0.3, "POST /checkout/shipping"))
    book = SqlProblemBook(control)
    for now in (NOW, NOW + MINUTE):
        list(watch(store, scope, now, book))
        assert due(book, scope.site, now) == []
    (problem,) = book.problems(scope.site)
    assert (problem.service, problem.status, problem.estimate) == ("shop", "open", UNPRICED)
    assert detect(store, scope, NOW) == []
