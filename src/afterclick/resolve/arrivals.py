"""Arrivals at journey steps: the one reading that detection, cause and evidence share."""

from collections.abc import Mapping

from afterclick.impact import Signal
from afterclick.resolve.candidate import SIGNALS, Segment
from afterclick.store.engine.query import Statement, statements

_SQL = statements("afterclick.resolve", "arrivals.sql")
_SINCE, _UNTIL = "{since:Int64} - 86400000", "{until:Int64} + 86400000"
"""When the visits of arrivals from `since` to `until` began: a clock may be wrong by a day."""


def over_arrivals(file: str, *, of_visits: bool = False) -> dict[str, Statement]:
    """The statements of `file`, each able to read from `arrivals` and `measured`.

    They bind `since` and `until` (UTC ms) too; those that read `measured` also its `step`, `bit` and `measure`; those
    that read only some visits (`of_visits`) `visits_since` and `visits_until`, which those began in.
    """
    bounds = {_SINCE: "{visits_since:Int64}", _UNTIL: "{visits_until:Int64}"} if of_visits else {}
    return {
        name: Statement(name, f"WITH {_tables(statement.sql, bounds)}\n{statement.sql}")
        for name, statement in statements("afterclick.resolve", file).items()
    }


def _tables(sql: str, bounds: Mapping[str, str]) -> str:
    # A table that is not read must not stand there either: its parameters would have to be bound.
    used = ("arrivals", "measured") if "FROM measured" in sql else ("arrivals",)
    texts = {name: _SQL[name].sql for name in used}
    for bound, other in bounds.items():
        texts["arrivals"] = texts["arrivals"].replace(bound, other)
    return ",\n".join(f"{name} AS (\n{text}\n)" for name, text in texts.items())


def keys(segment: Segment) -> list[str]:
    """The segment as the "dimension=value" strings that an arrival's `keys` must all hold."""
    return [f"{dimension}={value}" for dimension, value in sorted(segment.items())]


def joined_keys(segments: tuple[Segment, ...]) -> list[str]:
    """Each segment's keys on lines of one string: how a query binds several segments."""
    return ["\n".join(keys(segment)) for segment in segments]


def bit(signal: Signal) -> int:
    """The signal's bit in an arrival's `mask`."""
    return 1 << SIGNALS.index(signal)
