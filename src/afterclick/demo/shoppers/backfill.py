"""Sends a history through the collector over several connections, as fast as the collector takes it."""

import gzip as gzip_codec
import queue
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from afterclick.demo.shoppers.history import History
from afterclick.demo.shoppers.posting import JSON, PROTOBUF, post

CONNECTIONS = 4
WAITING = 8  # batches made ahead of the collector
TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Sent:
    """What a back-fill sent."""

    events: int
    spans: int


@dataclass(frozen=True)
class _Body:
    path: str
    kind: str
    content: bytes


@dataclass
class _Senders:
    """Threads that post what stands in `bodies`; the first failure stops them all and is kept."""

    collector: str
    key: str
    gzip: bool
    bodies: "queue.Queue[_Body | None]" = field(default_factory=lambda: queue.Queue(WAITING))
    failed: threading.Event = field(default_factory=threading.Event)
    failure: Exception | None = None

    def put(self, body: _Body) -> None:
        """Hand a body over. Raises the failure of whichever sender failed."""
        while True:
            if self.failure is not None:
                raise self.failure
            try:
                return self.bodies.put(body, timeout=0.2)
            except queue.Full:
                continue

    def run(self) -> None:
        with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as client:
            while (body := self.bodies.get()) is not None:
                if self.failed.is_set():
                    continue
                try:
                    self._send(client, body)
                except Exception as error:  # kept for the thread that waits, which raises it
                    self.failure = self.failure or error
                    self.failed.set()

    def _send(self, client: httpx.Client, body: _Body) -> None:
        headers = {"Content-Type": body.kind, "X-Afterclick-Key": self.key}
        content = body.content
        if self.gzip:
            content, headers["Content-Encoding"] = gzip_codec.compress(content, 1), "gzip"
        post(client, self.collector + body.path, content, headers, self.failed.is_set)


def backfill(
    collector_url: str,
    key: str,
    history: History,
    *,
    truth: Path | None = None,
    progress: Callable[[float], object] | None = None,
    gzip: bool = False,
) -> Sent:
    """Send `history` with a write key that may send the past, and write its truth to the file `truth`.

    `progress` is called with the share done, 0 to 1. Waits while the collector says 429 or 503. Raises an
    AfterclickError with one sentence when the collector stays away, refuses the key or drops anything.
    """
    events = spans = 0
    with _sending(_Senders(collector_url.rstrip("/"), key, gzip)) as senders:
        for batch in history:
            for body in _bodies(batch.events, batch.spans):
                senders.put(body)
            events, spans = events + batch.n_events, spans + batch.n_spans
            if progress is not None:
                progress((batch.until - history.since) / (history.now - history.since))
    if truth is not None:
        history.truth.write(truth)
    return Sent(events, spans)


def _bodies(events: bytes, spans: bytes) -> Iterable[_Body]:
    if events:
        yield _Body("/v1/events", JSON, events)
    if spans:
        yield _Body("/v1/traces", PROTOBUF, spans)


@contextmanager
def _sending(senders: _Senders) -> Generator[_Senders]:
    threads = [threading.Thread(target=senders.run, name="backfill", daemon=True) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    try:
        yield senders
    except BaseException:
        senders.failed.set()
        raise
    finally:
        for _ in threads:
            senders.bodies.put(None)
        for thread in threads:
            thread.join()
    if senders.failure is not None:
        raise senders.failure
