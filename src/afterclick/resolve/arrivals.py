"""Arrivals at journey steps: the one reading that detection, cause and evidence share."""

from afterclick.impact import Signal
from afterclick.resolve.candidate import SIGNALS, Segment
from afterclick.store.engine.query import Statement, statements

_SQL = statements("afterclick.resolve", "arrivals.sql")


def over_arrivals(file: str) -> dict[str, Statement]:
    """The statements of `file`, each able to read from `arrivals` and `measured`.

    They bind `since` and `until` (UTC ms) too; those that read `measured` also its `step`, `bit` and `measure`.
    """
    return {
        name: Statement(name, f"WITH {_tables(statement.sql)}\n{statement.sql}")
        for name, statement in statements("afterclick.resolve", file).items()
    }


def _tables(sql: str) -> str:
    # A table that is not read must not stand there either: its parameters would have to be bound.
    used = ("arrivals", "measured") if "FROM measured" in sql else ("arrivals",)
    return ",\n".join(f"{name} AS (\n{_SQL[name].sql}\n)" for name in used)


def keys(segment: Segment) -> list[str]:
    """The segment as the "dimension=value" strings that an arrival's `keys` must all hold."""
    return [f"{dimension}={value}" for dimension, value in sorted(segment.items())]


def joined_keys(segments: tuple[Segment, ...]) -> list[str]:
    """Each segment's keys on lines of one string: how a query binds several segments."""
    return ["\n".join(keys(segment)) for segment in segments]


def bit(signal: Signal) -> int:
    """The signal's bit in an arrival's `mask`."""
    return 1 << SIGNALS.index(signal)
