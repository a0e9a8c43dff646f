"""Who may ask for which route: one table, and the middleware that holds every request to it.

A route without an entry keeps the app from starting. An address that no route matches asks for a sign-in, so that
nothing of the app can be felt out from outside.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

import structlog
from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import EVERY_SITE, NOBODY, THIS_MACHINE, Viewer
from afterclick.errors import AfterclickError, Forbidden, Misconfigured, Unauthorized
from afterclick.web.desk import Desk
from afterclick.web.lens import chosen_site

_log = structlog.get_logger("afterclick.access")


class Open(StrEnum):
    """A route that asks for no capability."""

    ANYONE = "anyone"
    """Also who has not signed in."""
    SIGNED_IN = "signed in"
    """Whoever is known, with whatever role."""


@dataclass(frozen=True)
class Everywhere:
    """A route about the installation itself: asks for a capability that is held on every site, also on later ones."""

    capability: Capability

    def __str__(self) -> str:
        return f"{self.capability} on every site"


Need = Capability | Open | Everywhere

NEEDS: Mapping[tuple[str, str], Need] = MappingProxyType(
    {
        ("GET", "/"): Capability.VIEW,
        ("GET", "/api/overview"): Capability.VIEW,
        ("GET", "/problems"): Capability.VIEW,
        ("GET", "/problems/{problem_id}"): Capability.VIEW,
        ("GET", "/problems/{problem_id}/evidence"): Capability.VIEW,
        ("GET", "/api/problems"): Capability.VIEW,
        ("GET", "/api/problems/{problem_id}"): Capability.VIEW,
        ("GET", "/api/problems/{problem_id}/evidence"): Capability.VIEW,
        ("GET", "/visits"): Capability.VISITS,
        ("GET", "/visits/{visit_id}"): Capability.VISITS,
        ("GET", "/api/visits"): Capability.VISITS,
        ("GET", "/api/visits/{visit_id}"): Capability.VISITS,
        ("GET", "/quality"): Capability.VIEW,
        ("GET", "/api/quality"): Capability.VIEW,
        ("GET", "/connect"): Capability.CONNECT,
        ("GET", "/api/connect"): Capability.CONNECT,
        ("GET", "/definitions"): Capability.VIEW,
        ("POST", "/api/marks"): Capability.MARK,
        ("GET", "/live"): Capability.VIEW,
        ("GET", "/sign-in"): Open.ANYONE,
        ("POST", "/sign-in"): Open.ANYONE,
        ("GET", "/sign-in/code"): Open.ANYONE,
        ("POST", "/sign-in/code"): Open.ANYONE,
        ("GET", "/sign-in/oidc"): Open.ANYONE,
        ("GET", "/sign-in/oidc/done"): Open.ANYONE,
        ("POST", "/sign-out"): Open.ANYONE,
        ("GET", "/set-up"): Open.ANYONE,
        ("POST", "/set-up"): Open.ANYONE,
        ("GET", "/invitation"): Open.ANYONE,
        ("POST", "/invitation"): Open.ANYONE,
        ("POST", "/strength"): Open.ANYONE,
        ("GET", "/settings/privacy"): Capability.PRIVACY,
        ("POST", "/settings/privacy"): Capability.PRIVACY,
        ("POST", "/settings/privacy/export"): Capability.PRIVACY,
        ("POST", "/settings/privacy/erase"): Capability.PRIVACY,
        ("POST", "/settings/privacy/allow"): Capability.PRIVACY,
        ("POST", "/settings/privacy/rules"): Capability.SITE,
        ("GET", "/settings"): Open.SIGNED_IN,
        ("GET", "/settings/system"): Capability.OPERATE,
        ("GET", "/settings/installation"): Everywhere(Capability.SITE),
        ("POST", "/settings/installation"): Everywhere(Capability.SITE),
        ("GET", "/api/system"): Capability.OPERATE,
        ("GET", "/healthz"): Open.ANYONE,
        ("GET", "/readyz"): Open.ANYONE,
        ("GET", "/metrics"): Capability.OPERATE,
        ("GET", "/settings/account"): Open.SIGNED_IN,
        ("POST", "/settings/account/password"): Open.SIGNED_IN,
        ("POST", "/settings/account/sessions/{session}/end"): Open.SIGNED_IN,
        ("POST", "/settings/account/sessions/end-others"): Open.SIGNED_IN,
        ("GET", "/settings/account/factor"): Open.SIGNED_IN,
        ("POST", "/settings/account/factor"): Open.SIGNED_IN,
        ("POST", "/settings/account/factor/codes"): Open.SIGNED_IN,
        ("POST", "/settings/account/factor/off"): Open.SIGNED_IN,
        ("GET", "/settings/people"): Capability.MEMBERS,
        ("POST", "/settings/people"): Capability.MEMBERS,
        ("POST", "/settings/people/{person}/role"): Capability.MEMBERS,
        ("POST", "/settings/people/{person}/reset"): Capability.MEMBERS,
        ("POST", "/settings/people/{person}/forget-factor"): Capability.MEMBERS,
        ("POST", "/settings/people/{person}/remove"): Capability.MEMBERS,
        ("POST", "/settings/people/invitations/{invitation}/withdraw"): Capability.MEMBERS,
        ("GET", "/settings/site"): Capability.SITE,
        ("POST", "/settings/site"): Capability.SITE,
        ("POST", "/settings/sites"): Capability.MEMBERS,
        ("GET", "/settings/keys"): Capability.SITE,
        ("POST", "/settings/keys"): Capability.SITE,
        ("POST", "/settings/keys/{prefix}/rotate"): Capability.SITE,
        ("POST", "/settings/keys/{prefix}/restrict"): Capability.SITE,
        ("POST", "/settings/keys/{prefix}/revoke"): Capability.SITE,
        ("GET", "/settings/api-keys"): Capability.VIEW,
        ("POST", "/settings/api-keys"): Capability.VIEW,
        ("POST", "/settings/api-keys/{key}/revoke"): Capability.VIEW,
        ("GET", "/settings/audit"): Capability.AUDIT,
        ("GET", "/settings/audit.csv"): Capability.AUDIT,
        ("GET", "/settings/audit.ndjson"): Capability.AUDIT,
        ("POST", "/share"): Capability.VIEW,
        ("GET", "/settings/share"): Capability.VIEW,
        ("POST", "/settings/share/{link}/revoke"): Capability.VIEW,
        ("GET", "/shared/{token}"): Open.ANYONE,
        ("GET", "/shared/{token}/evidence"): Open.ANYONE,
        ("GET", "/static"): Open.ANYONE,
        ("GET", "/api/openapi.json"): Open.SIGNED_IN,
    }
)
"""What each route needs, by method and path template; a mounted app stands under its own path."""

WITHOUT_FACTOR = frozenset({"/settings/account/factor", "/sign-out"})
"""Where a person may go who still has to take a second factor."""

Recognize = Callable[[HTTPConnection], Viewer | None]
"""Who makes this request, None when this way of telling does not know. May block."""


def this_machine(connection: HTTPConnection) -> Viewer:
    """Whoever asks, as this machine itself: for an app that listens on loopback only."""
    return THIS_MACHINE


def recognized(desk: Desk, connection: HTTPConnection) -> Viewer:
    """Who asks: the answer of the first of the desk's ways of telling that knows, else NOBODY. Blocks."""
    for way in desk.recognize:
        if (viewer := way(connection)) is not None:
            return viewer
    return NOBODY


