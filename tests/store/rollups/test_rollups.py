"""The rollups by property: however the same events arrive, the rows are those that plain Python computes."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.conftest import over_both

from afterclick.signals import NO_ID, Event
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

NOON = 1_780_315_200_000
TYPES = [
    "page_view",
    "vital",
    "error",
    "struggle",
    "request",
    "resource",
    "cart",
    "checkout",
    "order",
    "refund",
    "rating",
]
VISITS = [f"019e83c7-d000-7000-8000-00000000000{n}" for n in range(2)]
PAGES = [NO_ID, *(f"019e83c7-d000-7000-8000-0000000000a{n}" for n in range(2))]


def event_id(fields: dict[str, Any]) -> str:
    return fields["event_id"]


some_events: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.builds(
        dict[str, Any],
        event_id=st.uuids(version=4).map(str),
        type=st.sampled_from(TYPES),
        name=st.sampled_from(["LCP", "INP", "CLS", "FCP", "TTFB", "TypeError"]),
        time=st.integers(NOON, NOON + 5),
        session_id=st.sampled_from(VISITS),
        page_view_id=st.sampled_from(PAGES),
        step=st.sampled_from(["cart", "payment"]),
        route=st.sampled_from(["/cart", "/p/:id"]),
        device_class=st.sampled_from(["", "mobile"]),
        user_id=st.sampled_from(["", "ada", "bo"]),
        channel=st.sampled_from(["", "search", "referral"]),
        campaign=st.sampled_from(["", "zzz", "aaa"]),
        release=st.sampled_from(["1.9.0", "1.10.0"]),
        value=st.sampled_from([0.0, 0.25, 600.0, 4500.0]),
        duration_ms=st.sampled_from([0.0, 1.5, 3000.0]),
        status=st.sampled_from([0, 200, 503]),
        target=st.sampled_from(["#buy", "o'k\\"]),
        source=st.sampled_from(["", "a.js:1"]),
        message=st.sampled_from(["", "slow \u00e9"]),
        order_id=st.sampled_from(["", "o1", "o2"]),
        revenue=st.sampled_from([10.0, 12.5]),
        currency=st.sampled_from(["EUR", "JPY"]),
        tags=st.lists(st.sampled_from(["a=1", "b=2"]), unique=True),
        trace_id=st.sampled_from(["", "0af7651916cd43dd8448eb211c80319c"]),
    ),
    min_size=1,
    max_size=14,
    unique_by=event_id,
)
"""Events of two visits with few page views, so that they meet in the same rollup rows."""

deliveries = st.lists(st.lists(st.integers(0, 13), max_size=14), max_size=3)
"""Batches by index into the events, after which everything left is delivered: splits, repetitions and orders."""


@over_both
@settings(max_examples=12)
@given(fields=some_events, batches=deliveries)
def test_any_split_repetition_and_order_of_events_gives_the_same_rows(
    store: Store, fields: list[dict[str, Any]], batches: list[list[int]]
) -> None:
    site = f"rollups-{uuid.uuid4().hex}"
    base: dict[str, object] = {"site": site, "session_start": NOON, "received": NOON}
    events = [msgspec.convert(base | one, Event) for one in fields]
    for batch in batches:
        deliver(store, [events[index] for index in batch if index < len(events)])
    deliver(store, events[::-1])
    assert found(store, site, "page_views") == [expected_page_view(group) for group in by_page_view(events)]
    assert found(store, site, "sessions") == [expected_session(group) for group in by_visit(events)]
    assert found(store, site, "orders") == [expected_order(group) for group in by_order(events)]
    assert found(store, site, "trace_visits") == expected_traces(events)


def deliver(store: Store, events: Sequence[Event]) -> None:
    store.insert("events", events_table(events), token=uuid.uuid4().hex)


def found(store: Store, site: str, table: str) -> list[dict[str, Any]]:
    key = {
        "page_views": "session_id, page_view_id",
        "sessions": "session_id",
        "orders": "order_id",
        "trace_visits": "trace_id, session_id, page_view_id",
    }[table]
    hashed = ("errors", "failed_requests", "struggles")
    counts = " REPLACE (" + ", ".join(f"length({name}) AS {name}" for name in hashed) + ")"
    columns = f"{ALSO.get(table, '')} * EXCEPT ({LEFT_OUT.get(table, 'site')})"
    if table == "sessions":
        columns += counts
    read = Statement(table, f"SELECT {columns} FROM {table} WHERE site = {{site:String}} ORDER BY {key}")
    rows = store.arrow(Scope(site), read).to_pylist(maps_as_pydicts="strict")
    return [{name: plain(value) for name, value in row.items()} for row in rows]


ENTRY = (
    *("referrer", "channel", "campaign", "country", "region", "device_class", "device_tier"),
    *("browser", "os", "visitor", "release", "landing_host", "landing_path"),
)
ALSO = {
    "sessions": ", ".join([*ENTRY, "user_id,"]),
    "orders": "session_id, session_start, toFloat64(revenue) AS revenue, currency,",
}
LEFT_OUT = {
    "sessions": "site, who, node, entry, known, refunds, told_before",
    "orders": "site, told, money",
}
"""Whose a visit is, tests/customers hold; what settling brings to it, test_order_visits.py."""


def plain(value: object) -> Any:
    """A list is compared as a set: its order carries no meaning in a rollup."""
    if isinstance(value, list):
        return sorted(map(plain, cast("list[object]", value)), key=repr)
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in cast("dict[str, object]", value).items()}
    return value


def by_page_view(events: Sequence[Event]) -> list[list[Event]]:
    inside = [event for event in events if event.page_view_id != NO_ID]
    keys = sorted({(event.session_id, event.page_view_id) for event in inside})
    return [[event for event in inside if (event.session_id, event.page_view_id) == key] for key in keys]


def by_visit(events: Sequence[Event]) -> list[list[Event]]:
    keys = sorted({event.session_id for event in events})
    return [[event for event in events if event.session_id == key] for key in keys]


def by_order(events: Sequence[Event]) -> list[list[Event]]:
    inside = [event for event in events if event.order_id and event.type in ("order", "refund")]
    keys = sorted({event.order_id for event in inside})
    return [[event for event in inside if event.order_id == key] for key in keys]


def expected_traces(events: Sequence[Event]) -> list[dict[str, Any]]:
    keys = sorted(
        {(event.trace_id, event.session_id, event.page_view_id) for event in events if event.trace_id}
    )
    return [
        {
            "trace_id": trace,
            "session_start": at(NOON),
            "session_id": uuid.UUID(visit),
            "page_view_id": uuid.UUID(page),
        }
        for trace, visit, page in keys
    ]


def expected_page_view(group: list[Event]) -> dict[str, object]:
    shown = of(group, "page_view")
    return {
        "session_start": at(NOON),
        "session_id": uuid.UUID(group[0].session_id),
        "page_view_id": uuid.UUID(group[0].page_view_id),
        "time": at(min(event.time for event in group)),
        "last": at(max(event.time for event in group)),
        "path": greatest(shown, "path"),
        "route": greatest(shown, "route"),
        "step": greatest(shown, "step"),
        "release": greatest(shown, "release"),
        **{name.lower(): vital(group, name) for name in ("LCP", "INP", "CLS", "FCP", "TTFB")},
        **{f"{name.lower()}_by": vital_by(group, name) for name in ("LCP", "INP", "CLS")},
        "cart_value": max(
            (event.value for event in group if event.type in ("cart", "checkout")), default=0.0
        ),
        "slowest_request_ms": max((event.duration_ms for event in of(group, "request")), default=0.0),
        "slowest_resource_ms": max((event.duration_ms for event in of(group, "resource")), default=0.0),
        "any_error": int(bool(of(group, "error"))),
        "any_failed_request": int(any(failed(event) for event in group)),
        "any_struggle": int(bool(of(group, "struggle"))),
        "errors": distinct(group, "error", "name", "source"),
        "struggles": distinct(group, "struggle", "name", "target"),
        "requests": distinct(
            requests(group), "request", "method", "target", "duration_ms", "status", "trace_id"
        ),
        "resources": distinct(group, "resource", "name", "source", "duration_ms", "status"),
        "tags": plain(list({tag for event in group for tag in event.tags})),
    }


def expected_session(group: list[Event]) -> dict[str, object]:
    first = min(group, key=lambda event: (event.type != "page_view", event.time, -rank(event.event_id)))
    named = [event for event in group if event.user_id]
    last = max(named, key=lambda event: (event.time, rank(event.event_id)), default=None)
    row: dict[str, object] = {
        "session_start": at(NOON),
        "session_id": uuid.UUID(group[0].session_id),
        "last": at(max(event.time for event in group)),
        **{name: getattr(first, name.removeprefix("landing_")) for name in ENTRY},
        "user_id": last.user_id if last else "",
        "device_id": greatest(group, "device_id"),
        "steps": plain(
            list(
                {
                    (event.time, event.step, event.page_view_id): {
                        "time": at(event.time),
                        "step": event.step,
                        "page_view_id": uuid.UUID(event.page_view_id),
                    }
                    for event in of(group, "page_view")
                }.values()
            )
        ),
        **{name.lower(): vital(group, name) for name in ("LCP", "INP", "CLS")},
        "slowest_request_ms": max((event.duration_ms for event in of(group, "request")), default=0.0),
        "slowest_resource_ms": max((event.duration_ms for event in of(group, "resource")), default=0.0),
        "rating": last_rating(group),
        "orders": money(of(group, "order"), "order_id"),
    }
    counts = {
        "errors": len(of(group, "error")),
        "failed_requests": sum(map(failed, group)),
        "struggles": len(of(group, "struggle")),
    }
    return row | counts


def rank(id: str) -> int:
    """Where the engine sorts a UUID: by its second half first."""
    high, low = divmod(uuid.UUID(id).int, 1 << 64)
    return low << 64 | high


def expected_order(group: list[Event]) -> dict[str, object]:
    orders = of(group, "order")
    first = min(orders, key=lambda event: (told_at(event), -rank(event.session_id)), default=None)
    revenue, currency = max(((event.revenue, event.currency) for event in orders), default=(0, ""))
    return {
        "order_id": group[0].order_id,
        "time": at(min(event.time for event in group)),
        "session_id": uuid.UUID(first.session_id if first else NO_ID),
        "session_start": at(NOON if first else 0),
        "device_id": greatest(orders, "device_id"),
        "user_id": greatest(orders, "user_id"),
        "revenue": revenue,
        "currency": currency,
        "refunds": money(of(group, "refund"), "event_id"),
    }


def told_at(order: Event) -> int:
    """What a server alone tells gives way to what a customer's visit tells within half an hour."""
    by_server = not order.device_id and order.page_view_id in ("", NO_ID)
    return order.time + 1_800_000 * by_server


