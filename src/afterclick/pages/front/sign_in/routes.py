"""Signing in and out."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.viewer import NOBODY
from afterclick.errors import TooMany, Unauthorized
from afterclick.pages.front.sign_in.context import SignInPage
from afterclick.pages.front.sign_in.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.own_path import own_path
from afterclick.web.routing import Routes
from afterclick.web.sessions import drop, keep, origin_of, token_of

Text = Annotated[str, Form()]


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`/sign-in` and `POST /sign-out`."""
    added = Routes()
    accounts = desk.accounts

    def form(request: Request, page: SignInPage, status: int = 200) -> Response:
        page = replace(page, single_sign_on=accounts.single_sign_on is not None)
        return drawing.bare(request, PAGE, page, status=status)

    @added.get(PAGE.path, needs=PAGE.needs)
    def page(request: Request, next: str = "/") -> Response:
        if request.state.viewer is not NOBODY:
            return RedirectResponse(own_path(next), 303)
        if accounts.set_up.is_open():
            return RedirectResponse("/set-up", 303)
        return form(request, SignInPage(own_path(next)))

    @added.post(PAGE.path, needs=PAGE.needs)
    def sign_in(request: Request, email: Text = "", password: Text = "", next: Text = "/") -> Response:
        try:
            started = accounts.authentication.sign_in(email, password, origin_of(request))
        except (Unauthorized, TooMany) as error:
            return form(request, SignInPage(own_path(next), email[:254], str(error)), error.status)
        accounts.authentication.sign_out(token_of(request))
        onward = f"/sign-in/code?{urlencode({'next': own_path(next)})}" if started.pending else own_path(next)
        return keep(RedirectResponse(onward, 303), request, started)

    @added.post("/sign-out", needs=PAGE.needs)
    def sign_out(request: Request) -> Response:
        accounts.authentication.sign_out(token_of(request))
        return drop(RedirectResponse("/sign-in", 303), request)

    return added
