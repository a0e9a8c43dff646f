"""Answers as tables for a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from afterclick.clock import now_ms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from afterclick.accounts import Key
    from afterclick.cli.checks import Check
    from afterclick.impact import Estimate, Interval
    from afterclick.journeys import VisitRow
    from afterclick.resolve import Problem
    from afterclick.settings import Settings

MOST_ROWS = 1000
_STATES = {"good": "[green]good", "attention": "[yellow]attention", "trouble": "[red]trouble"}


def problems(found: Sequence[Problem]) -> RenderableType:
    """Problems with worth and cause."""
    if not found:
        return Text("No problems found.")
    table = _table("since (UTC)", "where", "who", "what", "orders lost", "revenue lost", "because", "state")
    for problem in found:
        table.add_row(
            _moment(problem.onset),
            problem.step,
            ", ".join(f"{key} {value}" for key, value in problem.segment.items()) or "everyone",
            problem.signal,
            *_worth(problem.estimate),
            Text(problem.cause.sentence or "unknown"),
            problem.status,
        )
    return table


def visits(found: Sequence[VisitRow]) -> RenderableType:
    """Visits: felt, did, paid."""
    if not found:
        return Text("No visits yet.")
    table = _table("started (UTC)", "device", "country", "felt", "did", "paid", "visit")
    for visit in found:
        met = {"slow": visit.slow, "errors": visit.error, "struggle": visit.struggle}
        table.add_row(
            _moment(visit.started),
            visit.device_class,
            visit.country,
            ", ".join(word for word, felt in met.items() if felt) or "fine",
            " → ".join(visit.journey),
            f"{visit.revenue:,.2f} {visit.currency}" if visit.orders else "",
            visit.session_id,
        )
    return table


def keys(found: Sequence[Key], settings: Settings) -> RenderableType:
    """Write keys, the secret ones only by how they start, and the public ones also as DSNs for Sentry's SDKs."""
    table = _table("key", "name", "for", "made (UTC)", "last used (UTC)", "state", "as a Sentry DSN")
    for key in found:
        shown = key.clear or f"{key.prefix}…"
        table.add_row(
            shown,
            Text(key.name),
            Text(_purpose(key)),
            _moment(key.created),
            _moment(key.used) if key.used else "never",
            _state(key, now_ms()),
            key_dsn(key, settings) or "",
        )
    return table


def _purpose(key: Key) -> str:
    senders = "browsers" if key.browsers_only else "browsers and servers"
    origins = f" at {', '.join(sorted(key.origins))}" if key.origins else ""
    return "; ".join((f"{senders}{origins}", *sorted(key.capabilities)))


def _state(key: Key, now: int) -> str:
    if key.revoked:
        return f"revoked {_moment(key.revoked)}"
    if key.ends is None:
        return "valid"
    return f"{'ends' if now < key.ends else 'ended'} {_moment(key.ends)}"


def key_dsn(key: Key, settings: Settings) -> str | None:
    """The DSN of a valid public key."""
    from afterclick.accounts import dsn

    if key.clear is None or not key.is_valid(now_ms()):
        return None
    return dsn(key.clear, settings.collector_host, settings.collector_port)


def arrow(table: pa.Table) -> RenderableType:
    """Any answer, at most MOST_ROWS rows of it."""
    shown = _table(*table.column_names)
    for row in table.slice(0, MOST_ROWS).to_pylist():
        shown.add_row(*(Text(str(cell)) for cell in row.values()))
    more = table.num_rows - MOST_ROWS
    return Group(shown, Text(f"… and {more:,} rows more; use LIMIT or --json.")) if more > 0 else shown


def checks(found: Sequence[Check]) -> RenderableType:
    """Findings of the doctor."""
    table = _table("what", "state", "finding")
    for check in found:
        table.add_row(check.name, _STATES[check.state], Text(check.finding))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _worth(estimate: Estimate | None) -> tuple[str, str]:
    if estimate is None:
        return "not priced yet", ""
    if estimate.status != "priced":
        return estimate.status, ""
    return _interval(estimate.orders_lost, ""), _interval(estimate.revenue_lost, f" {estimate.currency}")


def _interval(interval: Interval | None, unit: str) -> str:
    if interval is None:
        return "unknown"
    return f"{interval.value:,.0f}{unit} ({interval.low:,.0f} to {interval.high:,.0f})"


def _moment(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M}"
