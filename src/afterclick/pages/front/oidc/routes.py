"""Signing in by OpenID Connect: to the provider, and back."""

from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.oidc_provider import SignInRefused
from afterclick.accounts.single_sign_on import Answer, SingleSignOn
from afterclick.errors import AfterclickError, NotFound, Unavailable
from afterclick.pages.front.sign_in.context import SignInPage
from afterclick.pages.front.sign_in.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.own_path import own_path
from afterclick.web.provider import BEGIN, DONE, redirect_address
from afterclick.web.routing import Routes
from afterclick.web.sessions import keep, origin_of, token_of

_COOKIE = "afterclick-oidc"
_SECONDS = 600


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`/sign-in/oidc`, which leads to the provider, and `/sign-in/oidc/done`, which it leads back to."""
    added = Routes()
    accounts = desk.accounts

    def single() -> SingleSignOn:
        if accounts.single_sign_on is None:
            raise NotFound("No OpenID Connect provider is set up here; see docs/accounts.md.")
        return accounts.single_sign_on

    def refused(request: Request, error: AfterclickError) -> Response:
        page = SignInPage("/", wrong=str(error), single_sign_on=True)
        return _forgetting(drawing.bare(request, PAGE, page, status=error.status), request)

    @added.get(BEGIN, needs=PAGE.needs)
    def begin(request: Request, next: str = "/") -> Response:
        try:
            address, kept = single().begin(_back(request), own_path(next))
        except (SignInRefused, Unavailable) as error:
            return refused(request, error)
        response = RedirectResponse(address, 303)
        response.set_cookie(
            _name(request), kept, _SECONDS, path="/", secure=_secure(request), httponly=True, samesite="lax"
        )
        return response

    @added.get(DONE, needs=PAGE.needs)
    def done(request: Request, state: str = "", code: str = "", error: str = "", iss: str = "") -> Response:
        kept, origin = request.cookies.get(_name(request), ""), origin_of(request)
        answer = Answer(state[:500], code[:4000], error[:200], iss[:500])
        try:
            member, onward = single().finish(answer, kept, _back(request), origin.address)
        except (SignInRefused, Unavailable) as failed:
            return refused(request, failed)
        accounts.authentication.sign_out(token_of(request))
        started = accounts.authentication.begin(member.id, origin)
        if started.pending:
            onward = f"/sign-in/code?{urlencode({'next': onward})}"
        return _forgetting(keep(RedirectResponse(onward, 303), request, started), request)

    return added


def _back(request: Request) -> str:
    return redirect_address(str(request.base_url).rstrip("/"))


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _name(request: Request) -> str:
    return f"__Host-{_COOKIE}" if _secure(request) else _COOKIE


def _forgetting(response: Response, request: Request) -> Response:
    response.delete_cookie(_name(request), path="/", secure=_secure(request), httponly=True, samesite="lax")
    return response
