"""A told history: that it is what a browser and six services would send, and that it hangs together."""

import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from afterclick.demo.shoppers import History

NOW = 1_793_491_200_000
DOCUMENT = Path(__file__).parents[2] / "docs" / "collect.md"

Event = dict[str, Any]
Trace = list[tuple[str, Span]]


@cache
def told(fault: str) -> tuple[list[Event], dict[str, Trace], History]:
    history = History(seed=3, now=NOW, fault=fault, days=2.0, visits_per_day=1500)
    events: list[Event] = []
    traces: dict[str, Trace] = defaultdict(list)
    for batch in history:
        found = json.loads(batch.events or b"[]")
        assert len(found) == batch.n_events
        events += found
        for of_resource in ExportTraceServiceRequest.FromString(batch.spans).resource_spans:
            attributes = {pair.key: pair.value for pair in of_resource.resource.attributes}
            assert attributes["afterclick.generated"].bool_value
            for scope in of_resource.scope_spans:
                for span in scope.spans:
                    traces[span.trace_id.hex()].append((attributes["service.name"].string_value, span))
    return events, traces, history


def of(events: list[Event], kind: str) -> list[Event]:
    return [event for event in events if event["type"] == kind]


def ms(span: Span) -> float:
    return (span.end_time_unix_nano - span.start_time_unix_nano) / 1e6


def test_the_same_history_is_told_in_the_same_bytes() -> None:
    first, second = (
        list(History(seed=9, now=NOW, days=0.5, visits_per_day=600, onset=NOW - 1)) for _ in range(2)
    )
    assert first == second
    assert first[0].events != next(iter(History(seed=10, now=NOW, days=0.5, visits_per_day=600))).events


def test_events_use_only_documented_types_and_fields() -> None:
    rows = re.findall(r"^\| (`.*?`) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    events, _, _ = told("mobile-long-task")
    assert {event["type"] for event in events} <= documented
    assert {field for event in events for field in event} <= documented


def test_ids_are_version_7_uuids_and_a_session_id_says_when_the_visit_began() -> None:
    events, _, _ = told("payment-slow")
    assert len({event["id"] for event in events}) == len(events)
    first_seen: dict[str, int] = {}
    for view in of(events, "page_view"):
        first_seen.setdefault(view["session_id"], view["time"])
        assert UUID(view["page_view_id"]).version == 7
    for session, first in first_seen.items():
        assert UUID(session).version == 7
        assert int(session.replace("-", "")[:12], 16) == first


def test_nothing_is_told_from_the_future_and_page_views_of_a_visit_are_in_order() -> None:
    events, _, history = told("payment-slow")
    assert all(history.since <= event["time"] <= NOW for event in events)
    latest: dict[str, int] = {}
    for view in of(events, "page_view"):
        assert view["time"] > latest.get(view["session_id"], 0)
        latest[view["session_id"]] = view["time"]


def test_the_truth_counts_the_orders_that_were_told() -> None:
    events, _, history = told("payment-slow")
    since = [order for order in of(events, "order") if order["time"] >= history.onset]
    assert abs(len(since) - history.truth.orders) <= 2  # a visit across the onset counts by its end
    assert history.truth.orders_lost > 0


def test_every_trace_is_one_tree_inside_its_callers_and_belongs_to_a_request() -> None:
    events, traces, _ = told("inventory-errors")
    requested = {event["trace_id"]: event for event in of(events, "request") if "trace_id" in event}
    assert set(requested) == set(traces)
    for trace_id, spans in traces.items():
        by_id = {span.span_id: span for _, span in spans}
        roots = [span for _, span in spans if not span.parent_span_id]
        assert [span.name.split()[0] for span in roots] == [requested[trace_id]["method"]]
        for _, span in spans:
            assert span.end_time_unix_nano > span.start_time_unix_nano
            if span.parent_span_id:
                caller = by_id[span.parent_span_id]
                assert caller.start_time_unix_nano <= span.start_time_unix_nano
                assert span.end_time_unix_nano <= caller.end_time_unix_nano


def test_checkout_and_payment_are_always_traced_and_the_rest_by_sample() -> None:
    events, traces, _ = told("payment-slow")
    requests = of(events, "request")
    assert all(
        "trace_id" in event for event in requests if event["target"] in ("/api/checkout", "/api/payment")
    )
    rest = [event for event in requests if event["target"] not in ("/api/checkout", "/api/payment")]
    assert 0.08 < sum("trace_id" in event for event in rest) / len(rest) < 0.16
    assert sum(map(len, traces.values())) < len(events)


def test_a_slow_payment_is_slow_in_the_call_to_the_acquirer_for_amex_alone() -> None:
    events, traces, history = told("payment-slow")
    slow: dict[str, int] = defaultdict(int)
    for event in of(events, "request"):
        if event["target"] != "/api/payment" or event["time"] < history.onset or event["duration_ms"] < 3000:
            continue
        slow[event["tags"]["card_network"]] += 1
        (call,) = [span for _, span in traces[event["trace_id"]] if span.name == "POST acquirer/authorize"]
        attributes = {pair.key: pair.value.string_value for pair in call.attributes}
        assert (attributes["peer.service"], attributes["card.network"]) == (
            "acquirer",
            event["tags"]["card_network"],
        )
        assert ms(call) > 2400
    assert slow["amex"] > 50
    assert slow["amex"] > 10 * (slow["visa"] + slow["mastercard"])


def test_a_failed_checkout_is_an_exception_of_inventory_that_its_callers_pass_on() -> None:
    events, traces, _ = told("inventory-errors")
    failed = [
        event
        for event in of(events, "request")
        if event["target"] == "/api/checkout" and event["status"] == 502
    ]
    assert len(failed) > 50
    for event in failed:
        wrong = {
            (service, span.name)
            for service, span in traces[event["trace_id"]]
            if span.status.code == Status.STATUS_CODE_ERROR
        }
        assert ("inventory", "POST /reserve") in wrong
        assert not any(service == "cart" for service, _ in wrong)
        (raised,) = [span.events for service, span in traces[event["trace_id"]] if service == "inventory"]
        said = {pair.key: pair.value.string_value for pair in raised[0].attributes}
        assert said["exception.type"].endswith("StockLockTimeout")


def test_a_release_with_a_long_task_blocks_phones_on_the_product_page() -> None:
    events, _, history = told("mobile-long-task")
    marks = [(event["release"], event["time"]) for event in of(events, "mark")]
    assert [release for release, _ in marks] == ["1.4.2", "1.5.0"]
    assert marks[1][1] == history.onset
    blocked = [
        event
        for event in of(events, "vital")
        if event["name"] == "INP" and event.get("source", "").endswith("gallery.js")
    ]
    assert len(blocked) > 100
    assert {(event["device_class"], event["release"], event["step"]) for event in blocked} == {
        ("mobile", "1.5.0", "product")
    }
    assert all(event["value"] > 500 for event in blocked)


def test_an_unscaled_photo_is_the_largest_paint_of_the_product_page() -> None:
    events, _, _ = told("product-image")
    late = [event for event in of(events, "vital") if "/photos/original/" in event.get("source", "")]
    assert len(late) > 100
    assert all(event["name"] == "LCP" and event["target"] == "img.product-photo" for event in late)
    assert all(event["value"] > 4000 for event in late)


def test_a_hanging_script_is_a_slow_resource_of_the_category_page() -> None:
    events, _, _ = told("third-party-hang")
    hung = [event for event in of(events, "resource") if event["source"].endswith("/badge.js")]
    assert len(hung) > 100
    assert all(event["duration_ms"] >= 4500 and event["route"] == "/category/:id" for event in hung)
