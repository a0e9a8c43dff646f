"""The session cookie: how a browser keeps its token, and who it says is asking."""

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import Response
from starlette.requests import HTTPConnection

from afterclick.accounts.accounts import Accounts
from afterclick.accounts.authentication import Origin, Started
from afterclick.accounts.signins import SignIn
from afterclick.accounts.viewer import Viewer
from afterclick.errors import Forbidden, NotFound

_SESSION = "afterclick"
_DEVICE = "afterclick-device"
_DEVICE_S = 365 * 86_400


def _name(connection: HTTPConnection, plain: str = _SESSION) -> str:
    """A browser takes a cookie named so only over https, for this host and all paths (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{plain}" if connection.url.scheme == "https" else plain


def token_of(connection: HTTPConnection) -> str:
    """The session token that the browser sends, empty for none."""
    return connection.cookies.get(_name(connection), "")


def keep(response: Response, request: Request, started: Started) -> Response:
    """`response`, by which the browser keeps the session's token until it is closed or the session ends, and for a year
    what it is recognised by when it signs in again.
    """
    secure = request.url.scheme == "https"
    response.set_cookie(_name(request), started.token, path="/", secure=secure, httponly=True, samesite="lax")
    if started.device:
        response.set_cookie(
            _name(request, _DEVICE), started.device, _DEVICE_S, path="/", secure=secure, httponly=True,
            samesite="strict",
        )  # fmt: skip
    return response


def drop(response: Response, request: Request) -> Response:
    """`response`, by which the browser forgets the token and what it kept of our pages."""
    response.delete_cookie(
        _name(request), path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax"
    )
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def origin_of(request: Request) -> Origin:
    """Where a request comes from."""
    return Origin(
        request.client.host if request.client else "",
        request.headers.get("user-agent", ""),
        request.cookies.get(_name(request, _DEVICE), ""),
    )


def by_session(accounts: Accounts) -> Callable[[HTTPConnection], Viewer | None]:
    """A way of telling who asks: by the session cookie. Blocks."""

    def recognize(connection: HTTPConnection) -> Viewer | None:
        token = token_of(connection)
        found = accounts.sign_ins.find(token) if token else None
        if found is None or found.pending:
            return None
        try:
            return accounts.members.get(found.member).viewer
        except NotFound:
            return None

    return recognize


def session_of(accounts: Accounts, request: Request) -> SignIn:
    """The session of the member who asks; raises Forbidden for whoever asks another way. Blocks."""
    found = accounts.sign_ins.find(token_of(request))
    if found is None or found.pending or request.state.viewer.id != found.member:
        raise Forbidden("Only a member who has signed in has an account here.")
    return found
