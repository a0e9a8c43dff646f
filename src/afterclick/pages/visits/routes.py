"""Visits, as a page and as JSON."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.errors import InvalidInput
from afterclick.journeys import FELT, Filter, countries, steps, visits
from afterclick.pages.visits.context import Options, VisitsPage, visits_page
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages, json
from afterclick.web.lens import Lens, look
from afterclick.words import withheld

PAGE = 50
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST = 200


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`GET /visits` and `GET /api/visits`."""
    router = APIRouter()

    def listed(lens: Lens, request: Request) -> VisitsPage:
        wanted = withheld.search(asked(request), lens.scope)
        if wanted.person:
            desk.keyring.audit.record(lens.viewer, "person.view", str(wanted.person), lens.scope.site)
        elif wanted.find:  # what was sought may name somebody, and stays out of the log
            desk.keyring.audit.record(lens.viewer, "visit.search", "", lens.scope.site)
        span = lens.period
        until = before(request, span.until)
        found = visits(desk.reader, lens.scope, span.since, until, wanted, PAGE + 1)
        options = Options(
            tuple(steps(desk.reader, lens.scope, span.since, span.until)),
            tuple(countries(desk.reader, lens.scope, span.since, span.until)),
        )
        return visits_page(withheld.visits(found, lens.scope), wanted, options, span, PAGE, lens.now)

    @router.get("/visits", include_in_schema=False)
    def page(request: Request) -> Response:
        lens = look(desk, request)
        sought = request.query_params.get("find", "").strip().lower()
        if _UUID.fullmatch(sought):
            return RedirectResponse(lens.link(f"/visits/{sought}"), 303)
        return pages.draw(request, "visits/page.html", lens, "Visits", listed(lens, request))

    @router.get("/api/visits")
    def api(request: Request) -> Response:
        return json(listed(look(desk, request), request))

    return router


def asked(request: Request) -> Filter:
    """The filter that a URL names.

    Raises InvalidInput for a `felt`, `paid` or `person` that is none.
    """
    query = {name: value.strip()[:_LONGEST] for name, value in request.query_params.items()}
    wanted = Filter(
        query.get("step", ""), query.get("device", ""), query.get("country", ""),
        query.get("felt", ""), query.get("paid", ""), query.get("find", ""), _person(query.get("person", "")),
    )  # fmt: skip
    if wanted.felt not in ("", *FELT):
        raise InvalidInput(f"Visits can be filtered by felt = {', '.join(FELT)}.")
    if wanted.paid not in ("", "yes", "no"):
        raise InvalidInput("Visits can be filtered by paid = yes or no.")
    return wanted


def _person(raw: str) -> int:
    if not raw:
        return 0
    if not raw.isdecimal() or not raw.isascii() or int(raw) >= 2**32:
        raise InvalidInput("`person` is the number that a visit's page links to.")
    return int(raw)


def before(request: Request, until: int) -> int:
    """Where an older page of visits ends (UTC ms).

    Raises InvalidInput when `before` is not a number.
    """
    raw = request.query_params.get("before", "")
    if not raw:
        return until
    if not raw.isdecimal() or len(raw) > 15:
        raise InvalidInput("`before` is a time in ms since 1970.")
    return min(int(raw), until)
