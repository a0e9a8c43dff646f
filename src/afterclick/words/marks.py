"""Marks on a time axis: releases, campaigns and notes."""

import msgspec

from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope
from afterclick.words.chart import Mark

_SQL = statements("afterclick.words", "marks.sql")


class _MarkRow(msgspec.Struct, frozen=True):
    time: int
    name: str
    target: str
    release: str
    message: str


def marks(reader: Reader, scope: Scope, since: int, until: int) -> tuple[Mark, ...]:
    """The marks from `since` up to `until` (UTC ms), oldest first, at most 50."""
    rows = reader.rows(scope, _SQL["marks"], _MarkRow, {"since": since, "until": until})
    return tuple(_mark(row) for row in rows)


def _mark(row: _MarkRow) -> Mark:
    if row.name == "release":
        return Mark(row.time, "release", f"{row.target} {row.release}".strip())
    return Mark(row.time, "note", row.message or row.target or row.name)
