"""The System page's context: how the installation itself is doing, in words, and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from afterclick.log import Said
from afterclick.store.engine.latency import Latency
from afterclick.web.vitals import Disk, Run, Vitals
from afterclick.words import outdated
from afterclick.words.figures import ago, count, join, milliseconds, plural, size
from afterclick.words.freshness import worries as late
from afterclick.words.sentence import Sentence, sentence

FEW_DAYS = 14
"""Disk for fewer days than this is worth a sentence."""
LATE_MS = 60_000
"""Rows that wait longer than this are worth one, too."""

_STATEMENTS = 25

State = Literal["good", "attention", "trouble"]


@dataclass(frozen=True)
class Fact:
    """One figure with its unit, and what it means."""

    name: str
    value: str
    note: str


@dataclass(frozen=True)
class StatementLine:
    """One statement of the store: how often it ran, and what half and 95 % of the runs took at most."""

    name: str
    runs: str
    p50: str
    p95: str
    total: str


@dataclass(frozen=True)
class JobLine:
    """One job of the timetable. `error` is the last run's, empty when it did well."""

    name: str
    every: str
    last: str
    took: str
    next: str
    failures: str
    error: str


@dataclass(frozen=True)
class SaidLine:
    """A warning or an error, said `times` times, the last time `ago`."""

    level: str
    event: str
    detail: str
    times: str
    ago: str


@dataclass(frozen=True)
class SystemPage:
    """The page. `steps` are seconds by step of the drain since the start; `more` statements are not listed."""

    answer: Sentence
    state: State
    facts: tuple[Fact, ...]
    folders: tuple[tuple[str, str], ...]
    statements: tuple[StatementLine, ...]
    more: int
    jobs: tuple[JobLine, ...]
    said: tuple[SaidLine, ...]
    versions: tuple[tuple[str, str], ...]


def system_page(vitals: Vitals, now: int) -> SystemPage:
    """Word how the installation is doing at `now` (UTC ms)."""
    state, words = _state(vitals, now)
    return SystemPage(
        answer=sentence(words),
        state=state,
        facts=tuple(_facts(vitals, now)),
        folders=tuple((name, size(taken)) for name, taken in vitals.disk.folders),
        statements=tuple(_statement(one) for one in vitals.latencies[:_STATEMENTS]),
        more=max(len(vitals.latencies) - _STATEMENTS, 0),
        jobs=tuple(_job(run, now) for run in vitals.runs),
        said=tuple(_said(one, now) for one in vitals.said),
        versions=vitals.versions,
    )


def _state(vitals: Vitals, now: int) -> tuple[State, str]:
    if vitals.troubles:
        return "trouble", " ".join(vitals.troubles)
    if worries := list(_worries(vitals, now)):
        return "attention", " ".join(worries)
    return "good", "Everything works: what comes in is stored, jobs run, and the disk has room."


def _worries(vitals: Vitals, now: int) -> Iterator[str]:
    days = vitals.disk.days_left
    if days is not None and days < FEW_DAYS:
        yield (
            f"At the last day's rate the disk is full in {plural(days, 'day')}: make room, or keep events for fewer "
            "days (retention_days)."
        )
    if vitals.waiting.lag_ms > LATE_MS:
        yield f"Rows wait {milliseconds(vitals.waiting.lag_ms)} before they are stored."
    if vitals.waiting.set_aside:
        yield (
            f"{plural(vitals.waiting.set_aside, 'row')} were set aside since the start: `afterclick doctor` says why."
        )
    yield from late(vitals.freshness, now)
    if failing := [run.name for run in vitals.runs if run.error]:
        yield f"The last run of {join(failing)} failed; the table of jobs says why."


def _facts(vitals: Vitals, now: int) -> Iterator[Fact]:
    waiting = vitals.waiting
    yield Fact("Waiting", plural(waiting.rows, "row"), f"in the spool, {size(waiting.bytes)} on disk")
    fresh = milliseconds(waiting.lag_ms) if waiting.rows else "nothing waits"
    last = (
        f"last stored {ago(waiting.last_drained, now)}"
        if waiting.last_drained
        else "nothing stored since the start"
    )
    yield Fact("Oldest waiting", fresh, last)
    yield Fact("Stored", plural(waiting.drained, "row"), f"since the start, {ago(vitals.started, now)}")
    if vitals.outdated:
        yield Fact("Older visits", outdated.to_go(vitals.outdated), outdated.explained(vitals.outdated, now))
    yield Fact("Disk left", _days(vitals.disk), f"{size(vitals.disk.free)} free; {_rate(vitals.disk)}")


def _days(disk: Disk) -> str:
    days = disk.days_left
    if days is None:
        return "unknown"
    return "over 10 years" if days > 3650 else plural(days, "day")


def _rate(disk: Disk) -> str:
    if not disk.day_rows:
        return "no rows came in within the last 24 hours to reckon by"
    return (
        f"{count(disk.day_rows)} rows in the last 24 hours, {size(disk.row_bytes)} a row; "
        "what retention deletes is not counted"
    )


def _statement(one: Latency) -> StatementLine:
    return StatementLine(
        name=one.name.replace("_", " "),
        runs=count(one.count),
        p50=milliseconds(one.p50 * 1000),
        p95=milliseconds(one.p95 * 1000),
        total=milliseconds(one.seconds * 1000),
    )


def _job(run: Run, now: int) -> JobLine:
    return JobLine(
        name=run.name,
        every=milliseconds(run.every * 1000),
        last=ago(run.started, now) if run.started else "not yet",
        took=milliseconds(run.last_ms) if run.last_ms is not None else "",
        next=_until(run.next, now),
        failures=f"{count(run.failures)} of {count(run.runs)}",
        error=run.error,
    )


def _until(next: int | None, now: int) -> str:
    if next is None:
        return "unknown"
    return f"in {milliseconds(max(next - now, 0))}"


def _said(one: Said, now: int) -> SaidLine:
    return SaidLine(one.level, one.event, one.detail, count(one.times), ago(one.last, now))
