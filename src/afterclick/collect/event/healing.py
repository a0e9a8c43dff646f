"""Heals single fields, so that no wrong field loses its event.

Harmless types become what the field wants, ids of another form are hashed, and what can't be healed is left out: the
caller counts that as `odd_field`.
"""

from collections.abc import Callable, Mapping
from typing import cast

import msgspec

from afterclick.collect.event.flat import flat, scalar
from afterclick.collect.event.id import hashed_id
from afterclick.collect.event.limits import LARGEST, LONGEST, MOST_MEMBERS, is_trace, is_uuid, is_uuid7
from afterclick.collect.event.money import doubt
from afterclick.collect.event.wire import Scalar, WireEvent
from afterclick.collect.passage.fit import as_number, as_text, as_whole
from afterclick.currencies import CODES


def of_object(element: bytes) -> tuple[WireEvent, list[str]]:
    """An event of a JSON object whose fields have types of their own, and the names of those left out.

    Raises msgspec.DecodeError when it is not JSON, ValidationError when it is no object.
    """
    return of_fields(msgspec.json.decode(element, type=dict[str, object]))


def of_fields(told: Mapping[str, object]) -> tuple[WireEvent, list[str]]:
    """The same of fields that are decoded already."""
    given = {name: told[name] for name in WireEvent.__struct_fields__ if told.get(name) is not None}
    healed = {name: _HEALERS.get(name, as_text)(value) for name, value in given.items()}
    kept = {name: value for name, value in healed.items() if value is not None}
    return msgspec.convert(kept, WireEvent), [name for name in given if name not in kept]


def _finite(value: object) -> float | None:
    found = as_number(value)
    return found if found is not None and abs(found) <= LARGEST else None


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | str) and not isinstance(value, bool) else None


def _group(value: object) -> dict[str, Scalar] | None:
    """An empty list is what some languages write for an empty map."""
    if isinstance(value, dict):
        return flat(cast("Mapping[str, object]", value))
    return {} if value == [] else None


def _consent(value: object) -> dict[str, Scalar] | None:
    """A purpose that is told by more than a word is kept as text, so that it is not taken for a yes."""
    if not isinstance(value, dict):
        return None
    return {name: scalar(told) for name, told in cast("dict[str, object]", value).items()}


_HEALERS: dict[str, Callable[[object], object]] = {
    "value": _finite,
    "duration_ms": _finite,
    "status": as_whole,
    "time": _plain,
    "revenue": _plain,
    "tags": _group,
    "props": _group,
    "consent": _consent,
}


def heal(event: WireEvent, site: str, is_in_window: Callable[[str], bool]) -> list[str]:
    """Mend the ids, numbers and groups of an event in place; the names of the fields that were left out.

    A visit's id that cannot be its own is not among them: it joins the visit's events all the same, as their key.
    """
    _hash_ids(event, site)
    left_out = [*_leave_out_numbers(event), *_leave_out_trace(event), *_shorten(event)]
    if event.session_id is not None and not is_in_window(event.session_id):
        event.session_key = event.session_key or _key_of(event.session_id, site)
        event.session_id = None
    return left_out


def _key_of(session_id: str, site: str) -> str:
    """What names the visit of an id that cannot be its own; one that a wrong clock made does so as it stands."""
    is_of_a_clock = is_uuid7(session_id) is not None
    return session_id.lower() if is_of_a_clock else hashed_id(site, session_id.encode("utf-8", "replace"))


def _hash_ids(event: WireEvent, site: str) -> None:
    """Ids that are no UUIDs, or too long to be kept, by a hash that is the same for the same id."""
    for name in ("id", "page_view_id"):
        told: str | None = getattr(event, name)
        if told is not None and not is_uuid(told):
            setattr(event, name, hashed_id(site, told.encode("utf-8", "replace")))
    for name, most in LONGEST.items():
        told = getattr(event, name)
        if told is not None and len(told) > most:
            setattr(event, name, hashed_id(site, told.encode("utf-8", "replace")))


def _leave_out_trace(event: WireEvent) -> list[str]:
    if not event.trace_id or is_trace(event.trace_id):
        return []
    bare = event.trace_id.replace("-", "")
    event.trace_id = bare if is_trace(bare) else None
    return [] if event.trace_id else ["trace_id"]


def _leave_out_numbers(event: WireEvent) -> list[str]:
    wrong = [name for name in ("value", "duration_ms") if not _is_number(getattr(event, name))]
    if event.duration_ms is not None and event.duration_ms < 0:
        wrong.append("duration_ms")
    if event.status is not None and not 0 <= event.status <= 999:
        wrong.append("status")
    if event.type not in ("order", "refund"):
        if (code := (event.currency or "").strip().upper()) and code not in CODES:
            wrong.append("currency")
        if doubt(event.revenue, event.currency or ""):
            wrong.append("revenue")
    for name in wrong:
        setattr(event, name, None)
    return wrong


def _is_number(value: float | None) -> bool:
    return value is None or -LARGEST <= value <= LARGEST


def _shorten(event: WireEvent) -> list[str]:
    """Groups with too many members, cut to what fits. A consent is never cut: what is missing might be a no."""
    wrong: list[str] = []
    for name in ("props", "tags"):
        members: dict[str, Scalar] | None = getattr(event, name)
        if members and len(members) > MOST_MEMBERS:
            setattr(event, name, flat(members))
            wrong.append(name)
    return wrong
