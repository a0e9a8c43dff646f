"""Making, rotating, restricting and revoking write keys."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts import NewKey
from afterclick.errors import AfterclickError, InvalidInput, NotFound
from afterclick.pages.settings.keys.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import Lens, look
from afterclick.web.routing import Routes

Text = Annotated[str, Form()]
Ticked = Annotated[bool, Form()]


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """Posting to the page makes a key, to `/settings/keys/PREFIX/…` changes one."""
    added = Routes()
    ring = desk.keyring

    def draw(request: Request, made: str = "", error: AfterclickError | None = None) -> Response:
        lens = look(desk, request)
        shown = replace(read(desk, lens), made=made, wrong=str(error or ""))
        return drawing.page(request, PAGE, lens, shown, status=error.status if error else 200)

    def changed(request: Request, change: Callable[[Lens], NewKey | None]) -> Response:
        lens = look(desk, request)
        try:
            made = change(lens)
        except (InvalidInput, NotFound) as error:
            return draw(request, error=error)
        return draw(request, made.secret) if made else RedirectResponse(lens.link(PAGE.path), 303)

    @added.post(PAGE.path, needs=PAGE.needs)
    def create(
        request: Request,
        name: Text = "",
        origins: Text = "",
        browsers_only: Ticked = False,
        historical: Ticked = False,
    ) -> Response:
        may = ["historical"] if historical else []
        return changed(
            request,
            lambda lens: ring.create_key(
                lens.viewer, lens.scope.site, name, may, origins.split(), browsers_only
            ),
        )

    @added.post(PAGE.path + "/{prefix}/rotate", needs=PAGE.needs)
    def rotate(request: Request, prefix: str, hours: Annotated[float, Form()] = 24) -> Response:
        return changed(request, lambda lens: ring.rotate_key(lens.viewer, lens.scope.site, prefix, hours))

    @added.post(PAGE.path + "/{prefix}/restrict", needs=PAGE.needs)
    def restrict(
        request: Request, prefix: str, origins: Text = "", browsers_only: Ticked = False
    ) -> Response:
        def change(lens: Lens) -> None:
            ring.restrict_key(lens.viewer, lens.scope.site, prefix, origins.split(), browsers_only)

        return changed(request, change)

    @added.post(PAGE.path + "/{prefix}/revoke", needs=PAGE.needs)
    def revoke(request: Request, prefix: str) -> Response:
        return changed(request, lambda lens: ring.revoke_key(lens.viewer, lens.scope.site, prefix))

    return added
