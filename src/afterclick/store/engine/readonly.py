"""Free SQL made safe: one SELECT over our own tables, each narrowed to one site, with harmless functions only.

Three fences, each enough for most mistakes: the statement is parsed and every table in it becomes a subquery of one
site, with the columns that its reader may see; the text that results is read token by token, and every function must be
on the engine's list of pure ones; and the engine runs it read-only, with the same site filter and tight limits.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise

import pyarrow as pa
import sqlglot
from clickhouse_connect.driver.exceptions import DatabaseError
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from afterclick.errors import InvalidInput
from afterclick.store.engine.connection import Engine
from afterclick.store.schema import catalogue
from afterclick.store.scope import Scope

TABLES = frozenset(table.name for table in catalogue.TABLES if table.queryable)
"""What may be asked; the views read page_views and sessions."""

MAX_ROWS = 100_000
"""Rows of one answer; a longer one is refused rather than cut."""

_SECONDS = 30
_DIALECT = "clickhouse"
_KEYWORDS = frozenset({
    "ALL", "AND", "ANY", "ARRAY", "AS", "ASOF", "BETWEEN", "BY", "CASE", "COLUMNS", "CROSS", "DISTINCT",
    "ELSE", "EXCEPT", "EXISTS", "FROM", "FULL", "GLOBAL", "GROUP", "HAVING", "IN", "INNER", "INTERSECT",
    "INTERVAL", "JOIN", "LEFT", "LIKE", "LIMIT", "NOT", "OFFSET", "ON", "OR", "ORDER", "OVER",
    "PARTITION", "PREWHERE", "REPLACE", "RIGHT", "SELECT", "THEN", "UNION", "USING", "WHEN", "WHERE",
    "WITH",
})  # fmt: skip
_TYPES = frozenset({
    "ARRAY", "BOOL", "DATE", "DATE32", "DATETIME", "DATETIME64", "DECIMAL", "DECIMAL32", "DECIMAL64",
    "DECIMAL128", "ENUM8", "ENUM16", "FIXEDSTRING", "LOWCARDINALITY", "MAP", "NULLABLE", "TUPLE",
})  # fmt: skip
_COMBINATORS = ("If", "Array", "Map", "Distinct", "OrNull", "OrDefault", "ForEach", "ArgMin", "ArgMax")


class ReadOnly:
    """Answers read-only SQL of one site over an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._functions: frozenset[str] = frozenset()

    def read(self, scope: Scope, sql: str) -> pa.Table:
        """The answer to one SELECT, seeing the scope's site only.

        Raises InvalidInput, with one sentence for the asker, when the SQL is refused or wrong; Unavailable when it
        meets its limit of memory or time.
        """
        narrowed = narrow(sql, None if scope.permissions is None else _shown(scope.permissions))
        self._check_functions(narrowed)
        try:
            answer = self._engine.query(_fenced(narrowed, scope.site), {"site": scope.site}, tag="query")
        except DatabaseError as error:
            raise InvalidInput(_reason(error)) from error
        if answer.num_rows > MAX_ROWS:
            raise InvalidInput(f"The answer has more than {MAX_ROWS} rows: add a LIMIT or group it.")
        return answer

    def _check_functions(self, sql: str) -> None:
        self._functions = self._functions or _pure_functions(self._engine)
        tokens = sqlglot.tokenize(sql, read=_DIALECT)
        for word, bracket in pairwise(tokens):
            if bracket.token_type is TokenType.L_PAREN and _is_word(word.text) and not self._known(word.text):
                raise InvalidInput(f"The function {word.text} is not available in queries.")

    def _known(self, word: str) -> bool:
        if word.upper() in _KEYWORDS | _TYPES or word.lower() in self._functions:
            return True
        return any(
            word.endswith(suffix) and self._known(word.removesuffix(suffix)) for suffix in _COMBINATORS
        )


