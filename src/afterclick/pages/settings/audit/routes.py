"""The audit log as files."""

from collections.abc import Callable, Iterator
from dataclasses import asdict

import msgspec
from fastapi import Request
from fastapi.responses import StreamingResponse

from afterclick.accounts.audit import Entry
from afterclick.pages.settings.audit.filter import asked
from afterclick.pages.settings.audit.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.routing import Routes
from afterclick.web.spreadsheet import csv_row

_COLUMNS = ("number", "time", "kind", "who", "name", "action", "target", "site", "detail", "digest")
Written = Callable[[Iterator[Entry]], Iterator[str]]


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """The entries of the page, as `audit.csv` and `audit.ndjson`."""
    added = Routes()
    audit = desk.keyring.audit

    @added.get(PAGE.path + ".csv", needs=PAGE.needs)
    def as_csv(request: Request) -> StreamingResponse:
        return _file(request, "csv", "text/csv; charset=utf-8", _rows)

    @added.get(PAGE.path + ".ndjson", needs=PAGE.needs)
    def as_ndjson(request: Request) -> StreamingResponse:
        return _file(request, "ndjson", "application/x-ndjson", _lines)

    def _file(request: Request, kind: str, media_type: str, written: Written) -> StreamingResponse:
        lens = look(desk, request)
        wanted = asked(desk, lens)
        audit.record(lens.viewer, "audit.export", kind, lens.scope.site if wanted.sites is not None else "")
        headers = {"Content-Disposition": f'attachment; filename="audit.{kind}"'}
        return StreamingResponse(written(audit.every(wanted)), media_type=media_type, headers=headers)

    return added


def _rows(entries: Iterator[Entry]) -> Iterator[str]:
    yield csv_row(_COLUMNS)
    for entry in entries:
        yield csv_row(tuple(asdict(entry).values()))


def _lines(entries: Iterator[Entry]) -> Iterator[str]:
    for entry in entries:
        yield msgspec.json.encode(entry).decode() + "\n"
