"""An event as clients send it (docs/collect.md), before anything is believed: every field optional. A sum may be text,
as people write it.
"""

import msgspec

Scalar = str | int | float | bool | None


class WireEvent(msgspec.Struct, omit_defaults=True, gc=False):
    """The fields of docs/collect.md; unknown fields are ignored, null means absent."""

    id: str | None = None
    type: str | None = None
    time: int | float | str | None = None
    name: str | None = None
    session_id: str | None = None
    session_key: str | None = None
    page_view_id: str | None = None
    device_id: str | None = None
    user_id: str | None = None
    visitor: str | None = None
    url: str | None = None
    path: str | None = None
    route: str | None = None
    step: str | None = None
    referrer: str | None = None
    channel: str | None = None
    campaign: str | None = None
    country: str | None = None
    region: str | None = None
    ip: str | None = None
    device_class: str | None = None
    device_tier: str | None = None
    browser: str | None = None
    os: str | None = None
    user_agent: str | None = None
    release: str | None = None
    trace_id: str | None = None
    value: float | None = None
    duration_ms: float | None = None
    status: int | None = None
    method: str | None = None
    target: str | None = None
    source: str | None = None
    message: str | None = None
    order_id: str | None = None
    revenue: float | str | None = None
    currency: str | None = None
    tags: dict[str, Scalar] | None = None
    props: dict[str, Scalar] | None = None
    consent: dict[str, Scalar] | None = None


class Head(msgspec.Struct):
    """What an envelope says of itself: `sent_at` is the sender's clock when it sent the events."""

    sent_at: int | float | str | None = None


class Envelope(Head, kw_only=True):
    """Events that share a context."""

    events: list[WireEvent]
    context: WireEvent | None = None


def merge(context: WireEvent, events: list[WireEvent]) -> None:
    """Put the context under every event: the event's own fields win, `tags` and `props` are joined key by
    key.
    """
    given = [
        (name, value) for name in WireEvent.__struct_fields__ if (value := getattr(context, name)) is not None
    ]
    for event in events:
        for name, value in given:
            own = getattr(event, name)
            if own is None:
                setattr(event, name, value)
            elif name in ("tags", "props"):
                setattr(event, name, {**value, **own})
