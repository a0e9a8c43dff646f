from collections.abc import Callable
from typing import Any

import pytest

from afterclick.measure import FELT
from afterclick.signals import Event
from afterclick.store.store import Store

MakeEvent = Callable[..., Event]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]

NOON = 1_780_315_200_000
PAGE = "019e83c7-d000-7000-8000-0000000000a1"
FLAGS = "SELECT slow, slow_by, error, struggle FROM page_view_felt WHERE site = {site:String}"


@pytest.mark.parametrize(
    ("type", "fields", "flags"),
    [
        ("vital", {"name": "LCP", "value": FELT.lcp_ms}, (0, "", 0, 0)),
        ("vital", {"name": "LCP", "value": FELT.lcp_ms + 1}, (1, "lcp", 0, 0)),
        ("vital", {"name": "INP", "value": FELT.inp_ms}, (0, "", 0, 0)),
        ("vital", {"name": "INP", "value": FELT.inp_ms + 1}, (1, "inp", 0, 0)),
        ("vital", {"name": "TTFB", "value": 9000}, (0, "", 0, 0)),
        ("request", {"duration_ms": FELT.request_ms - 1, "status": 200}, (0, "", 0, 0)),
        ("request", {"duration_ms": FELT.request_ms, "status": 200}, (1, "request", 0, 0)),
        ("request", {"status": FELT.failed_status - 1}, (0, "", 0, 0)),
        ("request", {"status": FELT.failed_status}, (0, "", 1, 0)),
        ("request", {"status": 0}, (0, "", 1, 0)),
        ("resource", {"duration_ms": FELT.resource_ms - 1, "status": 200}, (0, "", 0, 0)),
        ("resource", {"duration_ms": FELT.resource_ms, "status": 200}, (1, "resource", 0, 0)),
        ("resource", {"status": FELT.failed_status}, (0, "", 0, 0)),
        ("page_view", {"status": 0}, (0, "", 0, 0)),
        ("page_view", {"status": FELT.failed_status - 1}, (0, "", 0, 0)),
        ("page_view", {"status": FELT.failed_status}, (0, "", 1, 0)),
        ("error", {}, (0, "", 1, 0)),
        ("struggle", {"name": "rage_click"}, (0, "", 0, 1)),
        ("track", {"duration_ms": 9000, "status": 500}, (0, "", 0, 0)),
    ],
)
def test_a_page_view_and_its_visit_are_felt_by_the_definitions(
    event: MakeEvent,
    keep: Keep,
    ask: Ask,
    visit: str,
    type: str,
    fields: dict[str, object],
    flags: tuple[object, ...],
) -> None:
    inside = {"session_id": visit, "session_start": NOON, "page_view_id": PAGE}
    keep(event("page_view", step="payment", **inside), event(type, 5, **inside, **fields))
    assert [tuple(row.values()) for row in ask(FLAGS)] == [flags]
    if type in ("request", "page_view"):
        assert FELT.failed(type, int(str(fields.get("status", 200)))) == bool(flags[2])
    slow, _, error, struggle = flags
    (felt,) = ask("SELECT slow, error, struggle, good FROM session_felt WHERE site = {site:String}")
    assert felt == {
        "slow": slow,
        "error": error,
        "struggle": struggle,
        "good": int(not (slow or error or struggle)),
    }


def test_a_visit_counts_its_orders_and_money_net_of_refunds(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, visit: str
) -> None:
    inside = {"session_id": visit, "session_start": NOON, "currency": "EUR"}
    keep(
        event("order", 1, order_id="a", revenue=10.1, **inside),
        event("order", 2, order_id="b", revenue=20, **inside),
        event("refund", 3, order_id="b", revenue=5, **inside),
        event("refund", 4, order_id="b", revenue=5, **inside),
    )
    store.settle(NOON)
    (row,) = ask(
        "SELECT converted, n_orders, revenue, revenue_net, currency FROM session_felt WHERE site = {site:String}"
    )
    assert [float(row[name]) for name in ("converted", "n_orders", "revenue", "revenue_net")] == [
        1,
        2,
        30.1,
        20.1,
    ]
    assert row["currency"] == "EUR"


def test_a_filtered_read_of_a_felt_view_reads_only_its_visits_marks(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, visit: str
) -> None:
    keep(event("page_view", session_id=visit, session_start=NOON, page_view_id=PAGE))
    plan = ask(
        "EXPLAIN indexes = 1 SELECT slow FROM page_view_felt"
        " WHERE site = {site:String} AND session_start = fromUnixTimestamp64Milli({start:Int64})",
        start=NOON,
    )
    text = "\n".join(str(row["explain"]) for row in plan)
    assert "session_start" in text.split("Keys:")[1]
