"""An HTTP client for addresses that somebody typed in: what it may reach, how long and how much is bounded.

A name is resolved once, its addresses are checked, and the connection goes to a checked one, so a name that changes its
mind (DNS rebinding) gains nothing. A redirect is a new connection and is checked anew. Source: OWASP, Server-Side
Request Forgery Prevention Cheat Sheet.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx

from afterclick.errors import InvalidInput, Unavailable
from afterclick.outbound.reach import Reach
from afterclick.outbound.wire import Wire


@dataclass(frozen=True)
class Bounds:
    """What a connection may use: seconds from connecting to the last byte, bytes of answer with its headers, and how
    many redirects a call follows.
    """

    seconds: float = 10.0
    most_bytes: int = 1_048_576
    redirects: int = 3


def client(reach: Reach, bounds: Bounds = Bounds()) -> httpx.Client:
    """A client within the bounds; it reads no proxy and no password from the environment, and keeps no connection.

    Its calls raise Unreachable for an address that may not be reached, Unavailable when nothing answers in time,
    TooLarge for more bytes, InvalidInput for other schemes than http and https; httpx.TooManyRedirects.
    """
    return httpx.Client(
        transport=Transport(Wire(reach, bounds.seconds, bounds.most_bytes)),
        trust_env=False,
        follow_redirects=bounds.redirects > 0,
        max_redirects=bounds.redirects,
        timeout=bounds.seconds,
        headers={"Accept-Encoding": "identity", "User-Agent": "Afterclick"},
    )


class Transport(httpx.BaseTransport):
    """httpx over httpcore over our wire; one connection a request."""

    def __init__(self, wire: Wire) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(), max_keepalive_connections=0, network_backend=wire
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; redirects come here again."""
        if request.url.scheme not in ("http", "https"):
            raise InvalidInput("Only http and https addresses are called.")
        assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101 - this client is not async
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        sent = httpcore.Request(
            request.method,
            url,
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _told(request.url.host):
            answer = self._pool.handle_request(sent)
        if _encoding(answer) not in (b"", b"identity"):
            answer.close()
            raise InvalidInput("The other side compresses its answer although it was asked not to.")
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer, request.url.host),
        )

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """An answer's bytes as they come."""

    def __init__(self, answer: httpcore.Response, host: str) -> None:
        self._answer = answer
        self._host = host

    def __iter__(self) -> Iterator[bytes]:
        with _told(self._host):
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _told(host: str) -> Generator[None]:
    """A failure on the wire as a sentence."""
    try:
        yield
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise Unavailable(f"The call to {host[:200]!r} failed: {error or type(error).__name__}.") from error


def _encoding(answer: httpcore.Response) -> bytes:
    return (
        b",".join(value for name, value in answer.headers if name.lower() == b"content-encoding")
        .strip()
        .lower()
    )
