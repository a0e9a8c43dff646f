"""No statement of the package can read across sites, and the check that says so sees what is wrong."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from functools import cache
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

import pytest
from tests.store.site_predicate import faults

import afterclick
from afterclick.store.engine.query import Statement
from afterclick.store.store import Store

ROOT = Path(str(resources.files(afterclick)))

OVER_ALL_SITES = {
    "store/rollups/identity.sql": "numbers nodes and links visits of all sites; a node key is made of its site",
    "store/rollups/order_visits.sql": "brings orders of any site to the visits that told of them, each of its own site",
    "store/rollups/exchange.sql": "tells what the rates of all sites were published as",
    "store/rollups/exchange.py": "publishes the rates of all sites, each under its own",
    "store/rollups/service_minutes.py": "looks up which minutes of any site wait, then settles site by site",
    "store/rollups/calls.sql": "reads `linked` alone, which the statement that it is put into narrows",
    "resolve/bucket.sql": "an expression of a time, which reads no table",
    "store/rollups/rebuild.py": "makes whole months of the rollups anew, of all sites, each row under its own",
    "store/rollups/identity.py": "publishes who belongs to whom for all sites, as numbers",
    "store/schema/migrations.py": "which numbered files the store has seen",
    "store/schema/retention.py": "by table, of one site or of all, by age alone",
    "store/schema/ddl.py": "makes tables, and reads no rows",
    "store/schema/cluster.py": "makes tables and views, and reads no rows",
    "store/schema/view.py": "makes views, and reads no rows",
    "store/backup/parts.py": "copies whole tables, of all sites",
    "store/erasure/*.py": "composed for each table of one person's records, mostly DELETE, which is no SELECT",
    "store/free_sql/readonly.py": "a person's SQL, narrowed as it is parsed: see test_readonly and test_tenancy_query",
}
"""The only files that may hold SQL which is not narrowed to a site, and why."""


SITELESS = {
    "identity_nodes": "a key that is made of site and id, and its number: a row tells no more",
    "person_ids": "what makes the rows of one person's erasure or export themselves, under the number of that job",
}
"""Tables without a site that statements of one site may read, and why that tells nothing of another."""

BEHIND_ANOTHER = {
    "afterclick.resolve.arrivals._SQL[measured]",
    "afterclick.resolve.server._TABLES[counted]",
    "afterclick.resolve.server._TABLES[told_by_pages]",
    "afterclick.resolve.server._TABLES[unknown]",
}
"""Not run by themselves: they read the WITH query that they are put behind, and are checked there."""


@pytest.fixture
def tables(store: Store) -> frozenset[str]:
    """Every table and view whose rows belong to sites, as the engine has them."""
    rows = store._engine.rows(  # pyright: ignore[reportPrivateUsage]
        "SELECT DISTINCT table FROM system.columns WHERE database = currentDatabase() AND name = 'site'",
        tag="test",
    )
    return frozenset(row["table"] for row in rows)


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(afterclick.__path__, "afterclick."):
        if not re.search(r"\.(__main__|migrations)(\.|$)", found.name):
            yield importlib.import_module(found.name)


@cache
def composed() -> dict[str, Statement]:
    """Every statement that some module holds, as it is run: those put together from several too."""
    found: dict[str, Statement] = {}
    for module in modules():
        for name, value in vars(module).items():
            several: list[object] = list(value.values()) if _is_mapping(value) else [value]
            held = {
                f"{module.__name__}.{name}[{one.name}]": one for one in several if isinstance(one, Statement)
            }
            found |= held
    return found


def _is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping)


def named(file: Path) -> Iterator[tuple[str, str]]:
    parts = re.split(r"^-- name: (\w+)\s*$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    yield from zip(parts[::2], (body.strip().rstrip(";") for body in parts[1::2]), strict=True)


def test_every_statement_that_is_run_reads_each_table_under_its_site(tables: frozenset[str]) -> None:
    wrong = {
        name: found
        for name, one in composed().items()
        if (found := faults(one.sql, tables, frozenset(SITELESS)))
    }
    assert {name: found for name, found in wrong.items() if name not in BEHIND_ANOTHER} == {}


def test_every_sql_file_is_read_as_statements_or_stands_among_the_exceptions(tables: frozenset[str]) -> None:
    held = {one.name for one in composed().values()}
    for file in ROOT.rglob("*.sql"):
        path = file.relative_to(ROOT).as_posix()
        if path.startswith("store/schema/") or path in OVER_ALL_SITES:
            continue
        statements = dict(named(file))
        assert statements, f"{path} holds no named statement"
        assert statements.keys() <= held, f"{path} holds statements that no module has"


def test_sql_about_sites_stands_nowhere_else_in_the_code(tables: frozenset[str]) -> None:
    about = re.compile(rf"\b(FROM|JOIN|INTO|UPDATE|TABLE)\s+(\{{|({'|'.join(tables)})\b)", re.DOTALL)
    loose = {
        file.relative_to(ROOT).as_posix()
        for file in ROOT.rglob("*.py")
        for text in texts(ast.parse(file.read_text(encoding="utf-8")))
        if about.search(text)
    }
    allowed = (*STATEMENTS_IN_PYTHON, *OVER_ALL_SITES)
    assert {path for path in loose if not any(fnmatch(path, one) for one in allowed)} == set()


STATEMENTS_IN_PYTHON = {
    "store/spool/spool.py",  # of SQLite files of our own, whose tables are none of the store's
    "store/control/migrations/versions/*.py",  # of control data, where no statement of the store reads
    "cli/checks.py",  # asked as a person's own SQL, and narrowed as such
}


def texts(tree: ast.Module) -> Iterator[str]:
    """String constants but docstrings; what an f-string puts in is written {}."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not _is_prose(node.value):
            yield node.value


