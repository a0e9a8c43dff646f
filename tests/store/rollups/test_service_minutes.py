from collections.abc import Callable
from typing import Any

import pytest
from tests.store.conftest import over_both

from afterclick.signals import Event, Span
from afterclick.store.engine.query import Statement
from afterclick.store.scope import Scope
from afterclick.store.store import Store

pytestmark = over_both

MakeEvent = Callable[..., Event]
MakeSpan = Callable[..., Span]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]

TRACE = "0af7651916cd43dd8448eb211c80319c"
MINUTE = 60_000
MINUTES = "SELECT * EXCEPT (site, version, gone) FROM service_minutes WHERE site = {site:String} ORDER BY ALL"
EDGES = (
    "SELECT toUnixTimestamp64Milli(minute) AS at, caller, callee, calls, errors, duration_ms_sum FROM service_edges"
    " WHERE site = {site:String} ORDER BY ALL"
)
NOON = 1_780_315_200_000


def test_a_minute_is_summed_by_service_operation_kind_and_release(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    keep(
        span("payment", "POST /charge", 100, 10, kind="server", release="1"),
        span("payment", "POST /charge", 200, 30, kind="server", release="1", status="error", generated=True),
        span("payment", "POST /charge", 300, 10, kind="server", release="2"),
        span("payment", "POST /charge", 60_001, 10, kind="server", release="1"),
    )
    store.settle(NOON)
    first, *others = ask(MINUTES)
    assert len(others) == 2
    assert first | {"minute": None} == {
        "minute": None,
        "service": "payment",
        "operation": "POST /charge",
        "kind": "server",
        "release": "1",
        "spans": 2,
        "errors": 1,
        "duration_ms_sum": 40.0,
        "duration_ms": [30.0, 30.0, 30.0, 30.0],
        "generated": 1,
    }


def test_the_same_minute_of_two_sites_is_settled_for_each_in_one_run(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask, site: str
) -> None:
    other = f"{site}-other"
    keep(span("payment", "POST /charge", 100), span("stock", "GET", 60_100))
    keep(span("cart", "PUT", 200, site=other), span("cart", "PUT", 60_200, site=other))
    store.settle(NOON)
    assert [row["service"] for row in ask(MINUTES)] == ["payment", "stock"]
    answer = store.arrow(Scope(other), Statement("test", MINUTES), {})
    assert answer["service"].to_pylist() == ["cart", "cart"]


def test_a_call_is_an_edge_from_the_callers_service_with_the_time_the_caller_waited(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    client = span("checkout", "POST", 0, 50, trace_id=TRACE, kind="client", peer="inventory:8505")
    server = span(
        "inventory", "POST /reserve", 10, 20, trace_id=TRACE, kind="server", parent_span_id=client.span_id
    )
    inner = span("inventory", "SELECT", 15, 5, trace_id=TRACE, parent_span_id=server.span_id)
    keep(client, server, inner)
    store.settle(NOON)
    assert ask(EDGES) == [
        {
            "at": NOON,
            "caller": "checkout",
            "callee": "inventory",
            "calls": 1,
            "errors": 0,
            "duration_ms_sum": 50.0,
        }
    ]


def test_a_callee_that_sends_no_spans_goes_by_the_callers_name_for_it(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    keep(span("payment", "POST acquirer/authorize", 0, 70, kind="client", peer="acquirer", status="error"))
    store.settle(NOON)
    assert ask(EDGES) == [
        {
            "at": NOON,
            "caller": "payment",
            "callee": "acquirer",
            "calls": 1,
            "errors": 1,
            "duration_ms_sum": 70.0,
        }
    ]


@pytest.mark.parametrize("parent_first", [True, False])
def test_an_edge_across_minutes_is_found_whichever_side_comes_first(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask, parent_first: bool
) -> None:
    client = span("checkout", "POST", MINUTE - 10, 50, trace_id=TRACE, kind="client", peer="inventory:8505")
    server = span(
        "inventory",
        "POST /reserve",
        MINUTE + 5,
        20,
        trace_id=TRACE,
        kind="server",
        parent_span_id=client.span_id,
    )
    for record in (client, server) if parent_first else (server, client):
        keep(record)
        store.settle(NOON)
    assert [(row["at"], row["caller"], row["callee"]) for row in ask(EDGES)] == [
        (NOON + MINUTE, "checkout", "inventory")
    ]


def test_settling_again_or_a_repeated_delivery_changes_nothing(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    records = [span("cart", "GET /cart", at, 10, kind="server") for at in range(0, 3 * MINUTE, MINUTE // 2)]
    keep(*records)
    store.settle(NOON)
    before = ask(MINUTES)
    store.settle(NOON)
    keep(*records)
    store.settle(NOON)
    assert ask(MINUTES) == before


def test_settling_with_nothing_new_touches_no_minute(store: Store, span: MakeSpan, keep: Keep) -> None:
    keep(span("cart", "GET /cart"))
    store.settle(NOON)
    assert store.settle(NOON).minutes == 0


def test_tickets_stay_open_when_settling_dies_before_it_ends(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(span("cart", "GET /cart"))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("afterclick.store.rollups.tickets.close", killed)
    with pytest.raises(KeyboardInterrupt):
        store.settle(NOON)
    monkeypatch.undo()
    assert store.settle(NOON).minutes == 1
    assert [row["spans"] for row in ask(MINUTES)] == [1]


def test_an_edge_to_a_name_goes_when_the_callees_own_span_arrives(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    client = span("cart", "GET", 0, 5, trace_id=TRACE, kind="client", peer="localhost:1")
    keep(client)
    store.settle(NOON)
    assert [row["callee"] for row in ask(EDGES)] == ["localhost:1"]
    keep(span("catalog", "GET /p", 1, 3, trace_id=TRACE, kind="server", parent_span_id=client.span_id))
    store.settle(NOON)
    assert [row["callee"] for row in ask(EDGES)] == ["catalog"]


def test_a_week_of_history_is_settled_in_one_run(store: Store, span: MakeSpan, keep: Keep, ask: Ask) -> None:
    week = 7 * 24 * 60
    keep(*[span("cart", "GET /cart", minute * MINUTE, 10) for minute in range(0, week, 10)])
    assert store.settle(NOON).minutes == week // 10
    assert len(ask(MINUTES)) == week // 10


def edges(ask: Ask) -> list[tuple[str, str, int]]:
    return [(row["caller"], row["callee"], row["calls"]) for row in ask(EDGES)]


def test_an_internal_span_under_a_call_is_no_answer_to_it(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    client = span("checkout", "POST", 0, 50, trace_id=TRACE, kind="client", peer="bank.example")
    keep(client, span("checkout", "tls", 5, 3, trace_id=TRACE, parent_span_id=client.span_id))
    store.settle(NOON)
    assert edges(ask) == [("checkout", "bank.example", 1)]


@pytest.mark.parametrize("between", [0, 1])
def test_a_call_that_two_libraries_tell_is_one(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask, between: int
) -> None:
    outer = span("checkout", "charge", 0, 50, trace_id=TRACE, kind="client", peer="bank")
    inside = [span("checkout", "send", 1, 49, trace_id=TRACE, parent_span_id=outer.span_id)][:between]
    parent = (inside or [outer])[-1].span_id
    inner = span(
        "checkout", "POST", 2, 40, trace_id=TRACE, kind="client", peer="bank.example", parent_span_id=parent
    )
    keep(outer, *inside, inner)
    store.settle(NOON)
    assert edges(ask) == [("checkout", "bank.example", 1)]


OTHER = "1" * 32


@pytest.mark.parametrize("sent_first", [True, False])
def test_a_message_taken_in_a_trace_of_its_own_is_a_call_by_its_link(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask, sent_first: bool
) -> None:
    sent = span("checkout", "orders send", 0, 5, trace_id=TRACE, kind="producer", peer="kafka")
    link = f"{TRACE}-{sent.span_id}"
    taken = span(
        "mail",
        "orders process",
        3 * MINUTE,
        20,
        trace_id=OTHER,
        kind="consumer",
        links=[link, link],
        status="error",
    )
    for record in (sent, taken) if sent_first else (taken, sent):
        keep(record)
        store.settle(NOON)
    assert [(row["at"] - NOON, row["caller"], row["callee"], row["errors"]) for row in ask(EDGES)] == [
        (3 * MINUTE, "checkout", "mail", 1)
    ]


def test_a_batch_that_takes_several_messages_is_one_call_of_each_sender(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    sent = [span(service, "send", 0, 5, kind="producer", peer="kafka") for service in ("cart", "checkout")]
    links = [f"{one.trace_id}-{one.span_id}" for one in sent]
    keep(*sent, span("mail", "process", 10, 20, kind="consumer", links=links))
    store.settle(NOON)
    assert edges(ask) == [("cart", "mail", 1), ("checkout", "mail", 1)]


def test_a_link_that_is_the_parent_too_counts_once_and_one_of_no_message_is_no_call(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    sent = span("checkout", "send", 0, 5, trace_id=TRACE, kind="producer", peer="kafka")
    link = f"{TRACE}-{sent.span_id}"
    keep(
        sent,
        span(
            "mail",
            "process",
            10,
            20,
            trace_id=TRACE,
            kind="consumer",
            links=[link],
            parent_span_id=sent.span_id,
        ),
        span("audit", "look", 10, 20, trace_id=OTHER, links=[link]),
    )
    store.settle(NOON)
    assert edges(ask) == [("checkout", "mail", 1)]


def test_calls_of_two_environments_are_two_edges(store: Store, span: MakeSpan, keep: Keep, ask: Ask) -> None:
    for environment in ("production", "staging"):
        keep(span("checkout", "POST", 0, 50, kind="client", peer="bank", environment=environment))
    store.settle(NOON)
    assert edges(ask) == [("checkout", "bank", 1), ("checkout", "bank", 1)]


SIGNALS = (
    "SELECT service, operation, http_status, exception, failed, duration_ms FROM server_signals"
    " WHERE site = {site:String} ORDER BY ALL"
)


def test_a_request_that_failed_at_the_server_is_a_signal_of_the_span_its_trace_began_with(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    """However its spans come; one that a page sent has a parent that is no span."""
    failed = {"kind": "server", "status": "error", "http_status": 500}
    root = span(
        "shop",
        "POST /ship",
        0,
        50,
        trace_id=TRACE,
        parent_span_id="0" * 15 + "1",
        exception="E: no",
        **failed,
    )
    call = span("shop", "POST", 1, 40, trace_id=TRACE, kind="client", parent_span_id=root.span_id)
    inner = span("stock", "POST /take", 2, 30, trace_id=TRACE, parent_span_id=call.span_id, **failed)
    fine = span("shop", "GET /", 3, 999, kind="server")
    slow = span("shop", "GET /list", 4, 1000, kind="server")
    for part in (inner, fine, call, slow, root, root):
        keep(part)
        store.settle(NOON)
    assert [tuple(row.values()) for row in ask(SIGNALS)] == [
        ("shop", "GET /list", 0, "", 0, 1000.0),
        ("shop", "POST /ship", 500, "E: no", 1, 50.0),
    ]


@pytest.mark.parametrize(
    ("above", "first"),
    [
        (["client"], True),
        (["client", "internal", "internal"], True),
        (["client", "producer", "consumer"], False),
        (["client", "internal", "server"], False),
        (["client", "internal", "internal", "internal"], False),
    ],
)
def test_a_failure_that_a_program_asked_for_is_a_signal_unless_a_server_stands_above_it(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask, above: list[str], first: bool
) -> None:
    """Beyond three spans nobody looks, and whoever has more above them is taken for a call from inside."""
    parent = ""
    for kind in reversed(above):
        caller = span("app", "sync", 0, 90, trace_id=TRACE, kind=kind, parent_span_id=parent)
        keep(caller)
        parent = caller.span_id
    failed = {"kind": "server", "status": "error", "http_status": 503}
    keep(span("stock", "GET /count", 5, 20, trace_id=TRACE, parent_span_id=parent, **failed))
    store.settle(NOON)
    assert [row["operation"] for row in ask(SIGNALS)] == ["GET /count"] * first


FAILED: dict[str, Any] = {"kind": "server", "status": "error", "http_status": 500}
LOST = "0" * 15 + "9"


def told(ask: Ask) -> list[tuple[str, str]]:
    return [(row["service"], row["operation"]) for row in ask(SIGNALS)]


@pytest.mark.parametrize("apart", [1, MINUTE])
def test_a_failed_trace_whose_beginning_never_came_is_one_signal_of_each_service_by_the_first_that_is_known(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask, apart: int
) -> None:
    """However its spans come, in one minute or in several."""
    slow = span("stock", "GET /slow", 0, 1500, trace_id=TRACE, kind="server", parent_span_id=LOST)
    first = span("stock", "POST /take", apart, 30, trace_id=TRACE, parent_span_id=LOST, **FAILED)
    again = span("stock", "POST /retake", 2 * apart, 30, trace_id=TRACE, parent_span_id=LOST[::-1], **FAILED)
    call = span("stock", "GET", 2 * apart, 20, trace_id=TRACE, kind="client", parent_span_id=LOST)
    below = span("stock", "GET /count", 2 * apart, 20, trace_id=TRACE, parent_span_id=call.span_id, **FAILED)
    other = span("bank", "POST /pay", 3 * apart, 30, trace_id=TRACE, parent_span_id=LOST, **FAILED)
    for part in (below, other, again, slow, first, call, again):
        keep(part)
        store.settle(NOON)
    assert told(ask) == [("bank", "POST /pay"), ("stock", "POST /take")]


def test_a_span_whose_parents_are_lost_is_no_signal_beside_the_one_that_began_the_trace_at_its_service(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    keep(
        span("shop", "POST /ship", 5, 50, trace_id=TRACE, **FAILED),
        span("shop", "GET /price", 0, 50, trace_id=TRACE, parent_span_id=LOST, **FAILED),
    )
    store.settle(NOON)
    assert told(ask) == [("shop", "POST /ship")]


def test_each_request_that_a_known_program_sent_in_one_trace_is_a_signal(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask
) -> None:
    job = span("job", "nightly", 0, 90, trace_id=TRACE)
    calls = [
        span("job", "GET", 1, 9, trace_id=TRACE, kind="client", parent_span_id=job.span_id) for _ in "ab"
    ]
    keep(job, *calls)
    keep(
        *(span("stock", "GET /", 2, 5, trace_id=TRACE, parent_span_id=one.span_id, **FAILED) for one in calls)
    )
    store.settle(NOON)
    assert told(ask) == [("stock", "GET /")] * 2


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_a_failed_trace_whose_spans_are_each_others_parents_is_one_signal_of_its_service(
    store: Store, span: MakeSpan, keep: Keep, ask: Ask, length: int
) -> None:
    ids = [f"{number:016x}" for number in range(1, length + 1)]
    parts = [
        span(
            "stock",
            f"GET /{at}",
            at,
            5,
            trace_id=TRACE,
            span_id=ids[at],
            parent_span_id=ids[at - 1],
            **FAILED,
        )
        for at in range(length)
    ]
    below = span("stock", "GET /below", 9, 5, trace_id=TRACE, parent_span_id=ids[0], **FAILED)
    for part in (below, *reversed(parts)):
        keep(part)
        store.settle(NOON)
    assert told(ask) == [("stock", "GET /0")]
