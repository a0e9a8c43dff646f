"""Reads the items of a Sentry envelope into events and spans; one that cannot be read is refused alone."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from afterclick.collect.event.flat import text
from afterclick.collect.event.wire import WireEvent, merge
from afterclick.collect.otlp.resource import Resource
from afterclick.collect.passage.cleaning import cut, label
from afterclick.collect.passage.fit import Lenient
from afterclick.collect.passage.passage import Passage
from afterclick.collect.sentry import breadcrumbs
from afterclick.collect.sentry import browser as sentry_browser
from afterclick.collect.sentry import events as sentry_events
from afterclick.collect.sentry import payload as sentry_payload
from afterclick.collect.sentry import spans as sentry_spans
from afterclick.collect.sentry.envelope import Item
from afterclick.collect.sentry.spans import Told
from afterclick.collect.transport.density import check_density
from afterclick.drops import DropReason
from afterclick.errors import TooLarge

MOST_ROWS = 10_000
"""Events and spans that one envelope may hold: more would keep others waiting."""

_EVENT = Lenient(sentry_payload.Event)
_REPORT = Lenient(sentry_payload.UserReport)
_CLIENT_REPORT = Lenient(sentry_payload.ClientReport)
_CHILD = Lenient(sentry_payload.ChildSpan)
_STREAMED = Lenient(sentry_payload.StreamedSpan)
_CONTAINER = Lenient(sentry_payload.Container)
_MALFORMED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_MOST_DISCARDED = 1_000_000_000
_CONTAINED = "application/vnd.sentry.items."


@dataclass
class Reader:
    """Reads items one after another into the passage; `at` is the place of the next row, `odd` the
    fields that it is kept without."""

    passage: Passage
    at: int = 0
    odd: list[str] = field(default_factory=list[str])

    def read(self, item: Item) -> None:
        """Read one item; raises TooLarge when there are too many rows."""
        if item.fault:
            self._drop("malformed", item.fault)
            return
        read = _READ.get(item.header.type)
        if read is None:
            self._drop("not_kept", f"Items of type {item.header.type[:40]!r} are not kept.", _count(item))
            return
        check_density(item.payload)
        self._guarded(lambda: read(self, item))
        if self.at > MOST_ROWS:
            raise TooLarge(f"An envelope may hold {MOST_ROWS} rows; send smaller ones.")

    def event(self, item: Item) -> None:
        """An error or a message, and what happened before it."""
        told = _EVENT.decode(item.payload, self.odd)
        found = sentry_events.error_or_message(told)
        self._keep(found)
        for entry in breadcrumbs.entries_of(told, found):
            self._keep(entry)

    def feedback(self, item: Item) -> None:
        """What a customer wrote."""
        self._keep(sentry_events.feedback(_EVENT.decode(item.payload, self.odd)))

    def user_report(self, item: Item) -> None:
        """The older form of feedback."""
        self._keep(sentry_events.user_report(_REPORT.decode(item.payload, self.odd)))

    def transaction(self, item: Item) -> None:
        """The root span and its children."""
        event = _EVENT.decode(item.payload, self.odd)
        context = sentry_events.context_of(event)
        context.id = context.time = None
        package, version = sentry_events.release_of(event.release)
        told_service = text((context.tags or {}).get("service.name"))
        service = sentry_spans.service_of((told_service, package, event.platform))
        environment = label(cut(event.environment or "", 64))
        resource = Resource(service, label(cut(version, 64)), generated=False, environment=environment)
        self._guarded(lambda: self._span(sentry_spans.of_transaction(event), resource, context))
        for raw in event.spans or ():
            self._guarded(
                lambda raw=raw: self._span(
                    sentry_spans.of_child(_CHILD.decode(raw, self.odd)), resource, context
                )
            )

    def spans(self, item: Item) -> None:
        """A container of streamed spans, or one span alone."""
        if not (item.header.content_type or "").startswith(_CONTAINED):
            self._lone(sentry_spans.of_child(_CHILD.decode(item.payload, self.odd)))
            return
        for raw in _CONTAINER.decode(item.payload, self.odd).items:
            self._guarded(
                lambda raw=raw: self._lone(sentry_spans.of_streamed(_STREAMED.decode(raw, self.odd)))
            )

    def client_report(self, item: Item) -> None:
        """Counts what the SDK itself discarded."""
        for lost in _CLIENT_REPORT.decode(item.payload, self.odd).discarded_events or ():
            rows = min(max(lost.quantity or 0, 0), _MOST_DISCARDED)
            if rows:
                self._drop("client_discarded", f"The SDK discarded {rows}: {(lost.reason or '')[:40]}.", rows)

    def _lone(self, told: Told) -> None:
        """A span that tells by itself who sent it."""
        data = told.data
        package, version = sentry_events.release_of(
            text(data.pop("sentry.release", data.pop("release", None)))
        )
        sdk = text(data.pop("sentry.sdk.name", None)).split(".")
        service = sentry_spans.service_of(
            (text(data.get("service.name")), package, sdk[1] if len(sdk) > 1 else "")
        )
        environment = text(data.pop("sentry.environment", data.pop("environment", None)))
        context = WireEvent(
            user_id=text(data.pop("user.id", None)) or None,
            user_agent=text(data.pop("user_agent.original", None)) or None,
            release=version or None,
            tags={"environment": environment} if environment else None,
        )
        is_browser = sentry_browser.is_browsers(told)
        sentry_events.join(
            context, text(data.get("session.id")), told.trace_id or None, is_browser=is_browser
        )
        resource = Resource(
            service, label(cut(version, 64)), generated=False, environment=label(cut(environment, 64))
        )
        self._span(told, resource, context)

    def _span(self, told: Told, resource: Resource, context: WireEvent) -> None:
        span = sentry_spans.span_of(told, resource)
        self.passage.spans.append((self.at, span))
        self._next()
        if not sentry_browser.is_browsers(told):
            return
        page = context.url or self.passage.headers.get(b"origin", b"").decode("latin-1")
        events = list(sentry_browser.events_of(told, span.start_ns, span.end_ns, page))
        merge(context, events)
        for event in events:
            self._keep(event)

    def _keep(self, event: WireEvent) -> None:
        self.passage.events.append((self.at, event))
        self._next()

    def _next(self) -> None:
        if self.odd:
            self.passage.leave_out(self.at, self.odd)
            self.odd = []
        self.at += 1

    def _drop(self, reason: DropReason, message: str, rows: int = 1) -> None:
        self.passage.drop(self.at, reason, message)
        self.passage.dropped[reason] += rows - 1
        self.odd = []
        self.at += 1

    def _guarded(self, read: Callable[[], None]) -> None:
        try:
            read()
        except msgspec.ValidationError as error:
            self._drop("wrong_type", f"{error}.")
        except _MALFORMED as error:
            self._drop("malformed", f"Not readable as JSON: {error}.")
        except (ValueError, OverflowError) as error:
            self._drop("bad_time", f"{error}.")


_READ: dict[str, Callable[[Reader, Item], None]] = {
    "event": Reader.event,
    "transaction": Reader.transaction,
    "span": Reader.spans,
    "feedback": Reader.feedback,
    "user_report": Reader.user_report,
    "client_report": Reader.client_report,
}


def _count(item: Item) -> int:
    """How many rows an item of a kind that is not kept holds."""
    return min(max(item.header.item_count or 1, 1), _MOST_DISCARDED)
