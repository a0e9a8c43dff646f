"""Who may ask for which route: the table of what each needs, and the middleware that holds every request to it.

A route that does not say what it needs keeps the app from starting. An address that no route matches asks for a
sign-in, so that nothing of the app can be felt out from outside.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

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
from afterclick.web.body_limit import BodyLimit
from afterclick.web.desk import Desk
from afterclick.web.lens import chosen_site
from afterclick.web.need import Everywhere, Need, Open, is_met

_log = structlog.get_logger("afterclick.access")


SIGN_IN = "/sign-in"
"""Where whoever is not signed in is led."""

FACTOR = "/settings/account/factor"
"""Where a member is led who still has to take a second factor."""

WITHOUT_FACTOR = frozenset({FACTOR, "/sign-out"})
"""Where a person may go who still has to take a second factor."""

Recognize = Callable[[HTTPConnection], Viewer | None]
"""Who makes this request, None when this way of telling does not know. May block."""


LOCAL = "afterclick.local"
"""In an ASGI scope: the request came through the socket in the data folder, which only its owner can open."""


def is_local(connection: HTTPConnection) -> bool:
    """Whether the request came through the socket in the data folder."""
    return connection.scope.get(LOCAL) is True


def by_socket(connection: HTTPConnection) -> Viewer | None:
    """This machine itself, for who asks through the socket in the data folder."""
    return THIS_MACHINE if is_local(connection) else None


def locally(app: ASGIApp) -> ASGIApp:
    """The app as it is served on that socket."""

    async def asked_locally(scope: Scope, receive: Receive, send: Send) -> None:
        scope[LOCAL] = True
        await app(scope, receive, send)

    return asked_locally


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
    """What each route needs, by method and path template, matched to the addresses of an app's routes; a mounted app
    stands under its own path.
    """

    def __init__(self, routes: Sequence[BaseRoute], needs: Mapping[tuple[str, str], Need]) -> None:
        """Raises Misconfigured for a route that does not say what it needs."""
        self.needs = needs
        self._rows: list[tuple[str, re.Pattern[str], Need]] = []
        for method, path, mounted in listed(routes):
            if (method, path) not in needs:
                raise Misconfigured(
                    f"{method} {path} does not say what it needs; declare it with Routes of web/routing.py."
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

    def methods(self, path: str) -> list[str]:
        """Those that an address takes, HEAD beside GET (RFC 9110 9.3.2)."""
        found = {row for row, pattern, _ in self._rows if pattern.match(path)}
        return sorted(found | ({"HEAD"} if "GET" in found else set()))


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
    if need is Open.HERE and not is_local(connection):
        raise Forbidden("Only the machine itself may do this: use the command line there.")
    if isinstance(need, Everywhere) and not is_met(need, viewer, EVERY_SITE):
        raise Forbidden("This is for administrators of every site; one of them can give you that role.")
    if isinstance(need, Capability):
        site = chosen_site(desk, viewer, connection.query_params)
        if not is_met(need, viewer, site):
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
        app = BodyLimit(refused, self._refuse) if refused else self._app
        await app(scope, receive, send)

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
