"""The audit log, as a settings page and as files."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from afterclick.accounts.audit import PAGE, Asked, Audit, Entry
from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import InvalidInput
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import Lens, look, own_sites
from afterclick.words.figures import count, moment, stamp

PATH = "/settings/audit"
_COLUMNS = ("number", "time", "kind", "who", "name", "action", "target", "site", "detail", "digest")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 256
Written = Callable[[Iterator[Entry]], Iterator[str]]


@dataclass(frozen=True)
class AuditLine:
    """One entry as listed: `when` is the local time."""

    number: int
    when: str
    name: str
    kind: str
    action: str
    target: str
    site: str
    detail: str


@dataclass(frozen=True)
class AuditPage:
    """The page: entries newest first, the filter as it was asked for, where older ones are ("" for none), and what
    checking the chain found, empty when it was not asked for.
    """

    answer: str
    lines: tuple[AuditLine, ...]
    asked: dict[str, str]
    older: str
    checked: str = ""
    intact: bool = True


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/settings/audit`, and the same entries as `audit.csv` and `audit.ndjson`."""
    router = APIRouter(include_in_schema=False)
    audit = desk.keyring.audit

    @router.get(PATH)
    def page(request: Request) -> HTMLResponse:
        lens = look(desk, request)
        given = _given(request)
        found = audit.read(_asked(desk, lens, given), _before(request), PAGE + 1)
        checked, intact = _checked(audit) if request.query_params.get("check") else ("", True)
        shown = _page(found, given, lens.now, lens.home.timezone)
        shown = replace(shown, checked=checked, intact=intact)
        return pages.draw(request, "settings/audit/page.html", lens, "Audit log", shown, timed=False)

    @router.get(PATH + ".csv")
    def as_csv(request: Request) -> StreamingResponse:
        return _file(request, "csv", "text/csv; charset=utf-8", _rows)

    @router.get(PATH + ".ndjson")
    def as_ndjson(request: Request) -> StreamingResponse:
        return _file(request, "ndjson", "application/x-ndjson", _lines)

    def _file(request: Request, kind: str, media_type: str, written: Written) -> StreamingResponse:
        lens = look(desk, request)
        asked = _asked(desk, lens, _given(request))
        audit.record(lens.viewer, "audit.export", kind, lens.scope.site if asked.sites is not None else "")
        headers = {"Content-Disposition": f'attachment; filename="audit.{kind}"'}
        return StreamingResponse(written(audit.every(asked)), media_type=media_type, headers=headers)

    return router


def _given(request: Request) -> dict[str, str]:
    names = ("who", "action", "target", "of", "since", "until")
    return {name: request.query_params.get(name, "").strip()[:_LONGEST] for name in names}


def _asked(desk: Desk, lens: Lens, given: dict[str, str]) -> Asked:
    """The filter in force: what was given, within the sites whose log the viewer may read."""
    zone, viewer = lens.home.timezone, lens.viewer
    readable = frozenset(site for site in own_sites(desk, viewer) if viewer.may(Capability.AUDIT, site))
    return Asked(
        who=given["who"],
        action=given["action"],
        target=given["target"],
        site=given["of"],
        since=_day(given["since"], zone, 0),
        until=_day(given["until"], zone, 1),
        sites=None if viewer.may(Capability.AUDIT, EVERY_SITE) else readable,
    )


def _day(raw: str, zone: str, later: int) -> int:
    """Where a day begins, or the one after it, UTC ms; 0 for none. Raises InvalidInput for a day that is none."""
    if not raw:
        return 0
    try:
        day = datetime.strptime(raw, "%Y-%m-%d").replace(tzinfo=ZoneInfo(zone)) + timedelta(days=later)
        return round(day.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"{raw[:40]!r} is not a day such as 2026-11-03.") from error


def _before(request: Request) -> int:
    raw = request.query_params.get("before", "")
    if raw and not (raw.isascii() and raw.isdecimal() and len(raw) < 19):
        raise InvalidInput("`before` is the number of an entry.")
    return int(raw or 0)


def _checked(audit: Audit) -> tuple[str, bool]:
    """What walking the chain found, in a sentence, and whether it holds."""
    found = audit.verify()
    if found.broken is not None:
        return (
            f"Entry {found.broken} was changed, removed or put in: the {count(found.rows)} before it hold.",
            False,
        )
    return f"All {count(found.rows)} entries hold. The newest one's digest is {found.digest}.", True


def _page(found: list[Entry], given: dict[str, str], now: int, zone: str) -> AuditPage:
    filtered = {name: value for name, value in given.items() if value}
    lines = tuple(_line(entry, zone) for entry in found[:PAGE])
    older = str(lines[-1].number) if len(found) > PAGE else ""
    if not lines:
        answer = "Nothing fits this filter." if filtered else "Nothing has been done here yet."
    else:
        newest, fits = found[0], " that fits" if filtered else ""
        when = moment(newest.time, now, zone)
        answer = f"The newest entry{fits} is {newest.action}, by {newest.name}, {when}."
    return AuditPage(answer, lines, given, older)


def _line(entry: Entry, zone: str) -> AuditLine:
    return AuditLine(
        entry.number, stamp(entry.time, zone), entry.name, entry.kind, entry.action, entry.target, entry.site,
        entry.detail,
    )  # fmt: skip


def _rows(entries: Iterator[Entry]) -> Iterator[str]:
    """CSV (RFC 4180); a text that a spreadsheet would take for a formula has an apostrophe before it."""
    yield _row(_COLUMNS)
    for entry in entries:
        yield _row(tuple(_harmless(value) for value in asdict(entry).values()))


def _row(values: tuple[object, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _lines(entries: Iterator[Entry]) -> Iterator[str]:
    for entry in entries:
        yield msgspec.json.encode(entry).decode() + "\n"
