"""Refuses events that cannot be true or cannot be joined, each with a reason documented in
docs/collect.md.
"""

from datetime import UTC, datetime
from functools import lru_cache

from afterclick.collect.event.healing import heal
from afterclick.collect.event.limits import LARGEST, LONGEST, MOST_MEMBERS, is_trace, is_uuid, is_uuid7
from afterclick.collect.event.money import Doubt, doubt, sum_of
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.window import Window
from afterclick.currencies import CODES
from afterclick.drops import DropReason
from afterclick.signals import EVENT_TYPES

_SHORT = min(LONGEST.values())
_VITALS = frozenset({"LCP", "INP", "FCP", "TTFB", "CLS"})
_STRUGGLES = frozenset({"rage_click", "dead_click", "error_click"})
_MARKS = frozenset({"release", "campaign", "note"})
_NUMBERS = ("value", "duration_ms", "revenue")
_REMEMBERED = 1024  # visits go on


_Fault = tuple[DropReason, str] | None


def validate(house: House, passage: Passage) -> None:
    """Heal or refuse what cannot be true or cannot be joined, each with a documented reason; set `time` to UTC ms."""
    window = Window.of(house, passage)
    kept: list[tuple[int, WireEvent]] = []
    for index, event in passage.events:
        _forget_blanks(event)
        fault = _fault(event, window, passage.now)
        if fault is not None:
            fault = _healed(index, event, window, passage)
        if fault is None:
            kept.append((index, event))
        else:
            passage.drop(index, *fault)
    passage.events = kept


def _forget_blanks(event: WireEvent) -> None:
    """A blank id names nobody; kept, it would join all that send one."""
    for name in LONGEST:
        value: str | None = getattr(event, name)
        if value is not None and value.isspace():
            setattr(event, name, None)


def _healed(index: int, event: WireEvent, window: Window, passage: Passage) -> _Fault:
    """What is wrong with an event still when its fields are mended; those left out are counted where it is kept."""
    session_id = event.session_id
    left_out = heal(event, passage.grant.site, lambda told: _session_fault(told, window) is None)
    if event.time is not None and milliseconds(event.time) is None and not passage.grant.historical:
        event.time = None
        left_out.append("time")
    fault = _fault(event, window, passage.now)
    if fault is None and left_out:
        passage.leave_out(index, left_out)
    if fault is None and event.session_id != session_id:
        passage.is_rekeyed = True
    return fault


def _fault(event: WireEvent, window: Window, now: int) -> _Fault:
    if event.type not in EVENT_TYPES:
        return "unknown_type", f"`type` is {_shown(event.type)}; it must be one of those in docs/collect.md."
    return (
        _size_fault(event)
        or _time_fault(event, window, now)
        or _id_fault(event, window)
        or _currency_fault(event)
        or _number_fault(event)
        or _CONTENT.get(event.type, _no_fault)(event)
    )


def _size_fault(event: WireEvent) -> _Fault:
    for members in (event.props, event.tags, event.consent):
        if members and len(members) > MOST_MEMBERS:
            return "too_long", f"`props`, `tags` and `consent` hold {MOST_MEMBERS} keys at most."
    return None


def _time_fault(event: WireEvent, window: Window, now: int) -> _Fault:
    if event.time is None:
        event.time = now
        return None
    time = milliseconds(event.time)
    if time is None:
        return "bad_time", f"`time` is {_shown(event.time)}; send ms since 1970 or ISO 8601."
    event.time = time
    reason = window.fault(time)
    return (reason, f"`time` {time} lies {_WHERE[reason]}.") if reason else None


_WHERE = {"future": "more than ten minutes ahead of our clock", "too_old": "before what is kept"}


def milliseconds(time: int | float | str) -> int | None:
    """A time as clients write it (ms since 1970 or ISO 8601) in UTC ms; None when it is none."""
    if isinstance(time, int):
        return time
    try:
        if isinstance(time, float):
            return int(time)
        moment = datetime.fromisoformat(time)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _id_fault(event: WireEvent, window: Window) -> _Fault:
    if event.id is not None and not is_uuid(event.id):
        return "bad_id", f"`id` is {_shown(event.id)}; it must be a UUID."
    if event.page_view_id is not None and not is_uuid(event.page_view_id):
        return "bad_id", f"`page_view_id` is {_shown(event.page_view_id)}; it must be a UUID."
    if event.trace_id and not is_trace(event.trace_id):
        return "bad_id", f"`trace_id` is {_shown(event.trace_id)}; it must be 32 hex digits, not all zero."
    if event.session_id is not None and (fault := _session_fault(event.session_id, window)):
        return fault
    for value in (event.device_id, event.user_id, event.order_id, event.session_key):
        if value is not None and len(value) > _SHORT:
            return _length_fault(event)
    return None


