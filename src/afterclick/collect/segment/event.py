"""Maps a call of Segment's API to an event; the table is in docs/collect.md."""

import re
from collections.abc import Callable
from typing import cast

from afterclick.collect.event.channel import channel_of
from afterclick.collect.event.flat import flat
from afterclick.collect.event.id import hashed_id
from afterclick.collect.event.wire import Scalar, WireEvent
from afterclick.collect.passage.fit import as_number
from afterclick.collect.segment.commerce import COMMERCE, Deal
from afterclick.collect.segment.wire import (
    App,
    Call,
    Campaign,
    Consent,
    Context,
    Id,
    Location,
    Page,
    Properties,
    Referrer,
    System,
)

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_UUID7 = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_NO_CONTEXT = Context()
_NO_PAGE = Page()
_OF_PAGE = frozenset({"url", "path", "referrer", "search"})
"""Properties of a page call that have fields of their own, or tell too much."""
_PHONES = frozenset({"ios", "android"})
_SMALL = 1000
"""Characters that props have room for however they are written: JSON takes at most six bytes for each."""
_DIGITS = 25
_LONGEST_NAME = 128
_WHOLE = 2**63


def event_of(call: Call, kind: str, site: str, currency: str) -> WireEvent:
    """The event that a call tells of; `kind` is its type, `currency` that of sums which name none."""
    told = WireEvent(
        time=call.timestamp if call.original_timestamp is None else call.original_timestamp,
        device_id=_id(call.anonymous_id),
        user_id=_id(call.user_id),
    )
    if call.message_id:
        is_ours = _UUID.fullmatch(call.message_id) is not None
        told.id = call.message_id if is_ours else hashed_id(site, call.message_id.encode())
    context = call.context if isinstance(call.context, Context) else _NO_CONTEXT
    if context is not _NO_CONTEXT:
        _surround(told, context)
    properties = call.properties if isinstance(call.properties, dict) else {}
    _KINDS[kind](told, call, properties, currency)
    if context.locale:
        told.props = _with(told.props, "locale", context.locale)
    if (group := call.group_id if call.group_id is not None else context.group_id) is not None:
        told.props = _with(told.props, "group_id", _id(group))
    return told


def unread(call: Call, told: WireEvent) -> list[str]:
    """The sums of a track call that its event is kept without, since none of them could be read."""
    deal = COMMERCE.get((call.event or "").lower())
    return deal.unread(told, call.properties) if deal and isinstance(call.properties, dict) else []


def _with(props: dict[str, Scalar] | None, name: str, value: Scalar) -> dict[str, Scalar]:
    """The props with one more, unless they have it; they are the call's own and used up."""
    props = props or {}
    props.setdefault(name, value)
    return props


def _surround(told: WireEvent, context: Context) -> None:
    told.user_agent = context.user_agent
    told.ip = context.ip
    if isinstance(context.page, Page):
        told.url, told.path, told.referrer = context.page.url, context.page.path, context.page.referrer
    if isinstance(context.referrer, Referrer) and not told.referrer:
        told.referrer = context.referrer.url
    if isinstance(context.app, App):
        told.release = context.app.version
    if isinstance(context.os, System) and context.os.name:
        told.os = context.os.name
        told.device_class = "mobile" if told.os.lower() in _PHONES else None
    if isinstance(context.campaign, Campaign):
        _advertise(told, context.campaign)
    if isinstance(context.location, Location) and _COUNTRY.fullmatch(context.location.country or ""):
        told.country = context.location.country
    if isinstance(context.consent, Consent) and context.consent.category_preferences:
        told.consent = dict(context.consent.category_preferences)
    session = _id(context.session_id)
    if session:
        is_ours = _UUID7.fullmatch(session) is not None
        told.session_id, told.session_key = (session, None) if is_ours else (None, session)


def _advertise(told: WireEvent, campaign: Campaign) -> None:
    told.campaign = campaign.name
    parameters = {"utm_source": campaign.source or "", "utm_medium": campaign.medium or ""}
    told.channel = channel_of(parameters) or None


def _track(told: WireEvent, call: Call, properties: Properties, currency: str) -> None:
    told.type, told.name = "track", call.event
    deal = COMMERCE.get((call.event or "").lower())
    if deal is None:
        told.value = as_number(properties.get("value", properties.get("revenue")))
        told.props = _props(properties)
    else:
        told.props = _props(_deal(told, deal, properties, currency))


def _deal(told: WireEvent, deal: Deal, properties: Properties, currency: str) -> Properties:
    used = deal.fill(told, properties, currency)
    return {name: value for name, value in properties.items() if name not in used}


def _page(told: WireEvent, call: Call, properties: Properties, _: str) -> None:
    told.type, told.name = "page_view", call.name
    told.step = call.name or call.category
    told.url = told.url or _text(properties.get("url"))
    told.path = told.path or _text(properties.get("path"))
    told.referrer = told.referrer or _text(properties.get("referrer"))
    rest = {name: value for name, value in properties.items() if name not in _OF_PAGE}
    told.props = _props({"category": call.category, **rest} if call.category else rest)


def _screen(told: WireEvent, call: Call, properties: Properties, currency: str) -> None:
    _page(told, call, properties, currency)
    told.path = told.path or (f"/{call.name}" if call.name else None)


def _identify(told: WireEvent, call: Call, _: Properties, __: str) -> None:
    """Traits without a user belong to the device alone, so no one is identified by them."""
    told.type, told.name = ("identify", None) if told.user_id else ("track", "Identify")
    told.props = _props(call.traits if isinstance(call.traits, dict) else {})


def _alias(told: WireEvent, call: Call, properties: Properties, _: str) -> None:
    told.type = "identify"
    previous = _id(call.previous_id)
    told.props = {"previous_id": previous, **(_props(properties) or {})} if previous else _props(properties)


def _group(told: WireEvent, call: Call, _: Properties, __: str) -> None:
    told.type, told.name = "track", "Group"
    told.props = _props(call.traits if isinstance(call.traits, dict) else {})


_KINDS: dict[str, Callable[[WireEvent, Call, Properties, str], None]] = {
    "track": _track,
    "page": _page,
    "screen": _screen,
    "identify": _identify,
    "alias": _alias,
    "group": _group,
}


def _props(values: Properties) -> dict[str, Scalar] | None:
    """The values as flat props: as they are where they are plain and few, which most are."""
    return cast("dict[str, Scalar]", values) or None if _is_plain(values) else flat(values) or None


def _is_plain(values: Properties) -> bool:
    room = _SMALL
    for name, value in values.items():
        if isinstance(value, str):
            room -= len(value) or _SMALL
        elif isinstance(value, float | bool):
            room -= _DIGITS
        else:
            room -= _DIGITS if isinstance(value, int) and -_WHOLE <= value < _WHOLE else _SMALL
        room -= len(name) if len(name) <= _LONGEST_NAME else _SMALL
    return room > 0


def _id(value: Id) -> str | None:
    """An id as text; libraries for untyped languages send numbers."""
    if value is None or isinstance(value, str):
        return value or None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
