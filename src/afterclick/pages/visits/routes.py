"""The visits of the page as a file."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from math import isfinite

from fastapi import Request
from fastapi.responses import StreamingResponse

from afterclick.journeys import VisitRow
from afterclick.pages.visits.page import PAGE
from afterclick.pages.visits.search import search
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.routing import Routes
from afterclick.web.spreadsheet import csv_row
from afterclick.words import figures

MOST = 20_000
"""Visits in one file, the first of their order."""

_COLUMNS = (
    "session_id", "started", "ended", "user_id", "visitor", "country", "campaign", "device_class", "browser", "journey",
    "lcp_ms", "inp_ms", "slow", "error", "struggle", "rating", "orders", "paid",
)  # fmt: skip


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """The visits that match the page's filter, as `visits.csv`: who they are of where the role may see it."""
    added = Routes()

    @added.get(PAGE.path + ".csv", needs=PAGE.needs)
    def as_csv(request: Request) -> StreamingResponse:
        lens = look(desk, request)
        found = search(desk, lens, MOST).visits[:MOST]
        desk.keyring.audit.record(
            lens.viewer, "visits.export", "csv", lens.scope.site, figures.plural(len(found), "visit")
        )
        headers = {"Content-Disposition": 'attachment; filename="visits.csv"'}
        return StreamingResponse(_rows(found), media_type="text/csv; charset=utf-8", headers=headers)

    return added


def _rows(found: Sequence[VisitRow]) -> Iterator[str]:
    yield csv_row(_COLUMNS)
    for one in found:
        yield csv_row((
            one.session_id, _iso(one.started), _iso(one.ended), one.user_id, one.visitor, one.country, one.campaign,
            one.device_class, one.browser, " > ".join(one.journey), one.lcp, one.inp, int(one.slow), int(one.error),
            int(one.struggle), one.stars, one.orders, _paid(one),
        ))  # fmt: skip


def _paid(one: VisitRow) -> str:
    """What refunds leave, by currency; empty for who may see no money."""
    if not isfinite(one.revenue):
        return ""
    return "; ".join(figures.money_in_a_file(money.amount, money.currency) for money in one.paid)


def _iso(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds")
