"""How many connections a server holds, and how long each may take to say what it wants.

uvicorn limits neither how long a request's head may take to arrive nor how large it grows, and counts no connections by
address; a client that sends a byte now and then would hold one for ever. This is the protocol that closes it: one
sweep a second over all connections, so that a request on its way costs nothing but a few comparisons.
"""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from afterclick.collect.passage.geography import trusted
from afterclick.collect.transport.corked import Corked
from afterclick.collect.transport.party import party
from afterclick.collect.transport.peer import is_trusted
from afterclick.networks import Networks, is_in
from afterclick.settings import Settings

LARGEST_HEAD = 32_768
"""Bytes of a request's line and headers."""
MOST_HEADERS = 128
MOST_PIPELINED = 16
"""Requests that wait on one connection behind the one that is answered."""

_HOST = re.compile(rb"[A-Za-z0-9._~!$&'()*+,;=%:\[\]-]*")
"""RFC 3986's host and port: without a user before it and a path behind it."""
_OVERHEAD = 4  # times its size that a body may take on the line, in chunks and with what follows them
_SWEEP_SECONDS = 1.0
_STALLED_SECONDS = 60.0  # that a client may leave an answer unread
_GRACE_SECONDS = 2.0  # in which the app itself can answer that a body did not arrive
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n"
)
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True)
class Limits:
    """Connections in all and of each address (0: any), seconds for a head and for a body, bytes of a body as sent.
    Addresses of `proxies` are not counted: theirs are everybody's connections.
    """

    most: int
    most_each: int
    head_seconds: float
    body_seconds: float
    body_bytes: int
    proxies: Networks = ()


class Connections:
    """The connections of one server. `closed` counts those that were ended here, by why."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._open: set[_Connection] = set()
        self._each: Counter[str] = Counter()
        self._is_sweeping = False
        self.closed: Counter[str] = Counter()

    @property
    def protocol(self) -> type[asyncio.Protocol]:
        """What uvicorn is given as `http`."""

        class Bound(_Connection):
            all = self

        return Bound

    def enter(self, connection: "_Connection", address: str) -> bool:
        """Count a new connection; False when there are too many."""
        limits, sender = self.limits, party(address)
        counted = bool(address) and not is_in(address, limits.proxies)
        if limits.most and len(self._open) >= limits.most:
            self.closed["too many"] += 1
            return False
        if counted and limits.most_each and self._each[sender] >= limits.most_each:
            self.closed["too many of one address"] += 1
            return False
        self._open.add(connection)
        if counted:
            connection.counted_as = sender
            self._each[sender] += 1
        self._sweep_later()
        return True

    def leave(self, connection: "_Connection") -> None:
        """Count it no more."""
        self._open.discard(connection)
        if connection.counted_as:
            self._each[connection.counted_as] -= 1
            if not self._each[connection.counted_as]:
                del self._each[connection.counted_as]
            connection.counted_as = ""

    def _sweep_later(self) -> None:
        if not self._is_sweeping:
            self._is_sweeping = True
            asyncio.get_running_loop().call_later(_SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        now = asyncio.get_running_loop().time()
        for connection in tuple(self._open):
            if why := connection.overdue(now, self.limits):
                self.closed[why] += 1
                connection.transport.abort()
        self._is_sweeping = False
        if self._open:
            self._sweep_later()


class _Connection(HttpToolsProtocol):
    """One connection: in its head until all headers are there, in its body until that is whole, else being answered."""

    all: Connections
    counted_as = ""
    _is_refused = False
    _is_too_large = False
    _in_head = True
    _in_body = False
    _bytes = 0
    _since = 0.0
    _stalled_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        peer: tuple[object, ...] | str | None = transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) and peer else ""
        if not is_trusted(transport):
            self._is_refused = True
            self.all.closed["another account"] += 1
            transport.abort()
            return
        if not self.all.enter(self, address):
            self._is_refused = True
            transport.write(_BUSY)
            transport.close()
            return
        self._since = self.loop.time()
        super().connection_made(Corked(transport, self.loop))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_refused:
            return
        self.all.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        super().data_received(data)
        if self._in_head or self._in_body:
            self._bytes += len(data)
            if self._in_head and self._bytes > LARGEST_HEAD and not self.transport.is_closing():
                self._end("head too large", _TOO_LARGE)
            elif self._bytes > LARGEST_HEAD + _OVERHEAD * self.all.limits.body_bytes:
                self._end("endless body", b"")

    def on_message_begin(self) -> None:
        self._in_head, self._bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Raises ValueError, which the parser makes a 400 of, for too many headers or too many requests at once."""
        if len(self.headers) > MOST_HEADERS or len(self.pipeline) >= MOST_PIPELINED:
            raise ValueError("more headers or requests than one connection may send at once")
        if len(self.url) + sum([len(name) + len(value) for name, value in self.headers]) > LARGEST_HEAD:
            self._is_too_large = True
            raise ValueError("a head that is too large, in however many pieces it came")
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or (hosts and not _HOST.fullmatch(hosts[0])):
            raise ValueError("a Host that is told twice, or is more than a name and a port")
        self._in_head, self._in_body = False, True
        self._since = self.loop.time()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, or none that is taken."""
        if self._is_too_large:
            self._end("head too large", _TOO_LARGE)
        else:
            super().send_400_response(msg)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_body:  # trailers: nobody reads them, and there is no end to them
            return
        super().on_header(name, value)

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if not self._in_body:
            self._in_head, self._bytes = True, 0
            self._since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        self._stalled_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled_since = 0.0
        super().resume_writing()

    def overdue(self, now: float, limits: Limits) -> str:
        """Why this connection has had its time; empty while it has not."""
        if self._stalled_since and now - self._stalled_since > _STALLED_SECONDS:
            return "answer not read"
        if self._in_body and now - self._since > limits.body_seconds + _GRACE_SECONDS:
            return "slow body"
        if self._in_head and now - self._since > limits.head_seconds:
            return "slow head"
        return ""

    def _end(self, why: str, answer: bytes) -> None:
        self.all.closed[why] += 1
        self.transport.write(answer)
        self.transport.close()


def connections_of(settings: Settings, body_bytes: int) -> Connections:
    """The connections of a server under these settings, which takes bodies of so many bytes, or lets them pass."""
    return Connections(
        Limits(
            settings.connections,
            settings.address_connections,
            settings.head_seconds,
            settings.body_seconds,
            body_bytes,
            trusted(settings.trusted_proxies),
        )
    )
