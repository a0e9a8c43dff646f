"""Proves of a statement that it reads no site but the one that is bound: by its syntax tree, SELECT by SELECT."""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

_READS_BY_NAME = ("dictget", "dicthas", "joinget", "file", "url", "remote", "merge", "cluster", "s3", "input")
"""Functions that fetch rows of a table, a dictionary or another place by its name begin so."""


def faults(sql: str, tables: frozenset[str], siteless: frozenset[str] = frozenset()) -> list[str]:
    """What keeps `sql` from being narrow: empty when each read of `tables` (those with a site's rows) in it stands in a
    SELECT whose own WHERE says `site = {site:String}` of it. Other tables are faults too, so that none is forgotten,
    but for the `siteless`.
    """
    try:
        trees = [tree for tree in sqlglot.parse(sql, read="clickhouse") if tree is not None]
    except SqlglotError as error:
        return [f"cannot be parsed: {error}"]
    if len(trees) != 1 or not isinstance(trees[0], exp.Query | exp.Insert):
        return ["is not one SELECT or INSERT"]
    tree = trees[0]
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    found = [f"a WITH query hides the table {name}" for name in sorted(own & tables)]
    found += [
        f"names a table after IN: {one.sql()}" for one in tree.find_all(exp.In) if _names_a_table(one, own)
    ]
    found += [f"calls {name}" for name in _functions(tree) if name.lower().startswith(_READS_BY_NAME)]
    read = [table for select in tree.find_all(exp.Select) for table in _sources(select)]
    target = tree.this.find(exp.Table) if isinstance(tree, exp.Insert) else None
    seen = {id(table) for table in read} | {id(target)}
    found += [f"reads {t.sql()} outside of a FROM" for t in tree.find_all(exp.Table) if id(t) not in seen]
    for select in tree.find_all(exp.Select):
        found += _faults_of(select, tables, own | siteless)
    return found


def _faults_of(select: exp.Select, tables: frozenset[str], own: set[str]) -> Iterator[str]:
    sources = list(_sources(select))
    bound = set(_bound(select))
    for table in sources:
        if not isinstance(table.this, exp.Identifier) or table.args.get("db"):
            yield f"reads {table.sql()}, which is not a plain table"
        elif table.name in own and table.name not in tables:
            continue
        elif table.name not in tables:
            yield f"reads {table.name}, which holds no site"
        elif table.alias_or_name not in bound and not ("" in bound and _is_alone(select)):
            yield f"reads {table.alias_or_name} without its site"


def _sources(select: exp.Select) -> Iterator[exp.Table]:
    """The tables in FROM and the joins of this very SELECT."""
    start = select.args.get("from_") or select.args.get("from")
    pending: list[exp.Expr] = [start.this] if start else []
    pending += _joined(select)
    while pending:
        source = pending.pop()
        if isinstance(source, exp.Table):
            yield source
            pending += _joined(source)
        elif isinstance(source, exp.Paren | exp.Final | exp.Alias):
            pending.append(source.this)


def _joined(node: exp.Expr) -> list[exp.Expr]:
    joins: list[exp.Join] = node.args.get("joins") or []
    return [join.this for join in joins]


def _is_alone(select: exp.Select) -> bool:
    """Whether an unqualified `site` can only be the one table's: one source, and no alias that would come before it."""
    aliases = {one.alias for one in select.expressions if isinstance(one, exp.Alias)}
    with_ = select.args.get("with_") or select.args.get("with")
    aliases |= {cte.alias for cte in with_.expressions} if with_ else set()
    joined = bool(select.args.get("joins")) or bool(select.args.get("laterals"))
    return not joined and "site" not in aliases


def _bound(select: exp.Select) -> Iterator[str]:
    """Of which sources, by name ("" for unqualified), the WHERE says that their site is the bound one, always."""
    for clause in ("where", "prewhere"):
        if found := select.args.get(clause):
            yield from (source for condition in _conjuncts(found.this) for source in _bound_by(condition))


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.this)
        yield from _conjuncts(condition.expression)
    elif isinstance(condition, exp.Paren):
        yield from _conjuncts(condition.this)
    else:
        yield condition


def _bound_by(condition: exp.Expr) -> Iterator[str]:
    if not isinstance(condition, exp.EQ):
        return
    for column, value in ((condition.this, condition.expression), (condition.expression, condition.this)):
        if isinstance(column, exp.Column) and column.name == "site" and _is_the_site(value):
            yield column.table


def _is_the_site(value: exp.Expr) -> bool:
    return value.sql(dialect="clickhouse").replace(" ", "") == "{site:String}"


def _names_a_table(membership: exp.In, own: set[str]) -> bool:
    options = [membership.args.get("field"), *membership.expressions]
    named = [one for one in options if isinstance(one, exp.Column | exp.Identifier | exp.Dot)]
    return any(one.sql() not in own for one in named)


def _functions(tree: exp.Expr) -> Iterator[str]:
    for function in tree.find_all(exp.Func):
        yield function.name if isinstance(function, exp.Anonymous) else function.sql_name()
