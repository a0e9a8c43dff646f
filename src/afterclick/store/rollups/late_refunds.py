"""Refunds that came outside a visit, which names only their order: carried to the visit of that order.

`sessions` keeps refunds by their event's id, so one that is carried twice counts once. A refund whose order is
not known yet stays open until it is.
"""

from afterclick.store.engine.connection import Engine
from afterclick.store.engine.query import named
from afterclick.store.rollups import tickets

_SQL = named("afterclick.store.rollups", "late_refunds.sql")


def settle_refunds(engine: Engine, now: int) -> int:
    """Carry what is open and can be carried, and close it at `now` (UTC ms); how many refunds."""
    opened = engine.query(_SQL["open_refunds"], tag="late_refunds")
    if opened.num_rows:
        carry_refunds(engine)
        tickets.close(engine, "late_refunds", opened, now)
    return opened.num_rows


def carry_refunds(engine: Engine) -> None:
    """Carry every refund that came outside a visit to the visit of its order, closed ones too; idempotent."""
    engine.command(_SQL["carry_refunds"])
