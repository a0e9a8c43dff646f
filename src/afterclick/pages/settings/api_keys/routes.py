"""Making and revoking API keys."""

from dataclasses import replace
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.policy import Capability
from afterclick.errors import AfterclickError, Forbidden, InvalidInput, NotFound
from afterclick.pages.settings.api_keys.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.routing import Routes


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """Posting to the page makes a key, to `/settings/api-keys/ID/revoke` ends one."""
    added = Routes()
    ring = desk.keyring

    def draw(request: Request, made: str = "", error: AfterclickError | None = None) -> Response:
        lens = look(desk, request)
        shown = replace(read(desk, lens), made=made, wrong=str(error or ""))
        return drawing.page(request, PAGE, lens, shown, status=error.status if error else 200)

    @added.post(PAGE.path, needs=PAGE.needs)
    def create(
        request: Request,
        name: Annotated[str, Form()] = "",
        may: Annotated[list[Capability] | None, Form()] = None,
        days: Annotated[int, Form()] = 90,
    ) -> Response:
        lens = look(desk, request)
        try:
            _, secret = ring.create_api_key(lens.viewer, lens.scope.site, name, may or [], days)
        except (InvalidInput, Forbidden) as error:
            return draw(request, error=error)
        return draw(request, secret)

    @added.post(PAGE.path + "/{key}/revoke", needs=PAGE.needs)
    def revoke(request: Request, key: str) -> Response:
        lens = look(desk, request)
        site = lens.scope.site
        if not any(one.id == key and lens.owns(one.member) for one in ring.api_keys.list(site)):
            raise NotFound("This site has no such API key.")
        ring.revoke_api_key(lens.viewer, site, key)
        return RedirectResponse(lens.link(PAGE.path), 303)

    return added