def narrow(sql: str, columns: Mapping[str, Sequence[str]] | None = None) -> str:
    """The same SELECT with each of its tables narrowed to `{site:String}`, and to these columns unless all are shown.

    Raises InvalidInput when it is not one SELECT, names anything but our tables, is recursive, or carries settings.
    """
    tree = _parsed(sql)
    if tree.find(exp.SettingsProperty, exp.Command, exp.Into) or any(
        _has_clauses(node) for node in tree.walk()
    ):
        raise InvalidInput("A query carries no SETTINGS, FORMAT or INTO.")
    if any(with_.args.get("recursive") for with_ in tree.find_all(exp.With)):
        raise InvalidInput(
            "A query is not recursive."
        )  # the embedded engine's answers to such ones are damaged
    own_names = {cte.alias for cte in tree.find_all(exp.CTE)}
    if own_names & TABLES:
        raise InvalidInput(f"Name your WITH query otherwise than the table {min(own_names & TABLES)}.")
    for membership in tree.find_all(exp.In):
        _check_membership(membership)
    narrowed = tree.transform(partial(_narrow_table, own_names=own_names, columns=columns))
    if isinstance(narrowed, exp.SetOperation):  # so that what follows it holds for all of it
        narrowed = exp.select("*").from_(narrowed.subquery())
    return narrowed.sql(dialect=_DIALECT, comments=False)


def _shown(permissions: frozenset[str]) -> dict[str, list[str]]:
    return {name: catalogue.table(name).shown(permissions) for name in TABLES}


def _parsed(sql: str) -> exp.Query:
    try:
        trees = [tree for tree in sqlglot.parse(sql, read=_DIALECT) if tree is not None]
    except SqlglotError as error:
        raise InvalidInput(f"This is not SQL that can be read: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise InvalidInput("This query is nested too deeply.") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise InvalidInput("A query is one SELECT statement.")
    return trees[0]


def _has_clauses(node: exp.Expr) -> bool:
    return bool(node.args.get("settings") or node.args.get("format") or node.args.get("into"))


def _check_membership(membership: exp.In) -> None:
    # `x IN name` reads the table of that name, past every alias.
    options = [membership.args.get("field"), *membership.expressions]
    if any(isinstance(option, exp.Column | exp.Identifier | exp.Dot) for option in options):
        raise InvalidInput("Put a list or a SELECT in brackets after IN.")


def _narrow_table(
    node: exp.Expr, own_names: set[str], columns: Mapping[str, Sequence[str]] | None
) -> exp.Expr:
    if isinstance(node, exp.Final):
        return _narrow_table(node.this, own_names, columns)  # rollups are always read merged
    if not isinstance(node, exp.Table):
        return node
    name = node.name
    if not isinstance(node.this, exp.Identifier) or node.args.get("db") or node.args.get("joins"):
        raise InvalidInput(f"A query reads tables by their bare names, not {node.sql(dialect=_DIALECT)}.")
    if name in own_names:
        return node
    if name not in TABLES:
        raise InvalidInput(f"There is no table {name}; there are {', '.join(sorted(TABLES))}.")
    seen = ["*"] if columns is None else [exp.column(column, quoted=True) for column in columns.get(name, ())]
    if not seen:
        raise InvalidInput(f"The table {name} is not for your role.")
    inner = exp.select(*seen).from_(exp.to_table(name)).where(_SITE.copy())
    return inner.subquery(alias=node.alias or name)


def _pure_functions(engine: Engine) -> frozenset[str]:
    found = engine.rows(_FUNCTIONS, {"categories": _PURE}, tag="functions")
    return frozenset(row["name"].lower() for row in found)


def _is_word(text: str) -> bool:
    return text.replace("_", "a").isalnum() and not text[0].isdigit()


def _fenced(sql: str, site: str) -> str:
    # In the statement itself: settings of the connection would stay on it, and read-only cannot be taken back.
    own = _quoted(f"site = {_quoted(site)}")
    filters = ", ".join(f"{_quoted(table)}: {own}" for table in sorted(TABLES))
    return (
        f"{sql} SETTINGS readonly = 1, additional_table_filters = {{{filters}}},"
        f" limit = {MAX_ROWS + 1}, max_execution_time = {_SECONDS}"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _reason(error: DatabaseError) -> str:
    text = (
        str(error).split("DB::Exception: ")[-1].split(" (version ")[0].split(". In scope ")[0].splitlines()[0]
    )
    return text if text.endswith(".") else f"{text}."


_SITE = sqlglot.condition("site = {site:String}", dialect=_DIALECT)

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
SELECT name FROM system.functions WHERE name IN pure OR alias_to IN pure
"""
