"""Every table of the store, gathered from `schema/tables/`: whatever knows tables derives from this list."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from afterclick.store.schema import tables
from afterclick.store.schema.table import Table


def _gathered() -> Iterator[Table]:
    for found in sorted(pkgutil.iter_modules(tables.__path__), key=lambda found: found.name):
        for held in vars(import_module(f"{tables.__name__}.{found.name}")).values():
            if isinstance(held, Table):
                yield held


_FOUND = {table.name: table for table in _gathered()}


def _depth(table: Table) -> tuple[bool, bool, int]:
    """How many tables lie between it and what comes in; tables of the store's own work come next, views last."""
    depth, above = 0, table
    while above.made_of:
        depth, above = depth + 1, _FOUND[above.made_of]
    return table.engine == "View", above.record is None, depth


TABLES: tuple[Table, ...] = tuple(sorted(_FOUND.values(), key=_depth))
"""Each table after the one that it is made of."""

STORED: tuple[Table, ...] = tuple(table for table in TABLES if table.is_stored)
"""Those with rows on the disk."""


def table(name: str) -> Table:
    """The table of that name; raises KeyError when there is none."""
    return _FOUND[name]
