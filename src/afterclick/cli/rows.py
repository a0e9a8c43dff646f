"""Rows of a table whose columns are our own fields, as events; and lines in batches."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from afterclick.collect.mapping.mapping import GROUPS, NUMBERS
from afterclick.collect.mapping.value import number, text
from afterclick.errors import InvalidInput

BATCH = 500


def check_columns(names: Iterable[str]) -> None:
    """Refuse a table that names a column twice: which of both is meant cannot be told. Raises InvalidInput."""
    twice = next((name for name, times in Counter(names).items() if name and times > 1), None)
    if twice is not None:
        raise InvalidInput(f"The file names the column {twice[:80]!r} twice; rename or remove one of them.")


def cells(row: Mapping[str, object]) -> dict[str, object]:
    """A row as an event: a column is a field of docs/collect.md, `tags.NAME` and `props.NAME` go into those."""
    event: dict[str, object] = {}
    for column, cell in row.items():
        group, dot, name = column.partition(".")
        if dot:
            cast("dict[str, object]", event.setdefault(group, {}))[name] = cell
        elif column in GROUPS:
            event[column] = cell
        elif column in NUMBERS or (column == "time" and text(cell).isdigit()):
            event[column] = number(cell, None, None)
        else:
            event[column] = text(cell)
    return event


def batches(source: Iterator[bytes]) -> Iterator[list[bytes]]:
    """The lines in groups of at most BATCH."""
    batch: list[bytes] = []
    for line in source:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
