"""Orders, brought to the visits that they are of: an order counts once, in the visit that told of it first.

Whoever tells of it later, on another day or from a server, fills in its money and its refunds there. What a visit is
brought is a set or a maximum, so whatever is brought twice, or in another order, counts the same.
"""

from afterclick.store.engine.connection import Engine
from afterclick.store.engine.query import named
from afterclick.store.rollups import tickets

_SQL = named("afterclick.store.rollups", "order_visits.sql")


def settle_orders(engine: Engine, now: int) -> int:
    """Bring every order that something was told of to its visit, and close the tickets at `now` (UTC ms); how many."""
    with engine.between_inserts():  # a ticket must not be seen before its order
        opened = engine.query(_SQL["open_tickets"], tag="order_visits")
    if opened.num_rows:
        _carry(engine, every=False)
        tickets.close(engine, "order_tickets", opened, now)
    return opened.num_rows


def carry_orders(engine: Engine) -> None:
    """Bring every order to its visit, those that were brought before too; idempotent."""
    _carry(engine, every=True)


def _carry(engine: Engine, *, every: bool) -> None:
    for name in ("carry_money", "give_up"):
        engine.command(_SQL[name], {"every": int(every)})