def of(group: Sequence[Event], type: str) -> list[Event]:
    return [event for event in group if event.type == type]


def at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def greatest(group: Sequence[Event], field: str) -> str:
    return max((getattr(event, field) for event in group), default="")


def vital(group: Sequence[Event], name: str) -> float | None:
    return max((event.value for event in of(group, "vital") if event.name == name), default=None)


def vital_by(group: Sequence[Event], name: str) -> dict[str, object]:
    rows = [(event.value, event.target, event.source) for event in of(group, "vital") if event.name == name]
    return dict(zip(("value", "target", "source"), max(rows, default=(0.0, "", "")), strict=True))


def failed(event: Event) -> bool:
    if event.type == "page_view":  # a browser that tells no status tells 0
        return event.status >= 500
    return event.type == "request" and (event.status == 0 or event.status >= 500)


def requests(group: Sequence[Event]) -> list[Event]:
    """Those of a page view, and what failed to bring the page, by its path."""
    pages = [
        msgspec.structs.replace(event, target=event.path) for event in of(group, "page_view") if failed(event)
    ]
    return [*of(group, "request"), *(msgspec.structs.replace(event, type="request") for event in pages)]


def distinct(group: Sequence[Event], type: str, *fields: str) -> object:
    rows = {tuple(getattr(event, field) for field in ("time", *fields)) for event in of(group, type)}
    return plain([dict(zip(("time", *fields), (at(row[0]), *row[1:]), strict=True)) for row in rows])


