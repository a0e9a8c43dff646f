"""Free SQL made safe: what a person asks is taken apart, and answered over the rows of one site.

Three fences, each enough for most mistakes. What runs is written anew from the tree of the question, so that not a byte
of its text reaches the engine (`asked`). It runs on a connection of its own, which was made read-only before, and
which may not take that back. And that connection shows of every table the rows of the one site only, whatever is asked.
"""

from functools import cached_property

import pyarrow as pa
from clickhouse_connect.driver.exceptions import DatabaseError

from afterclick.errors import InvalidInput
from afterclick.store.engine.connection import Engine
from afterclick.store.free_sql.asked import Asked
from afterclick.store.schema import catalogue
from afterclick.store.scope import Scope

TABLES = frozenset(table.name for table in catalogue.TABLES if table.queryable)
"""What may be asked; the views read page_views and sessions."""

MAX_ROWS = 100_000
"""Rows of one answer; a longer one is refused rather than cut."""

_SECONDS = 30

_OF_A_SITE = tuple(
    table.name for table in catalogue.TABLES if any(column.name == "site" for column in table.columns)
)


class ReadOnly:
    """Answers read-only SQL of one site over an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, scope: Scope, sql: str) -> pa.Table:
        """The answer to one SELECT, seeing the scope's site only.

        Raises InvalidInput, with one sentence for the asker, when the SQL is refused or wrong; Unavailable when it
        meets its limit of memory or time.
        """
        anew = self._asked.anew(sql, _shown(scope), scope.site)
        try:
            answer = self._engine.alone(anew, _fence(scope.site), tag="query")
        except DatabaseError as error:
            raise InvalidInput(_reason(error)) from error
        if answer.num_rows > MAX_ROWS:
            raise InvalidInput(f"The answer has more than {MAX_ROWS} rows: add a LIMIT or group it.")
        return answer

    @cached_property
    def _asked(self) -> Asked:
        rows = self._engine.rows(_FUNCTIONS, {"categories": _PURE}, tag="functions")
        return Asked(rows[0]["database"], frozenset(row["name"].lower() for row in rows), TABLES)


def _shown(scope: Scope) -> dict[str, list[str]]:
    tables = map(catalogue.table, TABLES)
    if scope.permissions is None:
        return {table.name: [column.name for column in table.columns] for table in tables}
    return {table.name: table.shown(scope.permissions) for table in tables}


def _fence(site: str) -> dict[str, str | int]:
    """Settings of a connection that shows one site; the one that makes it read-only comes last, for good."""
    own = _quoted(f"site = {_quoted(site)}")
    return {
        "additional_table_filters": f"{{{', '.join(f'{_quoted(table)}: {own}' for table in _OF_A_SITE)}}}",
        "limit": MAX_ROWS + 1,
        "max_execution_time": _SECONDS,
        "readonly": 1,
    }


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _reason(error: DatabaseError) -> str:
    text = (
        str(error).split("DB::Exception: ")[-1].split(" (version ")[0].split(". In scope ")[0].splitlines()[0]
    )
    return text if text.endswith(".") else f"{text}."


_PURE = [
    "Arithmetic",
    "Arrays",
    "Bit",
    "Comparison",
    "Conditional",
    "Dates and Times",
    "Distance",
    "Encoding",
    "Hash",
    "JSON",
    "Logical",
    "Map",
    "Mathematical",
    "Null",
    "Rounding",
    "String",
    "String Replacement",
    "String Search",
    "String Splitting",
    "Tuple",
    "Type Conversion",
    "URL",
    "UUID",
]
"""Categories of engine functions that compute from their arguments alone."""

_FUNCTIONS = """
WITH pure AS (
    SELECT name
    FROM system.functions
    WHERE (is_aggregate OR categories IN {categories:Array(String)} OR name IN ('transform', 'toTypeName', 'bar'))
        AND NOT match(lower(name), '^(global)?(not)?(null)?in(ignoreset)?$') -- these take a table by its name
        AND name != 'chdb'
)
SELECT name, currentDatabase() AS database FROM system.functions WHERE name IN pure OR alias_to IN pure
"""
