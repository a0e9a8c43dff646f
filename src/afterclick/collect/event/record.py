"""Makes records of valid events: personal data out, texts cut to their limits, defaults in from the
request.
"""

import re
from functools import lru_cache
from math import isclose
from typing import cast

import msgspec

from afterclick.collect.event.flat import flat
from afterclick.collect.event.money import in_smallest_units
from afterclick.collect.event.page_address import page_of, spelled
from afterclick.collect.event.validity import session_start
from afterclick.collect.event.wire import Scalar, WireEvent
from afterclick.collect.passage.cleaning import (
    cut,
    label,
    scrubbed,
    scrubbed_prop,
    scrubbed_props,
    without_query,
)
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.sender import customer_agent
from afterclick.signals import DEVICE_CLASSES, Event

_CANONICAL = msgspec.json.Encoder(order="deterministic")
_DEVICE_TIERS = frozenset({"low", "mid", "high"})
_VISITORS = frozenset({"new", "returning"})
_PROPS_BYTES = 8192
_REMEMBERED = 4096  # addresses of referrers
_NAME = re.compile(r"[\w.:\[\]-]*")
"""What a host may be made of: all else is no host, but what somebody put in its place."""

_TEXTS = {
    "name": 128,
    "session_key": 256,
    "device_id": 128,
    "user_id": 256,
    "route": 256,
    "step": 64,
    "channel": 64,
    "campaign": 128,
    "browser": 64,
    "os": 64,
    "user_agent": 512,
    "release": 64,
    "order_id": 128,
    "currency": 3,
}
"""Fields that are kept as they are, but for personal data in labels, and their most characters."""
_LABELS = frozenset({"name", "route", "step", "channel", "campaign", "release", "browser", "os"})
"""Fields that hold few different words, in which somebody may yet have put a person."""
_SHORT = 64
"""Characters that every text may have, but for the currency."""
_TARGET, _SOURCE, _MESSAGE = 512, 1024, 2048
"""Most characters of the fields that may hold what people wrote: personal data is taken out."""
_TAGS = 8
_NOISE = 1e-9
"""What adding numbers in binary leaves behind a sum."""


def clean(_: House, passage: Passage) -> None:
    """Make records: personal data out, texts cut to their limits, defaults in from the request."""
    agent, received = customer_agent(passage.headers), None if passage.grant.historical else passage.now
    kept: list[Event] = []
    for index, event in passage.events:
        props = _CANONICAL.encode(event.props).decode() if event.props else ""
        if event.props and len(props) > _PROPS_BYTES:
            event.props = flat(event.props)
            props = _CANONICAL.encode(event.props).decode()
            passage.leave_out(index, ["props"])
        if event.props and (masked := _masked(event, event.props)) is not event.props:
            props = _CANONICAL.encode(masked).decode()
        kept.append(_record(index, event, passage, agent, received, props))
    passage.keep("events", kept)


def _masked(event: WireEvent, props: dict[str, Scalar]) -> dict[str, Scalar]:
    """The props without personal data; the former id of who is identified is an id, and kept as `user_id` is."""
    masked = scrubbed_props(props)
    if masked is not props and event.type == "identify" and "previous_id" in props:
        masked["previous_id"] = props["previous_id"]
    return masked


def _record(
    index: int, event: WireEvent, passage: Passage, agent: str, received: int | None, props: str
) -> Event:
    told: dict[str, object] = msgspec.to_builtins(event)  # of forty fields the dozen that were sent
    _cut_texts(event, told)
    _identify(event, told)
    _place(event, told)
    _describe_client(event, agent, told)
    told["site"] = passage.grant.site
    told["received"] = event.time if received is None else received
    told["tags"] = _tags(index, event.tags, passage) if event.tags else []
    told["props"] = props
    if event.revenue and event.currency:
        told["revenue"] = _whole_units(index, event, passage)
    return msgspec.convert(told, Event)  # leaves out what a record does not keep


