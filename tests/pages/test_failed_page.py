"""A page that the server answered with 500 is told wherever a visit's failures are."""

import random

import msgspec
import pytest
from tests.web.shopfront import NOW, Shopper

from afterclick.journeys import Filter, visit, visits
from afterclick.pages.visit.context import visit_page
from afterclick.signals import Span
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store


def answered(store: Store, scope: Scope, status: int, trace: str = "") -> Shopper:
    """A visit whose second and last page was answered with `status`."""
    one = Shopper(scope.site, random.Random(status), NOW, {})
    one.open(4, 0, 900.0)
    one.page_view, one.place = "019e83c7-d000-7000-8000-0000000000a1", {"step": "payment", "path": "/payment"}
    one.add("page_view", 5_000, status=status, trace_id=trace)
    store.insert("events", events_table(one.events), f"{scope.site}-{status}")
    return one


@pytest.mark.parametrize(
    ("status", "verdict", "told"),
    [
        (0, "met nothing slow or broken", []),
        (200, "met nothing slow or broken", []),
        (404, "met nothing slow or broken", [("The page was answered with 404", "/payment", False)]),
        (500, "met 1 error", [("The page was answered with 500", "/payment", True)]),
        (503, "met 1 error", [("The page was answered with 503", "/payment", True)]),
    ],
)
def test_a_visit_says_what_a_page_was_answered_with_and_counts_a_server_failure_as_an_error(
    store: Store, scope: Scope, status: int, verdict: str, told: list[tuple[str, str, bool]]
) -> None:
    one = answered(store, scope, status)
    shown = visit_page(visit(store, scope, one.session_id), None, "UTC")
    assert verdict in shown.answer.text
    assert [(part.what, part.detail, part.bad) for part in shown.stops[-1].moments] == told
    listed = visits(store, scope, NOW - 1, NOW + 60_000, Filter(felt="error"))
    assert [row.session_id for row in listed] == [one.session_id] * (status >= 500)


def test_the_trace_of_a_failed_page_shows_its_path_its_status_and_what_was_asked_of_the_database(
    store: Store, scope: Scope
) -> None:
    trace = f"{random.Random(scope.site).getrandbits(128):032x}"
    one = answered(store, scope, 500, trace)
    at: dict[str, object] = {"site": scope.site, "trace_id": trace, "service": "shop", "time": one.time}
    at |= {
        "start_ns": one.time * 1_000_000,
        "duration_ns": 9_000_000,
        "received": one.time,
        "status": "error",
    }
    web: dict[str, object] = {"span_id": "1" * 16, "name": "POST", "kind": "server", "http_status": 500}
    web |= {
        "exception": "KeyError: 'weight'",
        "attributes": '{"http.method":"POST","http.target":"/payment"}',
    }
    query: dict[str, object] = {
        "span_id": "2" * 16,
        "parent_span_id": "1" * 16,
        "name": "SELECT",
        "kind": "client",
    }
    query |= {"attributes": '{"db.statement":"SELECT * FROM basket WHERE id = 7"}'}
    store.insert("spans", spans_table([msgspec.convert(at | part, Span) for part in (web, query)]), trace)
    (moment,) = visit_page(visit(store, scope, one.session_id), None, "UTC").stops[-1].moments
    assert moment.waterfall is not None
    assert [(row.name, row.detail) for row in moment.waterfall.rows] == [
        ("POST /payment", "HTTP 500 · KeyError: 'weight'"),
        ("SELECT * FROM basket WHERE id = ?", ""),
    ]
