"""Changing the site looked at, and beginning another."""

from dataclasses import replace
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts import Site
from afterclick.accounts.policy import Capability
from afterclick.errors import InvalidInput
from afterclick.pages.settings.site.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.routing import Routes

Text = Annotated[str, Form()]


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """Posting to the page changes the site looked at, to `/settings/sites` begins another."""
    added = Routes()
    administration = desk.accounts.administration

    def draw(request: Request, **told: object) -> Response:
        lens = look(desk, request)
        page = replace(read(desk, lens), **told)
        status = InvalidInput.status if page.wrong else 200
        return drawing.page(request, PAGE, lens, page, status=status)

    @added.post(PAGE.path, needs=PAGE.needs)
    def change(
        request: Request, name: Text = "", currency: Text = "", timezone: Text = "", return_hosts: Text = ""
    ) -> Response:
        lens = look(desk, request)
        hosts = tuple(return_hosts.lower().replace(",", " ").split())
        wanted = replace(_typed(lens.scope.site, name, currency, timezone), return_hosts=hosts)
        try:
            administration.change_site(lens.viewer, wanted)
        except InvalidInput as error:
            return draw(request, site=wanted, wrong=str(error))
        return RedirectResponse(lens.link(PAGE.path), 303)

    @added.post("/settings/sites", needs=Capability.MEMBERS)
    def add(
        request: Request, site: Text = "", name: Text = "", currency: Text = "", timezone: Text = ""
    ) -> Response:
        lens = look(desk, request)
        wanted = _typed(site.strip(), name, currency, timezone)
        try:
            administration.add_site(lens.viewer, wanted)
        except InvalidInput as error:
            return draw(request, new=wanted, wrong=str(error))
        return RedirectResponse(lens.link("/connect", site=wanted.id), 303)

    return added


def _typed(site: str, name: str, currency: str, timezone: str) -> Site:
    return Site(site, name.strip(), currency.strip().upper(), timezone.strip())