def _is_prose(text: str) -> bool:
    return not re.search(r"\b(SELECT|INSERT|DELETE|UPDATE|ALTER|TRUNCATE|OPTIMIZE)\b", text)


def test_the_exceptions_exist() -> None:
    assert [path for path in OVER_ALL_SITES if not any(ROOT.glob(path))] == []


def test_a_view_shows_the_site_of_each_row_that_it_reads(store: Store, tables: frozenset[str]) -> None:
    views = store._engine.rows(  # pyright: ignore[reportPrivateUsage]
        "SELECT name, as_select FROM system.tables WHERE database = currentDatabase() AND as_select != ''",
        tag="test",
    )
    assert len(views) >= 8
    for view in views:
        select = view["as_select"]
        assert re.match(r"(WITH .* )?SELECT (\*|site,|[^()]*\bsite,)", select, re.DOTALL), view["name"]
        assert "JOIN" not in select.replace("ARRAY JOIN", ""), f"{view['name']} joins: is it by site?"
        assert view["name"] in tables or view["name"].endswith("_of"), view["name"]


OURS = frozenset({"events", "spans", "sessions"})
NARROW = "site = {site:String}"


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT 1 FROM events WHERE {NARROW}",
        f"SELECT 1 FROM events WHERE (type = 'a' AND ({NARROW}))",
        f"SELECT 1 FROM events PREWHERE {NARROW}",
        "SELECT 1 FROM events AS e WHERE {site:String} = e.site",
        f"WITH own AS (SELECT 1 AS one FROM events WHERE {NARROW}) SELECT one FROM own",
        "SELECT 1 FROM events AS e, spans AS s WHERE e.site = {site:String} AND s.site = {site:String}",
        "SELECT 1 FROM events AS e LEFT JOIN spans ON 1 WHERE e.site = {site:String} AND spans.site = {site:String}",
        f"SELECT 1 FROM events WHERE {NARROW} UNION ALL SELECT 2 FROM spans WHERE {NARROW}",
        f"INSERT INTO sessions SELECT 1 FROM events WHERE {NARROW}",
        f"SELECT 1 FROM events WHERE {NARROW} AND trace_id IN (SELECT trace_id FROM spans WHERE {NARROW})",
        "SELECT {site:String}",
    ],
)
def test_a_narrow_statement_passes(sql: str) -> None:
    assert faults(sql, OURS) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM events",
        "SELECT 1 FROM events WHERE type = {site:String}",
        "SELECT 1 FROM events WHERE site = 'other'",
        "SELECT 1 FROM events WHERE site = {another:String}",
        "SELECT 1 FROM events WHERE site != {site:String}",
        "SELECT 1 FROM events WHERE NOT site = {site:String}",
        f"SELECT 1 FROM events WHERE {NARROW} OR 1",
        f"SELECT 1 FROM events WHERE type = 'a' AND ({NARROW} OR 1)",
        f"SELECT 1 FROM events WHERE if(1, 1, {NARROW})",
        f"SELECT count() FROM events HAVING {NARROW}",
        "SELECT 1, '{site:String}' FROM events",
        f"SELECT 1 FROM (SELECT * FROM events) WHERE {NARROW}",
        f"SELECT 1 FROM events WHERE {NARROW} AND trace_id IN (SELECT trace_id FROM spans)",
        f"SELECT 1 FROM events WHERE {NARROW} AND trace_id IN spans",
        f"SELECT (SELECT max(time) FROM spans) FROM events WHERE {NARROW}",
        f"SELECT 1 FROM events WHERE {NARROW} UNION ALL SELECT 2 FROM spans",
        f"WITH own AS (SELECT * FROM events) SELECT 1 FROM own WHERE {NARROW}",
        f"WITH events AS (SELECT 1 FROM spans WHERE {NARROW}) SELECT 1 FROM events",
        "SELECT 1 FROM events AS e INNER JOIN spans AS s ON s.trace_id = e.trace_id WHERE e.site = {site:String}",
        f"SELECT 1 FROM events INNER JOIN spans USING (trace_id) WHERE {NARROW}",
        f"SELECT 1 FROM events, spans WHERE {NARROW}",
        f"SELECT 1 FROM events WHERE {NARROW} AND dictGet('people', 'turn', 1) = 1",
        f"SELECT {{site:String}} AS site FROM events WHERE {NARROW}",
        "INSERT INTO sessions SELECT 1 FROM events WHERE type = 'a'",
        f"INSERT INTO sessions WITH all AS (SELECT * FROM events) SELECT 1 FROM all WHERE {NARROW}",
        "SELECT 1 FROM default.events WHERE site = {site:String}",
        "SELECT 1 FROM merge('default', '.*') WHERE site = {site:String}",
        "SELECT 1 FROM file('x') WHERE site = {site:String}",
        "SELECT 1 FROM identity_nodes WHERE key = 1",
        "SELECT 1 FROM events WHERE site = {site:String}; SELECT 1 FROM events",
        "ALTER TABLE events DELETE WHERE site = {site:String}",
        "SELECT 1 FROM",
    ],
)
def test_a_statement_that_forgets_its_site_somewhere_is_caught(sql: str) -> None:
    assert faults(sql, OURS)


def test_taking_the_predicate_from_any_place_of_any_statement_is_caught(tables: frozenset[str]) -> None:
    for name, statement in composed().items():
        for place in re.finditer(r"(?<![\w.])(\w+\.)?site = \{site:String\}", statement.sql):
            broken = statement.sql[: place.start()] + "1 = 1" + statement.sql[place.end() :]
            read = re.search(rf"\b(FROM|JOIN)\s+({'|'.join(tables)})\b", statement.sql)
            if read and not _names_a_with_query(statement.sql, place.start()):
                assert faults(broken, tables, frozenset(SITELESS)), (
                    f"{name} without its predicate at {place.start()}"
                )


def _names_a_with_query(sql: str, at: int) -> bool:
    """Whether the SELECT around this place reads a WITH query, in which the predicate only repeats."""
    before = re.findall(r"\bFROM\s+(\w+)", sql[:at])
    return bool(before) and before[-1] in set(re.findall(r"\b(\w+) AS\s+\(", sql))
