"""Signing in by OpenID Connect: to the provider, and back."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.oidc_provider import SignInRefused
from afterclick.accounts.single_sign_on import Answer, SingleSignOn
from afterclick.errors import AfterclickError, NotFound, Unavailable
from afterclick.pages.front.sign_in.routes import SignInPage
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.own_path import own_path
from afterclick.web.sessions import keep, origin_of, token_of

PATH = "/sign-in/oidc"
_COOKIE = "afterclick-oidc"
_SECONDS = 600


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/sign-in/oidc`, which leads to the provider, and `/sign-in/oidc/done`, which it leads back to."""
    router = APIRouter(include_in_schema=False)
    accounts = desk.accounts

    def single() -> SingleSignOn:
        if accounts.single_sign_on is None:
            raise NotFound("No OpenID Connect provider is set up here; see docs/accounts.md.")
        return accounts.single_sign_on

    def refused(request: Request, error: AfterclickError) -> Response:
        page = SignInPage("/", wrong=str(error), single_sign_on=True)
        return _forgetting(
            pages.bare(request, "front/sign_in/page.html", "Sign in", page, status=error.status), request
        )

    @router.get(PATH)
    def begin(request: Request, next: str = "/") -> Response:
        try:
            address, kept = single().begin(redirect_address(request), own_path(next))
        except (SignInRefused, Unavailable) as error:
            return refused(request, error)
        response = RedirectResponse(address, 303)
        response.set_cookie(
            _name(request), kept, _SECONDS, path="/", secure=_secure(request), httponly=True, samesite="lax"
        )
        return response

    @router.get(PATH + "/done")
    def done(request: Request, state: str = "", code: str = "", error: str = "", iss: str = "") -> Response:
        kept, origin = request.cookies.get(_name(request), ""), origin_of(request)
        answer = Answer(state[:500], code[:4000], error[:200], iss[:500])
        try:
            member, onward = single().finish(answer, kept, redirect_address(request), origin.address)
        except (SignInRefused, Unavailable) as failed:
            return refused(request, failed)
        accounts.authentication.sign_out(token_of(request))
        started = accounts.authentication.begin(member.id, origin)
        if started.pending:
            onward = f"/sign-in/code?{urlencode({'next': onward})}"
        return _forgetting(keep(RedirectResponse(onward, 303), request, started), request)

    return router


def redirect_address(request: Request) -> str:
    """Where the provider leads back to; it must be registered there as it stands."""
    return f"{str(request.base_url).rstrip('/')}{PATH}/done"


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _name(request: Request) -> str:
    return f"__Host-{_COOKIE}" if _secure(request) else _COOKIE


def _forgetting(response: Response, request: Request) -> Response:
    response.delete_cookie(_name(request), path="/", secure=_secure(request), httponly=True, samesite="lax")
    return response
