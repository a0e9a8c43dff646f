from collections.abc import Callable
from typing import Any

from tests.store.conftest import over_both

from afterclick.signals import Event
from afterclick.store.store import Store

pytestmark = over_both

MakeEvent = Callable[..., Event]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]

NOON = 1_780_315_200_000


def test_a_refund_from_outside_lowers_the_revenue_of_its_orders_visit(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, visit: str
) -> None:
    keep(event("refund", 9, order_id="o1", revenue=30))
    store.settle(NOON)
    keep(event("order", 5, order_id="o1", revenue=100, session_id=visit, session_start=NOON))
    store.settle(NOON)
    store.settle(NOON)
    net = ask(
        "SELECT toFloat64(revenue) AS gross, toFloat64(revenue_net) AS net FROM session_felt WHERE site = {site:String}"
    )
    assert net == [{"gross": 100.0, "net": 70.0}]