def listed(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str, bool]]:
    """Method, path template and whether it is a mounted app, of each route in the order in which they are tried."""
    for route in iter_route_contexts(routes):
        mounted = isinstance(route.original_route, Mount)
        methods = {"GET"} if mounted else (route.methods or set()) - {"HEAD"}
        for method in sorted(methods):
            yield method, route.path or "/", mounted


class Table:
    """NEEDS, matched to the addresses of an app's routes."""

    def __init__(self, routes: Sequence[BaseRoute], needs: Mapping[tuple[str, str], Need]) -> None:
        """Raises Misconfigured for a route that has no entry."""
        self._rows: list[tuple[str, re.Pattern[str], Need]] = []
        for method, path, mounted in listed(routes):
            if (method, path) not in needs:
                raise Misconfigured(
                    f"{method} {path} has no entry in the table of needs; add one to web/access.py."
                )
            pattern = compile_path(f"{path}/{{rest:path}}" if mounted else path)[0]
            self._rows.append((method, pattern, needs[method, path]))

    def need(self, method: str, path: str) -> Need:
        """What a request needs; SIGNED_IN for one that no route answers."""
        asked = "GET" if method == "HEAD" else method
        for row, pattern, need in self._rows:
            if row == asked and pattern.match(path):
                return need
        return Open.SIGNED_IN


class FactorOwed(Forbidden):
    """A second factor has to be taken before anything opens."""


def admit(desk: Desk, need: Need, connection: HTTPConnection) -> None:
    """Hold `connection.state.viewer` to the need. Blocks.

    Raises Unauthorized when nobody is signed in, NotFound for a site on which the viewer has no role, Forbidden
    when the role brings no such capability.
    """
    viewer: Viewer = connection.state.viewer
    if need is Open.ANYONE:
        return
    if viewer is NOBODY:
        raise Unauthorized("Sign in first.")
    if isinstance(need, Everywhere) and not viewer.may(need.capability, EVERY_SITE):
        raise Forbidden("This is for administrators of every site; one of them can give you that role.")
    if isinstance(need, Capability):
        site = chosen_site(desk, viewer, connection.query_params)
        if not viewer.may(need, site):
            raise Forbidden("Your role on this site does not include this; an administrator can change it.")


class Access:
    """ASGI middleware: says who asks in `request.state.viewer`, and lets pass what the table allows them.

    `refuse` draws an error as the app draws its own.
    """

    def __init__(
        self, app: ASGIApp, desk: Desk, table: Table, refuse: Callable[[Request, AfterclickError], Response]
    ) -> None:
        self._app = app
        self._desk = desk
        self._table = table
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", ""))) or "/"
        request = Request(scope, receive)
        request.state.viewer = NOBODY
        refused = None if path.startswith("/static/") else await run_in_threadpool(self._hold, request, path)
        await (refused or self._app)(scope, receive, send)

    def _hold(self, request: Request, path: str) -> Response | None:
        need = self._table.need(request.method, path)
        try:
            request.state.viewer = recognized(self._desk, request)
            admit(self._desk, need, request)
            if need is not Open.ANYONE and path not in WITHOUT_FACTOR:
                self._ask_for_factor(request.state.viewer)
        except AfterclickError as error:
            viewer: Viewer = request.state.viewer
            if viewer is not NOBODY:
                reason = str(error)
                _log.warning(
                    "refused", viewer=viewer.id, method=request.method, path=path[:200], reason=reason
                )
            return self._refuse(request, error)
        return None

    def _ask_for_factor(self, viewer: Viewer) -> None:
        if self._desk.accounts.authentication.owes_factor(viewer):
            raise FactorOwed("Take a second factor first: this installation requires one.")
