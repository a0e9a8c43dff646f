"""A call of Segment's HTTP API v1, as typed structs: the fields that we keep, the rest is skipped unread.

Source: Segment's spec (common fields, track, page, screen, identify, group, alias) and what `segment-analytics-python`
2, `@segment/analytics-node` 3 and `@segment/analytics-next` 1 send. Libraries for PHP write an empty object as `[]`.
"""

from typing import TypeAlias

import msgspec

Properties: TypeAlias = dict[str, object]
Id: TypeAlias = str | int | float | None
Time: TypeAlias = str | int | float | None
Text: TypeAlias = str | None
Empty: TypeAlias = list[object] | None

KINDS = frozenset({"track", "page", "screen", "identify", "group", "alias"})
"""The types of calls."""


class Page(msgspec.Struct, gc=False):
    """`context.page`."""

    url: Text = None
    path: Text = None
    referrer: Text = None


class App(msgspec.Struct, gc=False):
    """`context.app`."""

    version: Text = None


class System(msgspec.Struct, gc=False):
    """`context.os`."""

    name: Text = None


class Campaign(msgspec.Struct, gc=False):
    """`context.campaign`."""

    name: Text = None
    source: Text = None
    medium: Text = None


class Location(msgspec.Struct, gc=False):
    """`context.location`."""

    country: Text = None


class Referrer(msgspec.Struct, gc=False):
    """`context.referrer`."""

    url: Text = None


class Consent(msgspec.Struct, rename="camel", gc=False):
    """`context.consent`, as Segment's consent wrappers write it."""

    category_preferences: dict[str, bool] | None = None


class Context(msgspec.Struct, rename="camel", gc=False):
    """`context`; `session_id` is what RudderStack's clients add to it."""

    page: Page | Empty = None
    campaign: Campaign | Empty = None
    app: App | Empty = None
    os: System | Empty = None
    location: Location | Empty = None
    referrer: Referrer | Empty = None
    consent: Consent | Empty = None
    user_agent: Text = None
    locale: Text = None
    ip: Text = None
    group_id: Id = None
    session_id: Id = None


class Bare(msgspec.Struct, rename="camel", gc=False):
    """A call without its context."""

    type: Text = None
    message_id: Text = None
    timestamp: Time = None
    original_timestamp: Time = None
    sent_at: object = None
    anonymous_id: Id = None
    user_id: Id = None
    previous_id: Id = None
    group_id: Id = None
    event: Text = None
    name: Text = None
    category: Text = None
    properties: Properties | Empty = None
    traits: Properties | Empty = None


class Call(Bare, rename="camel", gc=False):
    """One call."""

    context: Context | Empty = None


class Batch(msgspec.Struct, rename="camel", gc=False):
    """The body of `/v1/batch`: its context stands under that of every call."""

    batch: list[Call]
    context: Context | Empty = None
    sent_at: object = None


class Head(msgspec.Struct, rename="camel", gc=False):
    """What a body says of itself."""

    write_key: object = None
    sent_at: object = None
    context: Context | Empty = None
