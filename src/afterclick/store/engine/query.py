"""The one way to read: named statements from `.sql` files, bound parameters, and a Scope that names the site.

A `.sql` file holds statements, each headed by `-- name: what_it_answers`. Every statement must bind `{site:String}`;
one that does not is refused when it is loaded, so that no query can read across sites.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib import resources
from typing import Protocol, TypeVar
from uuid import UUID

import msgspec
import pyarrow as pa

from afterclick.errors import Misconfigured
from afterclick.store.scope import Scope

Parameter = str | int | float | bool | datetime | date | Decimal | UUID | Sequence[str] | Sequence[int] | None
Row = TypeVar("Row")

_HEADER = re.compile(r"^-- name: ([a-z0-9_]+)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Statement:
    """One read, in ClickHouse SQL with `{name:Type}` parameters, `{site:String}` among them."""

    name: str
    sql: str

    def __post_init__(self) -> None:
        if "{site:String}" not in self.sql:
            raise Misconfigured(f"Statement {self.name} does not bind the site.")


def statements(package: str, file: str) -> dict[str, Statement]:
    """Load the named statements of `file` beside the modules of `package`, by name.

    Raises Misconfigured when a statement binds no site or the file has no `-- name:` header.
    """
    return {name: Statement(name, sql) for name, sql in named(package, file).items()}


def named(package: str, file: str) -> dict[str, str]:
    """The texts of such a file, for the store's own jobs, which work on all sites at once.

    Raises Misconfigured when the file has no `-- name:` header.
    """
    text = resources.files(package).joinpath(file).read_text(encoding="utf-8")
    parts = _HEADER.split(text)[1:]
    if not parts:
        raise Misconfigured(f"{package}/{file} has no `-- name:` header.")
    return {name: body.strip().rstrip(";") for name, body in zip(parts[::2], parts[1::2], strict=True)}


class Reader(Protocol):
    """Reads rows of one site. Safe to call from any thread; blocks, so call it off the event loop."""

    def arrow(
        self, scope: Scope, statement: Statement, parameters: Mapping[str, Parameter] | None = None
    ) -> pa.Table:
        """Run the statement and return its columns."""
        ...

    def rows(
        self,
        scope: Scope,
        statement: Statement,
        into: type[Row],
        parameters: Mapping[str, Parameter] | None = None,
    ) -> list[Row]:
        """Run the statement and convert each row, by column name, into a Struct or frozen dataclass."""
        return msgspec.convert(self.arrow(scope, statement, parameters).to_pylist(), list[into])
