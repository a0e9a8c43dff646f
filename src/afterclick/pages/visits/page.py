"""Which visits were there, and what did each feel, do and pay?"""

import re

from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.policy import Capability
from afterclick.journeys import countries, left_out, steps
from afterclick.pages.groups import LOOK
from afterclick.pages.visits.context import Options, VisitsPage, visits_page
from afterclick.pages.visits.search import search
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Rail, View

LINES = 50
"""Visits on one page; older ones follow on the next."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def listed(desk: Desk, lens: Lens) -> VisitsPage:
    """The visits through the lens; looking for somebody's stands in the audit log. Blocks."""
    span, found = lens.period, search(desk, lens, LINES)
    options = Options(
        tuple(steps(desk.reader, lens.scope, span.since, span.until)),
        tuple(countries(desk.reader, lens.scope, span.since, span.until)),
    )
    apart = None if found.totals.visits else left_out(desk.reader, lens.scope, span.since, span.until)
    return visits_page(
        found.visits, found.totals, found.wanted, found.order, options, span, LINES, lens.now, apart
    )


def read(desk: Desk, lens: Lens) -> VisitsPage | Response:
    """The visits, or the one whose id was sought. Blocks."""
    sought = lens.asked.get("find", "").strip().lower()
    if _UUID.fullmatch(sought):
        return RedirectResponse(lens.link(f"/visits/{sought}"), 303)
    return listed(desk, lens)


PAGE = Page(
    path="/visits",
    name="Visits",
    needs=Capability.VISITS,
    view=View.PERIOD,
    context=VisitsPage,
    read=read,
    rail=Rail(LOOK, 30, icon="route", key="v"),
)
