"""A web site that another vendor's client watches, and what a real collector process keeps of what it sends."""

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from tests.browser.recording import Answer, Server
from tests.clients import javascript
from tests.collect.conftest import Process, until

from afterclick.signals import Event, LogRecord, Span
from afterclick.store.spool.batch import Kind
from afterclick.store.spool.outlet import Outlet

PERSON = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
_EVENTS = msgspec.json.Decoder(Event)
_SPANS = msgspec.json.Decoder(Span)
_LOGS = msgspec.json.Decoder(LogRecord)


class Client(Server):
    """Serves pages with the bundled client on them."""

    def __init__(self, module: str) -> None:
        super().__init__()
        script = javascript.bundle(module).encode()
        self.routes["/client.js"] = lambda _: Answer(script, type="text/javascript")

    def page(self, path: str, body: str, options: Mapping[str, object]) -> str:
        """Add a page; returns its address."""
        head = (
            '<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head>'
        )
        told = json.dumps(options).replace("'", "&#39;")
        text = f"{head}<body>{body}<script src='/client.js' data-options='{told}'></script></body></html>"
        self.routes[path] = lambda _: Answer(text.encode())
        return self.origin + path


@dataclass
class Kept:
    """What stands in the spool of a collector process."""

    process: Process
    events: list[Event] = field(default_factory=list[Event])
    spans: list[Span] = field(default_factory=list[Span])
    logs: list[LogRecord] = field(default_factory=list[LogRecord])
    read_to: dict[Kind, int] = field(default_factory=dict[Kind, int])

    def until(self, condition: Callable[["Kept"], bool], what: str) -> None:
        """Read the spool until the condition holds."""
        until(lambda: condition(self.read()), 20, what)

    def read(self) -> "Kept":
        """Read what came into the spool since the last time."""
        self.events += [event for body in self._bodies("events") for event in _EVENTS.decode_lines(body)]
        self.spans += [span for body in self._bodies("spans") for span in _SPANS.decode_lines(body)]
        self.logs += [log for body in self._bodies("logs") for log in _LOGS.decode_lines(body)]
        return self

    def counted(self) -> dict[str, int]:
        """Rows by reason, "" being those taken."""
        outlet = Outlet(self.process.settings.spool)
        found = {tally.reason: tally.rows for tally in outlet.tallies(0)}
        outlet.close()
        return found

    def of(self, type: str, name: str | None = None) -> list[Event]:
        """The events of a type."""
        return [one for one in self.events if one.type == type and name in (None, one.name)]

    def _bodies(self, kind: Kind) -> tuple[bytes, ...]:
        outlet = Outlet(self.process.settings.spool)
        group = outlet.take(kind, self.read_to.get(kind, 0), 1 << 40)
        outlet.close()
        if group is None:
            return ()
        self.read_to[kind] = group.last
        return group.bodies


@contextmanager
def watched(module: str, data: Path) -> Generator[tuple[Client, Process, Kept]]:
    """The site with the client of a module, a started collector, and what it keeps."""
    site, collector = Client(module), Process(data)
    try:
        collector.start()
        yield site, collector, Kept(collector)
    finally:
        site.close()
        if collector.running is not None and collector.running.poll() is None:
            collector.kill()
