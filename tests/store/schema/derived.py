"""What is made of the records of tables: `python -m tests.store.schema.derived` writes it anew.

The tables of `docs/data.md`, and the snapshot of the schema for a cluster.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import afterclick
from afterclick.measure import BOUND
from afterclick.store.erasure import registry
from afterclick.store.holding import Where
from afterclick.store.schema.catalogue import TABLES
from afterclick.store.schema.cluster import cluster_schema

DATA = Path(__file__).parents[3] / "docs" / "data.md"
SNAPSHOT = Path(__file__).with_name("snapshots") / "cluster.sql"
PARTS: dict[Where, str] = {
    "signals": "The store",
    "control": "The control database",
    "spool": "The spool",
    "visits": "The memory of visits",
    "files": "The data folder",
}
"""The parts of the data map, and their headings."""


def modules() -> Iterator[ModuleType]:
    """All of the product's but the demo's, which only talks to it, and what runs when it is imported."""
    for found in walk_packages(afterclick.__path__, "afterclick."):
        if not re.search(r"__main__|\.demo\.|migrations\.", found.name):
            yield import_module(found.name)


REGISTRY = registry(modules())


def asked() -> str:
    """What may be asked, as it stands in `docs/data.md`."""
    return "".join(f"| `{one.name}` | {one.row} | {one.comes} |\n" for one in TABLES if one.queryable)


def data_map(where: Where) -> str:
    """One part of the data map, as it stands in `docs/data.md`."""
    return "".join(
        f"| `{one.name}` | {one.held.holds or 'none'} | {one.held.why} | {one.held.kept} | {one.held.erased} "
        f"| {'yes' if one.held.in_backups else 'no'} |\n"
        for one in REGISTRY
        if one.where == where
    )


def cluster() -> str:
    """What `afterclick schema --cluster main` prints."""
    return ";\n\n".join(cluster_schema("main", BOUND)) + ";\n"


def under(heading: str, text: str) -> str:
    """The rows of the first table under a heading."""
    found = _rows(heading).search(text)
    assert found, f"there is no table under {heading}"
    return found[2]


def _rows(heading: str) -> re.Pattern[str]:
    return re.compile(rf"(^#+ {heading}\n\|.*\n\|[-|]+\n)((?:\|.*\n)*)", re.MULTILINE)


def _write(file: Path, tables: dict[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for heading, rows in tables.items():
        text = _rows(heading).sub(lambda found, rows=rows: found[1] + rows, text)
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _write(DATA, {"Tables": asked()} | {heading: data_map(where) for where, heading in PARTS.items()})
    SNAPSHOT.write_text(cluster(), encoding="utf-8")
