"""The second step of signing in: a one-time code."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.errors import TooMany, Unauthorized
from afterclick.pages.front.sign_in_code.context import CodePage
from afterclick.pages.front.sign_in_code.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.own_path import own_path
from afterclick.web.routing import Routes
from afterclick.web.sessions import keep, origin_of, token_of

Text = Annotated[str, Form()]


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`/sign-in/code`."""
    added = Routes()
    accounts = desk.accounts

    def form(request: Request, page: CodePage, status: int = 200) -> Response:
        return drawing.bare(request, PAGE, page, status=status)

    @added.get(PAGE.path, needs=PAGE.needs)
    def page(request: Request, next: str = "/") -> Response:
        return form(request, CodePage(own_path(next)))

    @added.post(PAGE.path, needs=PAGE.needs)
    def with_code(request: Request, code: Text = "", next: Text = "/") -> Response:
        try:
            started = accounts.authentication.with_code(token_of(request), code, origin_of(request))
        except (Unauthorized, TooMany) as error:
            return form(request, CodePage(own_path(next), str(error)), error.status)
        return keep(RedirectResponse(own_path(next), 303), request, started)

    return added