def _length_fault(event: WireEvent) -> _Fault:
    for name, most in LONGEST.items():
        value: str | None = getattr(event, name)
        if value is not None and len(value) > most:
            return "too_long", f"`{name}` has {len(value)} characters; {most} are allowed."
    return None


def _session_fault(session_id: str, window: Window) -> _Fault:
    start = session_start(session_id)
    if start is None:
        return "bad_session", f"`session_id` is {_shown(session_id)}; it must be a UUIDv7."
    reason = window.fault(start)
    return ("bad_session", f"The time in `session_id` lies {_WHERE[reason]}.") if reason else None


_DOUBTS: dict[Doubt, tuple[DropReason, str]] = {
    "unclear": (
        "wrong_type",
        "which in a currency of three decimals may be two sums; send a number, or a text with a decimal point",
    ),
    "contradicting": (
        "inconsistent",
        "which names another currency than `currency` does; send those of one sum",
    ),
}


def _currency_fault(event: WireEvent) -> _Fault:
    """What is wrong with its currency, which is put in capitals."""
    if not event.currency:
        return None
    told, event.currency = event.currency, event.currency.strip().upper()
    if not event.currency or event.currency in CODES:
        return None
    return "incomplete", f"`currency` is {_shown(told)}; it must be a code of ISO 4217, such as EUR."


def _number_fault(event: WireEvent) -> _Fault:
    if type(event.revenue) is str:
        if why := doubt(event.revenue, event.currency or ""):
            reason, words = _DOUBTS[why]
            return reason, f"`revenue` is {_shown(event.revenue)}, {words}."
        event.revenue = sum_of(event.revenue, event.currency or "")
    for name in _NUMBERS:
        value = getattr(event, name)
        if value is not None and not -LARGEST <= value <= LARGEST:
            return "out_of_range", f"`{name}` is {value}; it must be within ±{LARGEST:g}."
    if event.duration_ms is not None and event.duration_ms < 0:
        return "out_of_range", f"`duration_ms` is {event.duration_ms}; a duration is not negative."
    if event.status is not None and not 0 <= event.status <= 999:
        return "out_of_range", f"`status` is {event.status}; it must be 0 to 999."
    return None


def _no_fault(_: WireEvent) -> _Fault:
    return None


def _order_fault(event: WireEvent) -> _Fault:
    if not (event.order_id and isinstance(event.revenue, float | int) and event.currency):
        return "incomplete", (
            "An order or refund needs `order_id`, `revenue` and an ISO 4217 `currency`; a refund of a whole order "
            "neither of the latter."
        )
    if event.revenue < 0:
        return "out_of_range", f"`revenue` is {event.revenue}; send a refund instead of a negative order."
    return None


def _refund_fault(event: WireEvent) -> _Fault:
    """One with neither a sum nor a currency is of the whole order; with one of them alone, the other was lost."""
    if event.order_id and event.revenue is None and not event.currency:
        return None
    return _order_fault(event)


def _vital_fault(event: WireEvent) -> _Fault:
    if event.name not in _VITALS or event.value is None:
        return "incomplete", "A vital needs `name` LCP, INP, FCP, TTFB or CLS, and a `value`."
    return (
        ("out_of_range", f"`value` is {event.value}; a vital is not negative.") if event.value < 0 else None
    )


def _rating_fault(event: WireEvent) -> _Fault:
    if event.value is None or not 1 <= event.value <= 5:
        return "incomplete", "A rating needs a `value` from 1 to 5."
    return None


def _struggle_fault(event: WireEvent) -> _Fault:
    return (
        None
        if event.name in _STRUGGLES
        else ("incomplete", f"A struggle's `name` is {' or '.join(_STRUGGLES)}.")
    )


def _mark_fault(event: WireEvent) -> _Fault:
    return None if event.name in _MARKS else ("incomplete", "A mark's `name` is release, campaign or note.")


def _identify_fault(event: WireEvent) -> _Fault:
    return None if event.user_id else ("incomplete", "An identify needs a `user_id`.")


_CONTENT = {
    "order": _order_fault,
    "refund": _refund_fault,
    "vital": _vital_fault,
    "rating": _rating_fault,
    "struggle": _struggle_fault,
    "mark": _mark_fault,
    "identify": _identify_fault,
}


@lru_cache(_REMEMBERED)
def session_start(session_id: str) -> int | None:
    """The time part of a UUIDv7: its first 48 bits, ms since 1970 (RFC 9562 5.7); None when it is no UUIDv7."""
    return int(session_id[:8] + session_id[9:13], 16) if is_uuid7(session_id) else None


def _shown(value: object) -> str:
    return repr(value if not isinstance(value, str) else value[:40])
