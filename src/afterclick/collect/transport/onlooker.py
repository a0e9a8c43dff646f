"""Who may read what the collector counts, which names sites and their volumes: this machine itself, or who brings an
API key with the capability `operate` of somebody who has it on every site.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from afterclick.accounts.policy import Capability
from afterclick.accounts.tokens import digest
from afterclick.accounts.viewer import Viewer
from afterclick.collect.passage.gate import Headers
from afterclick.collect.passage.rate_limit import Limiter
from afterclick.collect.transport.party import party
from afterclick.errors import Forbidden, TooMany, Unauthorized, Unavailable

View = Callable[[str], Viewer]
"""Who asks with an API key; raises Unauthorized for one that opens nothing. May block."""

FORWARDED = frozenset(
    {
        b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-proto",
        b"x-forwarded-server", b"x-real-ip", b"x-client-ip", b"true-client-ip", b"cf-connecting-ip", b"cf-ray",
        b"x-envoy-external-address", b"x-request-id",
    }
)  # fmt: skip
"""Headers of which proxies set at least one, unless they are told not to."""

FREE = 10
"""Keys that one address may have looked up at once; after them one a second."""

_REMEMBERED = 1024
_LONGEST = 128
_Found = Literal["may", "may not", "unknown"]


class Onlookers:
    """Holds who reads to it. `memory_seconds` is how long the answer about a key is remembered: so long a revoked one
    may still read.
    """

    def __init__(
        self, view: View, memory_seconds: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._view = view
        self._memory = memory_seconds
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, _Found]] = OrderedDict()
        self._lookups = Limiter(1, clock, whom="address", burst=FREE)
        self._one_by_one = asyncio.Lock()

    async def admit(self, headers: Headers, address: str, from_here: bool) -> None:
        """Let a request pass that comes `from_here`, or whose key may; keys are looked up off the loop, one by one.

        Raises Unauthorized without a key or for one that is unknown, Forbidden for one that may not, TooMany for an
        `address` that has too many looked up, Unavailable when keys cannot be.
        """
        if from_here:
            return
        scheme, _, key = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            raise Unauthorized(
                "From elsewhere than this machine, send an API key that may operate, as `Authorization: Bearer KEY`."
            )
        found = await self._find(key, address) if len(key) <= _LONGEST else "unknown"
        if found == "unknown":
            raise Unauthorized(
                "This API key is unknown, has expired or was revoked; make one under Settings, API keys."
            )
        if found == "may not":
            raise Forbidden(
                "This API key may not see how the installation is doing; let one who operates every site make "
                "one, under Settings, API keys."
            )

    async def _find(self, key: str, address: str) -> _Found:
        known = digest(key)
        until, found = self._known.get(known, (0.0, "unknown"))
        if self._clock() < until:
            return found
        if found != "may":
            self._charge(party(address))
        async with self._one_by_one:
            found = await asyncio.to_thread(self._ask, key, found)
        self._known[known] = (self._clock() + self._memory, found)
        self._known.move_to_end(known)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _charge(self, sender: str) -> None:
        try:
            self._lookups.check(sender)
        except TooMany as error:
            raise TooMany(
                f"Too many API keys were tried from this address; wait {error.retry_after} s.",
                error.retry_after,
            ) from error
        self._lookups.charge(sender, 1)

    def _ask(self, key: str, before: _Found) -> _Found:
        try:
            viewer = self._view(key)
        except Unauthorized:
            return "unknown"
        except SQLAlchemyError as error:
            if before == "may":  # what watches should not go blind with the control database
                return before
            raise Unavailable("API keys cannot be checked just now; ask again in a moment.") from error
        return "may" if viewer.may_everywhere(Capability.OPERATE) else "may not"


def is_from_here(headers: Headers, address: str, version: str) -> bool:
    """Whether a request comes from this machine itself, and not through a proxy, a page or a name that leads here.

    `address` is that of the connection, `version` that of HTTP: a proxy that forwards no header of its own passes the
    Host on, or speaks HTTP/1.0 (nginx, unless told otherwise).
    """
    if b"origin" in headers or version == "1.0" or not FORWARDED.isdisjoint(headers):
        return False
    return _is_loopback(address) and _is_local(headers.get(b"host", b"").decode("latin-1"))


def _is_local(host: str) -> bool:
    if "@" in host or "/" in host or "\\" in host:
        return False
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        number = ip_address(address)
    except ValueError:
        return False
    mapped = number.ipv4_mapped if number.version == 6 else None
    return (mapped or number).is_loopback
