"""Which visits were there, and what did each feel, do and pay?"""

import re

from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.policy import Capability
from afterclick.journeys import countries, steps, visits
from afterclick.pages.groups import LOOK
from afterclick.pages.visits.context import Options, VisitsPage, visits_page
from afterclick.pages.visits.filter import asked, before
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Rail, View
from afterclick.words import withheld

LINES = 50
"""Visits on one page; older ones follow on the next."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def listed(desk: Desk, lens: Lens) -> VisitsPage:
    """The visits through the lens; looking for somebody's stands in the audit log. Blocks."""
    wanted = withheld.search(asked(lens.asked), lens.scope)
    if wanted.person:
        desk.keyring.audit.record(lens.viewer, "person.view", str(wanted.person), lens.scope.site)
    elif wanted.find:  # what was sought may name somebody, and stays out of the log
        desk.keyring.audit.record(lens.viewer, "visit.search", "", lens.scope.site)
    span = lens.period
    until = before(lens.asked, span.until)
    found = visits(desk.reader, lens.scope, span.since, until, wanted, LINES + 1)
    options = Options(
        tuple(steps(desk.reader, lens.scope, span.since, span.until)),
        tuple(countries(desk.reader, lens.scope, span.since, span.until)),
    )
    return visits_page(withheld.visits(found, lens.scope), wanted, options, span, LINES, lens.now)


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
