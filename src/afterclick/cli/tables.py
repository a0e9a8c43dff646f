"""Answers as tables for a terminal, all times in the site's zone, which stands beside them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from afterclick.api.rows import rows
from afterclick.clock import now_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from afterclick.api.records import KeyData
    from afterclick.cli.checks import Check
    from afterclick.cli.shown import ShownEstimate, ShownProblem, ShownVisit
    from afterclick.stats.interval import Interval

MOST_ROWS = 1000
MOST_STEPS = 8
_STATES = {"good": "[green]good", "attention": "[yellow]attention", "trouble": "[red]trouble"}


def problems(found: Sequence[ShownProblem], zone: str) -> RenderableType:
    """Problems with worth and cause."""
    return Group(*(_problem(one, zone) for one in found)) if found else Text("No problems found.")


def _problem(problem: ShownProblem, zone: str) -> RenderableType:
    who = ", ".join(f"{key} {value}" for key, value in problem.segment.items()) or "everyone"
    return _entry(
        (_moment(problem.onset, zone), problem.service or problem.step, who, problem.signal, problem.status),
        _worth(problem.estimate),
        f"because {problem.cause.sentence}" if problem.cause.sentence else "because unknown",
    )


def visits(found: Sequence[ShownVisit], zone: str) -> RenderableType:
    """Visits: felt, did, paid."""
    return Group(*(_visit(one, zone) for one in found)) if found else Text("No visits yet.")


def _visit(visit: ShownVisit, zone: str) -> RenderableType:
    met = {"slow": visit.slow, "errors": visit.error, "struggle": visit.struggle}
    felt = ", ".join(word for word, is_met in met.items() if is_met) or "fine"
    paid = (
        _money(visit.revenue, visit.currency, exact=True)
        if visit.orders and visit.revenue is not None
        else ""
    )
    return _entry(
        (_moment(visit.started, zone), visit.device_class, visit.country, felt, paid),
        " → ".join(_ends(visit.journey)),
        visit.session_id,
    )


def _ends(journey: Sequence[str]) -> Sequence[str]:
    """The journey, of a long one how it begins and ends."""
    if len(journey) <= MOST_STEPS:
        return journey
    half = MOST_STEPS // 2
    return *journey[:half], f"… {len(journey) - 2 * half} more …", *journey[-half:]


def keys(found: Sequence[KeyData], zone: str) -> RenderableType:
    """Write keys, the secret ones only by how they start, and the public ones also as DSNs for Sentry's SDKs."""
    if not found:
        return Text("No keys yet; make one with `afterclick keys create`.")
    return Group(*(_key(one, zone) for one in found))


def _key(key: KeyData, zone: str) -> RenderableType:
    used = f"last used {_moment(key.used, zone)}" if key.used else "never used"
    return _entry(
        (key.clear or f"{key.prefix}…", key.name, _state(key, now_ms(), zone)),
        f"for {_purpose(key)}",
        f"made {_moment(key.created, zone)}, {used}",
        key.dsn or "",
    )


def _purpose(key: KeyData) -> str:
    senders = "browsers" if key.browsers_only else "browsers and servers"
    origins = f" at {', '.join(sorted(key.origins))}" if key.origins else ""
    return "; ".join((f"{senders}{origins}", *sorted(key.capabilities)))


def _state(key: KeyData, now: int, zone: str) -> str:
    if key.revoked:
        return f"revoked {_moment(key.revoked, zone)}"
    if key.ends is None:
        return "valid"
    return f"{'ends' if now < key.ends else 'ended'} {_moment(key.ends, zone)}"


def arrow(table: pa.Table) -> RenderableType:
    """Any answer, at most MOST_ROWS rows of it."""
    shown = _table(*table.column_names)
    for row in rows(table.slice(0, MOST_ROWS)):
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


def _entry(heads: Sequence[str], *lines: str) -> RenderableType:
    """What is short side by side, and each of the lines, if it is not empty, over the whole width below."""
    told = (Padding(Text(line), (0, 0, 0, 2), expand=False) for line in lines if line)
    return Group(Text("  ".join(head for head in heads if head), style="bold"), *told)


def _worth(estimate: ShownEstimate | None) -> str:
    if estimate is None:
        return "not priced yet"
    if estimate.status != "priced":
        return estimate.status
    orders = _interval(estimate.orders_lost, lambda value: f"{value:,.0f}")
    revenue = _interval(estimate.revenue_lost, lambda value: _money(value, estimate.currency))
    return f"orders lost {orders}, revenue lost {revenue}"


def _interval(interval: Interval | None, worded: Callable[[float], str]) -> str:
    if interval is None:
        return "unknown"
    return f"{worded(interval.value)} ({worded(interval.low)} to {worded(interval.high)})"


def _money(value: float, currency: str, *, exact: bool = False) -> str:
    from afterclick.words import figures  # only who shows money waits for it

    return figures.money(value, currency, exact=exact)


def _moment(ms: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"
