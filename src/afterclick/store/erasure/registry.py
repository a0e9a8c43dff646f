"""The registry: every table, file and queue, whether it holds people, and how a person's records in it are erased.

Nothing stands here by hand: a place says it where it is made (`store.holding`). `docs/privacy.md` draws the registry as
the data map.
"""

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import get_args

from afterclick.store.control.database import Base
from afterclick.store.holding import Held, Holding, Where
from afterclick.store.schema.catalogue import TABLES
from afterclick.store.schema.table import Table


def registry(modules: Iterable[ModuleType]) -> tuple[Holding, ...]:
    """Every place of the engine, of the models of these modules and of the holdings that stand in them.

    In the order of the data map: the engine's tables as they are made of one another, else what holds people first.
    """
    found = {*_in_modules(modules), *(Holding("control", row.__tablename__, row.held) for row in rows())}
    return (*map(_of_table, TABLES), *sorted(found, key=_order))


def rows() -> list[type[Base]]:
    """The models of the control database that were imported."""
    return Base.__subclasses__()


def _in_modules(modules: Iterable[ModuleType]) -> Iterator[Holding]:
    for module in modules:
        for said in vars(module).values():
            for one in said if isinstance(said, tuple) else (said,):  # pyright: ignore[reportUnknownVariableType]
                if isinstance(one, Holding):
                    yield one


def _order(one: Holding) -> tuple[int, bool, str]:
    return get_args(Where).index(one.where), not one.held.holds, one.name


def _of_table(table: Table) -> Holding:
    people, copied = table.people, table.in_backups and table.is_stored
    if people is None:
        return Holding("signals", table.name, Held(table.why, in_backups=copied))
    kept = people.kept or "the site's retention"
    return Holding("signals", table.name, Held(table.why, people.holds, kept, people.erased, copied))
