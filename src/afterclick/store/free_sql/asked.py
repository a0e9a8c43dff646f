"""A person's SELECT, taken apart and written anew: what runs is made from its tree, and never holds its text.

Every node of the tree is of a kind that is listed here, every name is quoted, every text is escaped byte by byte, and
every function computes from its arguments alone. A table is one of ours, narrowed to one site where it stands, or a
WITH query of the same statement, which gets a name of our making: so no two readings of what a name means can differ.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import count, pairwise
from typing import ClassVar, TypeAlias, cast

import sqlglot
from sqlglot import exp
from sqlglot.dialects.clickhouse import ClickHouse
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from afterclick.errors import InvalidInput

_DIALECT = "clickhouse"

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # its warnings would hold what people ask

_KINDS = (
    exp.Query, exp.Subquery, exp.With, exp.CTE, exp.From, exp.Join, exp.Where, exp.Group, exp.Having,
    exp.Qualify, exp.Order, exp.Ordered, exp.WithFill, exp.Limit, exp.Offset, exp.Distinct, exp.Window, exp.WindowSpec,
    exp.Final, exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Star, exp.Literal,
    exp.Null, exp.Boolean, exp.Tuple, exp.Interval, exp.Var, exp.DataType, exp.DataTypeParam, exp.Lambda,
    exp.Binary, exp.Unary, exp.Condition, exp.Cube, exp.Rollup, exp.GroupingSets,
)  # fmt: skip
"""The kinds of nodes that a question may be made of; what is a kind of one of them counts too."""

_NEVER = (
    exp.UDTF,
    exp.Placeholder,
    exp.Parameter,
    exp.SessionParameter,
    exp.HexString,
    exp.BitString,
    exp.JSONPath,
)
"""Kinds of conditions that are not: what reads tables by itself, and what stands for something else."""

_CLAUSES = (
    "settings",
    "format",
    "into",
    "locks",
    "hint",
    "laterals",
    "pivots",
    "match",
    "recursive",
    "connect",
)

_KEYWORDS = frozenset({
    "ALL", "AND", "ANY", "ARRAY", "AS", "ASOF", "BETWEEN", "BY", "CASE", "COLUMNS", "CROSS", "CUBE", "DISTINCT",
    "ELSE", "EXCEPT", "EXISTS", "FROM", "FULL", "GLOBAL", "GROUP", "HAVING", "IN", "INNER", "INTERSECT",
    "INTERVAL", "JOIN", "LEFT", "LIKE", "LIMIT", "NOT", "OFFSET", "ON", "OR", "ORDER", "OVER",
    "PARTITION", "REPLACE", "RIGHT", "ROLLUP", "SELECT", "SETS", "THEN", "UNION", "USING", "WHEN", "WHERE",
    "WITH",
})  # fmt: skip
_TYPES = frozenset({
    "ARRAY", "BOOL", "DATE", "DATE32", "DATETIME", "DATETIME64", "DECIMAL", "DECIMAL32", "DECIMAL64",
    "DECIMAL128", "ENUM8", "ENUM16", "FIXEDSTRING", "LOWCARDINALITY", "MAP", "NULLABLE", "TUPLE",
})  # fmt: skip
_COMBINATORS = ("If", "Array", "Map", "Distinct", "OrNull", "OrDefault", "ForEach", "ArgMin", "ArgMax")

_NAME = re.compile(r"[ !#-\[\]-_a-z|~]{1,128}")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?|\.[0-9]+([eE][+-]?[0-9]+)?")
_PLAIN = re.compile(rb"[A-Za-z0-9 _.,:/=%-]")


class Asked:
    """Writes questions anew for one store: `database` is where its tables are, `functions` are the pure ones of its
    engine in small letters, `tables` those that may be asked.
    """

    def __init__(self, database: str, functions: frozenset[str], tables: frozenset[str]) -> None:
        self._database = database
        self._functions = functions
        self._tables = tables

    def anew(self, sql: str, columns: Mapping[str, Sequence[str]], site: str) -> str:
        """The question as ASCII text over the rows of `site`, and of each table these columns.

        Raises InvalidInput, with one sentence for the asker, when it is not one SELECT over our own tables, or is made
        of anything that is not known to be harmless.
        """
        try:
            tree = _parsed(sql)
            for node in tree.walk():
                _check(node)
            _Binding(self._database, self._tables, columns, site).bind(tree, {})
            text = _Anew(dialect=_DIALECT, identify=True, comments=False).generate(tree)
        except RecursionError as error:
            raise InvalidInput("This query is nested too deeply.") from error
        self._check_functions(text)
        return text

    def _check_functions(self, text: str) -> None:
        tokens = sqlglot.tokenize(text, read=_DIALECT)
        for word, bracket in pairwise(tokens):
            if bracket.token_type is not TokenType.L_PAREN:
                continue
            quoted = word.token_type is TokenType.IDENTIFIER
            if quoted or (_WORD.fullmatch(word.text) and not self._is_known(word.text)):
                raise InvalidInput(f"The function {word.text} is not available in queries.")

    def _is_known(self, word: str) -> bool:
        if word.upper() in _KEYWORDS | _TYPES or word.lower() in self._functions:
            return True
        return any(word.endswith(end) and self._is_known(word.removesuffix(end)) for end in _COMBINATORS)


class _Binding:
    """Puts what a table's name means in the place of the name."""

    def __init__(
        self, database: str, tables: frozenset[str], columns: Mapping[str, Sequence[str]], site: str
    ) -> None:
        self._database = database
        self._tables = tables
        self._columns = columns
        self._site = site
        self._number = count(1)

    def bind(self, node: exp.Expr, names: Mapping[str, str]) -> None:
        """Bind every table below `node`; `names` are the WITH queries that it sees, each by the name of our making."""
        if isinstance(node, exp.Final):  # rollups are always read merged
            node = node.replace(node.this.pop())
        if isinstance(node, exp.Table):
            node.replace(self._bound(node, names))
            return
        with_ = node.args.get("with_")
        if isinstance(with_, exp.With):
            names = self._named(with_, names)
        for child in list(node.iter_expressions()):
            if child is not with_:
                self.bind(child, names)

    def _named(self, with_: exp.With, names: Mapping[str, str]) -> Mapping[str, str]:
        for cte in with_.expressions:
            self.bind(cte.this, names)
            if cte.alias in self._tables:
                raise InvalidInput(f"Name your WITH query otherwise than the table {cte.alias}.")
            if not cte.args.get("scalar"):
                own = f"with_{next(self._number)}"
                names = {**names, cte.alias: own}
                cte.set("alias", exp.TableAlias(this=exp.to_identifier(own)))
        return names

    def _bound(self, table: exp.Table, names: Mapping[str, str]) -> exp.Expr:
        name = table.name
        more = {key for key, value in table.args.items() if value} - {"this", "alias"}
        if not isinstance(table.this, exp.Identifier) or more:
            raise InvalidInput(
                f"A query reads tables by their bare names, not {table.sql(dialect=_DIALECT)}."
            )
        if name in names:
            return exp.to_table(names[name], alias=exp.to_identifier(table.alias or name))
        if name not in self._tables:
            raise InvalidInput(f"There is no table {name}; there are {', '.join(sorted(self._tables))}.")
        seen = [exp.column(column) for column in self._columns.get(name, ())]
        if not seen:
            raise InvalidInput(f"The table {name} is not for your role.")
        rows = exp.Table(this=exp.to_identifier(name), db=exp.to_identifier(self._database))
        inner = exp.select(*seen).from_(rows).where(exp.column("site").eq(exp.Literal.string(self._site)))
        return inner.subquery(alias=exp.to_identifier(table.alias or name))


