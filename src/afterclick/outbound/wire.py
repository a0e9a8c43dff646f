"""The wire under a call: connects only to checked addresses, and ends when its bytes or seconds are used up."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

import httpcore

from afterclick.errors import TooLarge, Unavailable
from afterclick.outbound.reach import Reach


@dataclass
class Budget:
    """What one connection may still use: `ends` on the monotonic clock, and `left` bytes to read."""

    ends: float
    left: int

    def seconds(self, wanted: float | None) -> float:
        """How long the next operation may take. Raises Unavailable when the time is used up."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise Unavailable("The other side answers too slowly.")
        return left if wanted is None else min(wanted, left)

    def take(self, read: bytes) -> bytes:
        """The bytes that were read. Raises TooLarge when they are more than may be."""
        self.left -= len(read)
        if self.left < 0:
            raise TooLarge("The other side answers with more than is taken.")
        return read


class Wire(httpcore.NetworkBackend):
    """Opens connections for httpcore within `reach`, each for at most `seconds` and `most_bytes` of answer."""

    def __init__(self, reach: Reach, seconds: float, most_bytes: int) -> None:
        self._reach = reach
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host that answers, of those that may be reached."""
        budget = Budget(time.monotonic() + self._seconds, self._most_bytes)
        failed: httpcore.NetworkError | httpcore.TimeoutException | None = None
        for address in self._reach.addresses(host, port):
            try:
                opened = self._plain.connect_tcp(
                    address, port, budget.seconds(timeout), local_address, socket_options
                )
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                failed = error
            else:
                return _Stream(opened, budget)
        raise Unavailable(f"Nothing answers at {host[:200]!r}.") from failed

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Never: a URL does not lead to a socket of this machine."""
        raise Unavailable("Calls go to hosts only.")


class _Stream(httpcore.NetworkStream):
    """A connection within its budget."""

    def __init__(self, inner: httpcore.NetworkStream, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._budget.take(self._inner.read(max_bytes, self._budget.seconds(timeout)))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._budget.seconds(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        opened = self._inner.start_tls(ssl_context, server_hostname, self._budget.seconds(timeout))
        return _Stream(opened, self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
