"""The load generator: raw HTTP/1.1 over asyncio sockets, in a process of its own, so that it is not measured too.

    python -m benchmarks.load PORT PATH CONNECTIONS SECONDS RATE MEDIA_TYPE < BODY

Where BODY has `@@@@@@@@`, each request has a number of its own in hex, so that no event counts as sent twice; where it
has `"@@@@@now@@@"`, the time in ms; where `@@time@@@@@@@`, the time as a UUIDv7 begins with it.
RATE in requests a second over all connections, 0 for as many as are answered. Prints one JSON object: requests,
seconds, failures (answers other than 2xx), and latencies in ms (p50, p99, max).
"""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass

NUMBER = b"@@@@@@@@"
NOW = b'"@@@@@now@@@"'
UUID_TIME = b"@@time@@@@@@@"


@dataclass(frozen=True)
class Measured:
    """What a load met; latencies in ms, measured from when a request was due."""

    requests: int
    seconds: float
    failures: int
    p50: float
    p99: float
    worst: float

    @property
    def rate(self) -> float:
        """Answered requests a second."""
        return self.requests / self.seconds


def run(
    port: int,
    path: str,
    body: bytes,
    connections: int,
    seconds: float,
    rate: float = 0,
    media_type: str = "application/json",
) -> Measured:
    """Put a load on a server from another process and return what it met."""
    numbers = (port, path, connections, seconds, rate, media_type)
    command = [sys.executable, "-m", "benchmarks.load", *(str(number) for number in numbers)]
    found = subprocess.run(command, input=body, capture_output=True, check=True)
    return Measured(**json.loads(found.stdout))


class Load:
    """Connections that each send one request after the other."""

    def __init__(self, port: int, request: bytes, connections: int, seconds: float, rate: float) -> None:
        self.port, self.request, self.connections, self.seconds = port, request, connections, seconds
        self.interval = connections / rate if rate else 0.0
        self.latencies: list[float] = []
        self.failures = 0
        self.sent = 0

    async def run(self) -> Measured:
        """Send for the given time."""
        started = time.perf_counter()
        await asyncio.gather(*(self._connection(started, n) for n in range(self.connections)))
        took = time.perf_counter() - started
        ordered = sorted(self.latencies)

        def at(share: float) -> float:
            return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000, 2)

        return Measured(len(ordered), took, self.failures, at(0.5), at(0.99), at(1.0))

    async def _connection(self, started: float, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        due = started + self.interval * number / self.connections
        while (now := time.perf_counter()) - started < self.seconds:
            if self.interval:
                await asyncio.sleep(max(0.0, due - now))
            else:
                due = now
            self.sent += 1
            writer.write(self._own(self.sent, time.time_ns() // 1_000_000))
            await self._answer(reader)
            self.latencies.append(time.perf_counter() - due)
            due += self.interval
        writer.close()

    def _own(self, number: int, now: int) -> bytes:
        """The request with what is its own; `now` in UTC ms."""
        filled = self.request.replace(NUMBER, b"%08x" % number).replace(NOW, b"%013d" % now)
        return filled.replace(UUID_TIME, b"%08x-%04x" % (now >> 16, now & 0xFFFF))

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 2"):
            self.failures += 1
        lower = head.lower()
        start = lower.find(b"content-length:")
        if start >= 0:
            await reader.readexactly(int(lower[start + 15 : lower.index(b"\r", start)]))


def main() -> None:
    """Run as the process."""
    import uvloop

    port, path, connections, seconds, rate, media_type = sys.argv[1:]
    body = sys.stdin.buffer.read()
    fields = f"host: bench\r\ncontent-type: {media_type}\r\ncontent-length: {len(body)}"
    head = f"POST {path} HTTP/1.1\r\n{fields}\r\n\r\n"
    load = Load(int(port), head.encode() + body, int(connections), float(seconds), float(rate))
    found = uvloop.run(load.run())
    print(json.dumps(found.__dict__))


if __name__ == "__main__":
    main()
