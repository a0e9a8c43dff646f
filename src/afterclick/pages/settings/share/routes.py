"""Sharing one page by a link: making links, and ending them."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.share_links import Shared
from afterclick.errors import InvalidInput, NotFound
from afterclick.pages.settings.share.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.routing import Routes
from afterclick.web.shared import page_at


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`POST /share` makes a link, `/settings/share/ID/revoke` ends one."""
    added = Routes()
    ring = desk.keyring

    @added.post("/share", needs=PAGE.needs)
    def share(
        request: Request,
        page: Annotated[str, Form()],
        title: Annotated[str, Form()] = "",
        money: Annotated[bool, Form()] = False,
        days: Annotated[int, Form()] = 7,
    ) -> Response:
        lens = look(desk, request)
        shared = Shared(page, title, lens.scope.site, lens.period.since, lens.period.until, money)
        if page_at(drawing.shared, page) is None:
            raise InvalidInput("This page cannot be shared; one that can has a button for it.")
        made = ring.share(lens.viewer, shared, days)
        return RedirectResponse(lens.link(PAGE.path, made=made.id), 303)

    @added.post(PAGE.path + "/{link}/revoke", needs=PAGE.needs)
    def revoke(request: Request, link: str) -> Response:
        lens = look(desk, request)
        site = lens.scope.site
        if not any(one.id == link and lens.owns(one.member) for one in ring.share_links.list(site)):
            raise NotFound("This site has no such share link.")
        ring.unshare(lens.viewer, site, link)
        return RedirectResponse(lens.link(PAGE.path), 303)

    return added
