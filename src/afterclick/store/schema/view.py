"""Views: each stands under its own name in `schema/views/`, and is made anew where its text is not what the engine has.

A file holds one `CREATE [MATERIALIZED] VIEW`. Limits and lists of the catalogue stand in it as `{name:Type}`, lists of
columns as `{name:Columns}`; their values are written in when the view is made. What a view was made from is kept as its
comment in the engine, so that nothing else has to be remembered: a view without its mark, or with another one, is made
anew.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from hashlib import sha256
from importlib import resources

from afterclick.errors import Misconfigured
from afterclick.store.engine.connection import Engine

Value = int | float | Sequence[str]
Bound = Mapping[str, Value]
"""What the views are bound to, by name: see `measure.BOUND`."""

_STATEMENT = re.compile(
    r"(?:--[^\n]*\n)*CREATE (?:MATERIALIZED )?VIEW (?P<name>\w+)(?: TO (?P<target>\w+))? AS\n(?P<select>.+)",
    re.S,
)
_PLACE = re.compile(r"\{(?P<name>\w+):(?P<type>[A-Z][\w()]*)\}")
_SOURCE = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")
_WORD = re.compile(r"[\w-]+")
_COLUMN = re.compile(r"[a-z_]+")
_OURS = "afterclick "


@dataclass(frozen=True)
class View:
    """One view, its values written in. `target` is the table that a materialized one writes to, else empty."""

    name: str
    target: str
    select: str

    @property
    def statement(self) -> str:
        """What makes it where there is none."""
        return self._create("IF NOT EXISTS ", "")

    def marked(self, mark: str, *, exists: bool) -> list[str]:
        """What makes it, or what there is of that name into it; no reader and no insert finds it missing meanwhile."""
        if not self.target:
            return [self._create("", f" COMMENT '{mark}'").replace("CREATE", "CREATE OR REPLACE", 1)]
        if not exists:
            return [self._create("", f" COMMENT '{mark}'")]
        return [
            f"ALTER TABLE {self.name} MODIFY QUERY {self.select}",
            f"ALTER TABLE {self.name} MODIFY COMMENT '{mark}'",
        ]

    def _create(self, condition: str, comment: str) -> str:
        kind, to = ("MATERIALIZED VIEW", f" TO {self.target}") if self.target else ("VIEW", "")
        return f"CREATE {kind} {condition}{self.name}{to}{comment} AS\n{self.select}"


def views(bound: Bound) -> list[View]:
    """The views of `schema/views/`, each after those that it reads.

    Raises Misconfigured when one asks for a value that is not bound, or not of its type.
    """
    found = {view.name: view for view in (_view(text, bound) for text in _files())}
    reads = {name: found.keys() & set(_SOURCE.findall(view.select)) for name, view in found.items()}
    return [found[name] for name in TopologicalSorter(reads).static_order()]


def make_views(engine: Engine, bound: Bound, schema: int) -> None:
    """Make every view that the engine lacks or has of another text; safe to run again after a crash at any point.

    `schema` is the version of the tables: a view keeps the columns that it was made with, so newer tables take newer
    views. Hold inserts back meanwhile: a block must not meet some views of old and some of new.
    """
    there = {row["name"]: row["comment"] for row in engine.rows(_VIEWS, tag="views")}
    marks: dict[str, str] = {}
    for view in views(bound):
        marks[view.name] = _mark(view, marks, schema)
        if there.get(view.name) != marks[view.name]:
            for statement in view.marked(marks[view.name], exists=view.name in there):
                engine.command(statement)
    for name, comment in there.items():
        if (
            comment.startswith(_OURS) and name not in marks
        ):  # of another release, or of a replacement that was killed
            engine.command(f"DROP VIEW IF EXISTS {name} SYNC")


def _files() -> list[str]:
    folder = resources.files("afterclick.store.schema").joinpath("views")
    return [file.read_text(encoding="utf-8") for file in sorted(folder.iterdir(), key=lambda file: file.name)]


def _view(text: str, bound: Bound) -> View:
    found = _STATEMENT.fullmatch(text.strip())
    if not found:
        raise Misconfigured(f"This file of schema/views is not one CREATE VIEW: {text[:80]}")
    name = found["name"]
    select = _PLACE.sub(lambda place: _literal(name, place["name"], place["type"], bound), found["select"])
    return View(name, found["target"] or "", select)


def _literal(view: str, name: str, type: str, bound: Bound) -> str:
    """The value as SQL. What is not a number, or a list of plain words, is never written into a statement."""
    value = bound.get(name)
    if type == "Columns" and isinstance(value, list | tuple) and all(map(_COLUMN.fullmatch, value)):
        return ", ".join(value)
    if type == "Array(String)" and isinstance(value, list | tuple) and all(map(_WORD.fullmatch, value)):
        return str([*value])
    if type == "Float64" and isinstance(value, int | float) and math.isfinite(value):
        return repr(value)
    if type.startswith("UInt") and isinstance(value, int) and value >= 0:
        return repr(value)
    raise Misconfigured(f"The view {view} asks for {name} as {type}, and is given {value!r}.")


def _mark(view: View, marks: Mapping[str, str], schema: int) -> str:
    below = [marks[name] for name in _SOURCE.findall(view.select) if name in marks]
    text = "\n".join([str(schema), view.statement, *below])
    return _OURS + sha256(text.encode()).hexdigest()[:16]


_VIEWS = """
SELECT name, comment FROM system.tables WHERE database = currentDatabase() AND engine IN ('View', 'MaterializedView')
"""
