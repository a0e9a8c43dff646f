"""Orders, brought to the visits that they are of: an order counts once, in the visit that told of it first.

Whoever tells of it later, on another day or from a server, fills in its money and its refunds there. What a visit is
brought is a set or a maximum, so whatever is brought twice, or in another order, counts the same.
"""

from afterclick.store.engine.connection import Engine
from afterclick.store.engine.query import named
from afterclick.store.rollups import tickets

_SQL = named("afterclick.store.rollups", "order_visits.sql")
_EVER = 0
CARRIED = (_SQL["carry_money"], _SQL["give_up"])
"""What makes of orders what visits say of them, besides the views."""


def settle_orders(engine: Engine, now: int) -> int:
    """Bring every order that something was told of to its visit, and close the tickets at `now` (UTC ms); how many."""
    with engine.between_inserts():  # a ticket must not be seen before its order
        opened = engine.query(_SQL["open_tickets"], tag="order_visits")
    if opened.num_rows:
        _carry(engine, "sessions", _EVER, every=False)
        tickets.close(engine, "order_tickets", opened, now)
    return opened.num_rows


def carry_orders(engine: Engine, into: str = "sessions", month: int = _EVER) -> None:
    """Bring every order to its visit, those that were brought before too; idempotent.

    `into` another table of visits, or to the visits of one month (yyyymm) alone.
    """
    _carry(engine, into, month, every=True)


def _carry(engine: Engine, into: str, month: int, *, every: bool) -> None:
    for statement in CARRIED:
        engine.command(statement, {"into": into, "month": month, "every": int(every)})
