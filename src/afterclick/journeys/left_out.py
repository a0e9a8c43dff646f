"""How many visits of a period count, and how many are left out of every other figure?"""

import msgspec

from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope

_SQL = statements("afterclick.journeys", "left_out.sql")


class LeftOut(msgspec.Struct, frozen=True):
    """Visits, those that do not count, and of these each class (see `measure/population.py`)."""

    visits: int
    left_out: int
    bots: int
    programs: int
    internal: int
    servers: int


def left_out(reader: Reader, scope: Scope, since: int, until: int) -> LeftOut:
    """The visits that began from `since` until before `until`, UTC ms. Blocks."""
    return reader.rows(scope, _SQL["left_out"], LeftOut, {"since": since, "until": until})[0]
