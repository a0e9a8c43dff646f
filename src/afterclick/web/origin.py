"""Whom a request comes from, and to which name: another site's page may neither change nor read anything here."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from afterclick.errors import AfterclickError, Forbidden, InvalidInput
from afterclick.web.problem_details import refusal_of

_HOST = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=%:\[\]-]+")
"""A name or an address, and a port: no user before it, no path behind it (RFC 9110, section 7.2)."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnOrigin:
    """ASGI middleware that refuses, before anything else is done, requests for a foreign host and from foreign pages.

    `hosts` are the names that the dashboard answers to besides localhost and plain addresses; "*" is any.
    """

    def __init__(self, app: ASGIApp, hosts: str = "") -> None:
        self._app = app
        self._hosts = frozenset(name.strip().lower() for name in hosts.split(",") if name.strip())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            try:
                to_own_host(headers, self._hosts)
                from_own_page(headers, str(scope["method"]))
            except AfterclickError as error:
                await refusal_of(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def to_own_host(headers: Headers, hosts: frozenset[str]) -> None:
    """Let a request for one of our names pass.

    A page elsewhere can let its own name point to this machine and then read what it is told (DNS rebinding), so a name
    must be one of ours; an address cannot be rebound. Raises InvalidInput for any other Host.
    """
    told = headers.getlist("host")
    given = ", ".join(told)
    name = _name(given) if len(told) == 1 and _HOST.fullmatch(given) else ""
    if (
        ("*" in hosts and (bool(name) or not told))
        or name in hosts
        or name == "localhost"
        or name.endswith(".localhost")
        or _is_address(name)
    ):
        return
    raise InvalidInput(
        f"Afterclick does not know itself as {given[:80]!r}: name it in AFTERCLICK_ALLOWED_HOSTS, or ask for it by"
        " its address."
    )


def from_own_page(headers: Headers, method: str) -> None:
    """Let a request from our own page, from no browser at all, or by a link that somebody followed pass.

    By Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/) and, for what changes something, by Origin: a browser
    sends the one or the other with each request that another site's page can make. Raises Forbidden.
    """
    site = headers.get("sec-fetch-site", "none")
    followed = method in _SAFE and headers.get("sec-fetch-mode") == "navigate"
    if site not in ("none", "same-origin") and not followed:
        raise Forbidden("Another site's page may neither change nor read anything here.")
    origin = headers.get("origin")
    if method not in _SAFE and origin is not None and _netloc(origin) != headers.get("host", "").lower():
        raise Forbidden("Another site's page may not change anything here.")


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _name(host: str) -> str:
    """The name in a Host header, without its port; brackets of IPv6 go too."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