def last_rating(group: Sequence[Event]) -> dict[str, object]:
    time, value, message = max(
        ((event.time, event.value, event.message) for event in of(group, "rating")), default=(0, 0.0, "")
    )
    return {"time": at(time), "value": value, "message": message}


def money(group: Sequence[Event], key: str) -> dict[str, dict[str, object]]:
    kept: dict[str, dict[str, object]] = {}
    for event in sorted(group, key=lambda event: (event.revenue, event.currency)):
        if getattr(event, key):
            kept[getattr(event, key)] = {"revenue": event.revenue, "currency": event.currency}
    return kept


@pytest.mark.parametrize(("type", "column", "cap"), [("error", "errors", 200), ("request", "requests", 500)])
def test_a_hostile_page_view_keeps_capped_arrays_and_exact_flags(
    store: Store, site: str, type: str, column: str, cap: int
) -> None:
    base: dict[str, object] = {"site": site, "type": type, "session_id": VISITS[0], "page_view_id": PAGES[1]}
    many = [
        msgspec.convert(
            base
            | {
                "event_id": str(uuid.uuid4()),
                "time": NOON + n,
                "received": NOON,
                "session_start": NOON,
                "status": 200,
            }
            | {"duration_ms": float(n)},
            Event,
        )
        for n in range(1200)
    ]
    deliver(store, many[:600])
    deliver(store, many[600:])
    (row,) = found(store, site, "page_views")
    assert len(row[column]) == cap
    assert row["any_error"] == int(type == "error")
    assert row["slowest_request_ms"] == (1199.0 if type == "request" else 0.0)
