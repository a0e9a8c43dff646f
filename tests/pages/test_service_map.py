import uuid
from itertools import combinations

import msgspec

from afterclick.measure import LEFT_OUT
from afterclick.pages.problem.service_map import Call, calls, service_map, service_maps
from afterclick.resolve.cause import Cause, Comparison
from afterclick.signals import Event, Span
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

NOON = 1_780_315_200_000
MINUTE = 60_000


def call(caller: str, callee: str, ms: float = 10.0) -> Call:
    return Call(
        caller=caller,
        callee=callee,
        calls_now=2,
        errors_now=1,
        ms_now=ms,
        calls_before=0,
        errors_before=0,
        ms_before=0,
    )


def test_calls_run_left_to_right_and_the_culprit_is_marked() -> None:
    drawn = service_map(
        [call("shop", "pay"), call("pay", "bank", 6200), call("shop", "stock")],
        Cause(kind="service", service="pay", peer="bank"),
    )
    assert drawn is not None
    x = {node.name: node.x for node in drawn.nodes}
    assert x["shop"] < x["pay"] == x["stock"] < x["bank"]
    assert [node.name for node in drawn.nodes if node.culprit] == ["pay"]
    assert [(edge.caller, edge.callee, edge.label) for edge in drawn.edges if edge.culprit] == [
        ("pay", "bank", "3.1\u00a0s")
    ]
    assert "before unknown" in drawn.edges[0].words


def test_the_culprits_call_shows_what_it_took_among_the_affected_and_among_the_unaffected() -> None:
    took = Comparison(
        label="own time of charge in pay, mean", unit="ms", affected=3100, unaffected=120, n_affected=40,
        n_unaffected=60,
    )  # fmt: skip
    cause = Cause(kind="service", service="pay", peer="bank", evidence=(took,))
    drawn = service_map([call("shop", "pay"), call("pay", "bank", 800)], cause)
    assert drawn is not None
    labels = {edge.callee: (edge.label, edge.against) for edge in drawn.edges}
    assert labels["bank"] == ("3.1\u00a0s", "v. 120\u00a0ms")
    assert labels["pay"][1] == ""
    words = next(edge.words for edge in drawn.edges if edge.callee == "bank")
    assert words.endswith("3.1\u00a0s among the affected (n = 40), 120\u00a0ms among the unaffected (n = 60)")


def test_of_a_culprit_that_sends_spans_of_its_own_the_calls_that_ask_it_are_marked() -> None:
    took = Comparison(
        label="own time of authorize in bank, mean", unit="ms", affected=5480, unaffected=488, n_affected=40,
        n_unaffected=60,
    )  # fmt: skip
    drawn = service_map(
        [call("shop", "pay"), call("pay", "bank", 800)],
        Cause(kind="service", service="bank", evidence=(took,)),
    )
    assert drawn is not None
    marked = [(edge.callee, edge.label, edge.against) for edge in drawn.edges if edge.culprit]
    assert marked == [("bank", "5.48\u00a0s", "v. 488\u00a0ms")]


def test_services_that_call_in_a_circle_are_drawn_apart_and_within_the_drawing() -> None:
    drawn = service_map([call("a", "b"), call("b", "c"), call("c", "a"), call("c", "c")])
    assert drawn is not None
    assert all((one.x, one.y) != (other.x, other.y) for one, other in combinations(drawn.nodes, 2))
    assert all(
        node.x + node.width <= drawn.width and node.y + node.height <= drawn.height for node in drawn.nodes
    )


def test_without_calls_there_is_no_map() -> None:
    assert service_map([]) is None


def requested(site: str, at: int, device_class: str) -> tuple[list[Event], list[Span]]:
    """A visit whose one request has checkout call payment, which calls a bank that sends no spans and fails."""
    trace, visit = (
        uuid.uuid4().hex,
        uuid.UUID(int=(at << 80) | (7 << 76) | (2 << 62) | (uuid.uuid4().int >> 67)),
    )
    event: dict[str, object] = {
        "site": site, "event_id": str(uuid.uuid4()), "type": "request", "time": at, "received": at, "method": "POST",
        "session_id": str(visit), "session_start": at, "page_view_id": str(uuid.uuid4()), "trace_id": trace,
        "device_class": device_class, "status": 200,
    }  # fmt: skip

    def span(service: str, kind: str, parent: str, ms: int, **more: object) -> Span:
        base: dict[str, object] = {
            "site": site, "trace_id": trace, "span_id": uuid.uuid4().hex[:16], "service": service, "name": "POST",
            "time": at, "start_ns": at * 1_000_000, "received": at, "kind": kind, "parent_span_id": parent,
            "duration_ns": ms * 1_000_000,
        }  # fmt: skip
        return msgspec.convert(base | more, Span)

    caller = span("checkout", "client", "", 50, peer="payment:80")
    callee = span("payment", "server", caller.span_id, 40)
    bank = span("payment", "client", callee.span_id, 30, peer="bank", status="error")
    return [msgspec.convert(event, Event)], [caller, callee, bank]


def kept(store: Store, site: str, at: int, device_class: str) -> None:
    events, spans = requested(site, at, device_class)
    store.insert("events", events_table(events), uuid.uuid4().hex)
    store.insert("spans", spans_table(spans), uuid.uuid4().hex)


def test_calls_of_visits_that_do_not_count_are_not_on_the_map_whenever_they_come(
    store: Store, site: str, scope: Scope
) -> None:
    for at in (NOON - 3 * MINUTE, NOON + 2 * MINUTE):
        kept(store, site, at, "mobile")
    store.settle(NOON + 10 * MINUTE)
    before = calls(store, scope, NOON, NOON + 5 * MINUTE)
    told = {(one.caller, one.callee): (one.calls_now, one.errors_now, one.ms_now) for one in before}
    assert told == {("checkout", "payment"): (1, 0, 50.0), ("payment", "bank"): (1, 1, 30.0)}
    assert [one.calls_before for one in before] == [1, 1]
    for device_class in {one for kind in LEFT_OUT for one in kind.device_classes}:
        for at in (NOON - 3 * MINUTE, NOON + MINUTE, NOON + 2 * MINUTE):
            kept(store, site, at, device_class)
    store.settle(NOON + 20 * MINUTE)
    assert calls(store, scope, NOON, NOON + 5 * MINUTE) == before


def test_environments_are_drawn_apart_the_busiest_first() -> None:
    quiet = msgspec.structs.replace(call("shop", "pay"), environment="staging", calls_now=1)
    drawn = service_maps([quiet, call("shop", "pay"), call("pay", "bank")])
    assert [(one.environment, len(one.edges)) for one in drawn] == [("", 2), ("staging", 1)]
    assert service_maps([]) == ()
