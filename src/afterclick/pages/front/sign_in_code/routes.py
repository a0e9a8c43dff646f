"""The second step of signing in: a one-time code."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.errors import TooMany, Unauthorized
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.own_path import own_path
from afterclick.web.sessions import keep, origin_of, token_of

Text = Annotated[str, Form()]


@dataclass(frozen=True)
class CodePage:
    """The page that asks for the second factor."""

    next: str
    wrong: str = ""


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/sign-in/code`."""
    router = APIRouter(include_in_schema=False)
    accounts = desk.accounts

    def form(request: Request, page: CodePage, status: int = 200) -> Response:
        return pages.bare(request, "front/sign_in_code/page.html", "Sign in", page, status=status)

    @router.get("/sign-in/code")
    def page(request: Request, next: str = "/") -> Response:
        return form(request, CodePage(own_path(next)))

    @router.post("/sign-in/code")
    def with_code(request: Request, code: Text = "", next: Text = "/") -> Response:
        try:
            started = accounts.authentication.with_code(token_of(request), code, origin_of(request))
        except (Unauthorized, TooMany) as error:
            return form(request, CodePage(own_path(next), str(error)), error.status)
        return keep(RedirectResponse(own_path(next), 303), request, started)

    return router