_Made: TypeAlias = Callable[..., exp.Expr]
_MADE = cast("dict[str, _Made]", ClickHouse.Parser.FUNCTIONS)  # pyright: ignore[reportUnknownMemberType] - left open there


class _Reading(ClickHouse):
    """Leaves functions of JSON as they were written: others would be read as paths, which no question is made of."""

    class Parser(ClickHouse.Parser):
        """The parser of the dialect."""

        FUNCTIONS: ClassVar[dict[str, _Made]] = {
            name: made for name, made in _MADE.items() if "JSON" not in name
        }


class _Anew(ClickHouse.Generator):
    """Writes texts byte by byte, so that none of them ends where it should not, however an engine reads quotes."""

    def literal_sql(self, expression: exp.Literal) -> str:
        if not expression.is_string:
            return str(expression.this)
        return _escaped(expression.this)

    def rawstring_sql(self, expression: exp.RawString) -> str:
        return _escaped(expression.this)


def _escaped(text: str) -> str:
    raw = text.encode("utf-8", "replace")
    return "'" + "".join(chr(one) if _PLAIN.fullmatch(bytes([one])) else f"\\x{one:02x}" for one in raw) + "'"


def _parsed(sql: str) -> exp.Query:
    try:
        trees = [tree for tree in sqlglot.parse(sql, read=_Reading) if tree is not None]
    except SqlglotError as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise InvalidInput(f"This is not SQL that can be read: {why}.") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise InvalidInput("A query is one SELECT statement.")
    return trees[0]


def _check(node: exp.Expr) -> None:
    """Raises InvalidInput for a node that a question is not made of."""
    if any(node.args.get(clause) for clause in _CLAUSES):
        raise InvalidInput("A query carries no SETTINGS, FORMAT or INTO, and is not recursive.")
    if isinstance(node, exp.PreWhere):
        raise InvalidInput(
            "Write WHERE instead of PREWHERE: the engine reads first what leaves least by itself."
        )
    never = isinstance(node, _NEVER) and not isinstance(node, exp.Explode)  # which is arrayJoin
    if never or not isinstance(node, _KINDS):
        raise InvalidInput(f"This part of SQL ({type(node).__name__}) is not available in queries.")
    if isinstance(node, exp.In):
        _check_membership(node)
    text = node.this if isinstance(node.this, str) else ""
    if isinstance(node, exp.Identifier) and not _NAME.fullmatch(text):
        raise InvalidInput("Names in a query are plain letters, digits and signs; texts stand in 'quotes'.")
    if isinstance(node, exp.Var) and not _WORD.fullmatch(text):
        raise InvalidInput(f"This is not SQL that can be read: {text[:40]!r}.")
    if isinstance(node, exp.Literal) and not node.is_string and not _NUMBER.fullmatch(text):
        raise InvalidInput(f"This is not a number that can be read: {text[:40]!r}.")


def _check_membership(membership: exp.In) -> None:
    # `x IN name` reads the table of that name, past every alias.
    options = [membership.args.get("field"), *membership.expressions]
    if any(isinstance(option, exp.Column | exp.Identifier | exp.Dot) for option in options):
        raise InvalidInput("Put a list or a SELECT in brackets after IN.")
