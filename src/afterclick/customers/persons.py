"""How many persons there were, and whose visit one is, as the dictionary of the moment says."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope

_SQL = statements("afterclick.customers", "persons.sql")


class _Count(msgspec.Struct, frozen=True):
    persons: int


class PersonCount(msgspec.Struct, frozen=True, kw_only=True):
    """Persons with a visit that began in one bucket; `bucket` is its start, UTC ms.

    Where `bucket` is 0 they are over a whole half: `half` 1 is this period, 2 the one before.
    """

    bucket: int
    half: int = 0
    persons: int = 0


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person: the `number` by which visits are filtered, and the visits, devices and users known of them.

    `first` and `last` are when their first and last visit began, UTC ms. The number may change when people merge.
    """

    number: int
    visits: int
    devices: int
    users: int
    first: int
    last: int


def persons(reader: Reader, scope: Scope, since: int, until: int) -> int:
    """Unique persons whose visits began from `since` up to `until` (UTC ms), bots left out.

    Visits of one person count once, on however many devices; visits without a device and a user belong to nobody.
    """
    return reader.rows(scope, _SQL["persons"], _Count, {"since": since, "until": until})[0].persons


def persons_by_bucket(
    reader: Reader, scope: Scope, edges: Sequence[int], now_since: int, before_until: int, until: int
) -> list[PersonCount]:
    """Unique persons of each bucket that begins at one of `edges` (UTC ms, ascending) up to `until`, and of the halves.

    This period begins at `now_since`; the one before it goes from the first edge up to `before_until`.
    """
    parameters = {
        "since": edges[0],
        "until": until,
        "now_since": now_since,
        "before_until": before_until,
        "edges": edges,
    }
    return reader.rows(scope, _SQL["persons_by_bucket"], PersonCount, parameters)


def person_of(reader: Reader, scope: Scope, session_id: str) -> Person | None:
    """Whose visit it is; None when it tells neither device nor user, or is younger than the last run of identity.

    `session_id` is a UUIDv7.
    """
    found = reader.rows(scope, _SQL["person_of"], Person, {"session_id": UUID(session_id)})
    return found[0] if found else None