def _cut_texts(event: WireEvent, told: dict[str, object]) -> None:
    for name, value in told.items():
        if type(value) is not str:
            continue
        if (len(value) > _SHORT or "\x00" in value) and (most := _TEXTS.get(name)):
            told[name] = value = _cut(value, most) if name in _LABELS else _text(value, most)
        if name in _LABELS:
            told[name] = "" if value.isspace() else label(value)
    if event.currency:
        told["currency"] = _text(event.currency, _TEXTS["currency"])
    if event.target:
        target = page_of(event.target)[1] if event.type == "leave" else event.target
        told["target"] = scrubbed(_cut(target, _TARGET))
    if event.source:
        told["source"] = scrubbed(_cut(event.source, _SOURCE))
    if event.message:
        told["message"] = scrubbed(_cut(event.message, _MESSAGE))


def _identify(event: WireEvent, told: dict[str, object]) -> None:
    """The ids that join it to the rest of the trail, in lower case."""
    told["event_id"] = event.id
    if event.session_id:
        told["session_id"] = event.session_id.lower()
        told["session_start"] = session_start(event.session_id) or 0
    if event.page_view_id:
        told["page_view_id"] = event.page_view_id.lower()
    if event.trace_id:
        told["trace_id"] = event.trace_id.lower()


def _place(event: WireEvent, told: dict[str, object]) -> None:
    """Which page it was on, and what led there."""
    if event.url or event.path:
        host, path_of_url, _ = page_of(event.url or "")
        path = spelled(without_query(event.path)) if event.path else ""
        told["host"], told["path"] = host[:253], scrubbed(_cut(path or path_of_url, 1024))
    if event.referrer:
        told["referrer"] = _host(event.referrer)
    if event.method:
        told["method"] = _text(event.method, 16).upper()


def _describe_client(event: WireEvent, agent: str, told: dict[str, object]) -> None:
    """What the customer used, as far as it is one of the known answers."""
    if not event.user_agent:
        told["user_agent"] = agent
    if event.visitor and event.visitor not in _VISITORS:
        told["visitor"] = ""
    if event.device_class and event.device_class not in DEVICE_CLASSES:
        told["device_class"] = ""
    if event.device_tier and event.device_tier not in _DEVICE_TIERS:
        told["device_tier"] = ""


def _cut(value: str, most: int) -> str:
    """A text that is cleaned: before it is cut, too, since half a card's number is not known for one."""
    return cut(value.replace("\x00", ""), most)


def _text(value: str, most: int) -> str:
    if "\x00" in value:
        value = value.replace("\x00", "")
    return value if len(value) <= most else value[:most]


@lru_cache(_REMEMBERED)
def _host(url: str) -> str:
    """The host, or the package of an Android app (`android-app://com.pinterest/`); browsers write "null" for none."""
    host = page_of(url if "//" in url else f"//{url}")[0][:253]
    return "" if host == "null" or not _NAME.fullmatch(host) else host


def _whole_units(index: int, event: WireEvent, passage: Passage) -> float:
    """The sum in whole units of its currency."""
    told = cast("float", event.revenue)  # a text was read where it was judged
    rounded = in_smallest_units(told, event.currency or "")
    if not isclose(rounded, told, rel_tol=_NOISE, abs_tol=_NOISE):
        passage.round(index, "revenue")
    return rounded


def _tags(index: int, tags: dict[str, Scalar], passage: Passage) -> list[str]:
    """The first that were told, in order."""
    told = (scrubbed_prop(key, value) for key, value in tags.items() if key and value is not None)
    pairs = [pair for pair in told if pair]
    if left := pairs[_TAGS:]:
        passage.leave_out(index, [f"tags.{_cut(key, 32)}" for key, _ in left[:_TAGS]])
    return sorted([label(_tag(*pair)) for pair in pairs[:_TAGS]])


def _tag(key: str, value: Scalar) -> str:
    told = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return f"{_cut(key, 32)}={_cut(told, 64)}"
