"""The payloads of Sentry's items, as typed structs.

Source: https://develop.sentry.dev/sdk/data-model/event-payloads/, and what `sentry-sdk` 2.75 and `@sentry/browser`
11.12 send. Fields that SDKs fill with several types are `object`. Spans stay undecoded, so that a bad one loses no
neighbour.
"""

import msgspec

Data = dict[str, object]
Time = int | float | str | None


class Frame(msgspec.Struct):
    """A frame of a stack; the last of a stack is the innermost."""

    filename: str | None = None
    module: str | None = None
    function: str | None = None
    abs_path: str | None = None
    lineno: int | None = None
    in_app: bool | None = None


class Stack(msgspec.Struct):
    """`stacktrace`."""

    frames: list[Frame | None] | None = None


class Mechanism(msgspec.Struct):
    """How the exception came to be captured."""

    handled: bool | None = None


class Thrown(msgspec.Struct):
    """One exception of a chain."""

    type: str | None = None
    value: object = None
    stacktrace: Stack | None = None
    mechanism: Mechanism | None = None


class Chain(msgspec.Struct):
    """`exception`: causes first, what was thrown last."""

    values: list[Thrown | None] | None = None


class LogEntry(msgspec.Struct):
    """`logentry`."""

    formatted: str | None = None
    message: str | None = None


class Request(msgspec.Struct):
    """The page of a browser, or the request that a server answered."""

    url: str | None = None
    headers: object = None


class User(msgspec.Struct):
    """Of a person, the id alone is kept."""

    id: object = None


class Link(msgspec.Struct):
    """Another span that a span belongs with."""

    trace_id: str = ""
    span_id: str = ""


class TraceContext(msgspec.Struct):
    """`contexts.trace`."""

    trace_id: str | None = None
    span_id: str | None = None
    parent_span_id: str | None = None
    op: str | None = None
    origin: str | None = None
    status: str | None = None
    data: Data | None = None
    links: list[Link | None] | None = None


class Feedback(msgspec.Struct):
    """`contexts.feedback`."""

    message: str | None = None


class Named(msgspec.Struct):
    """`contexts.browser` and `contexts.os`, of which SDKs tell name and version."""

    name: str | None = None
    version: str | None = None


class Contexts(msgspec.Struct):
    """`contexts`; a `runtime` is a server's."""

    trace: TraceContext | None = None
    browser: Named | None = None
    os: Named | None = None
    runtime: object = None
    feedback: Feedback | None = None


class Sdk(msgspec.Struct):
    """`sdk`: which parts of it are at work."""

    integrations: list[object] | None = None


class TransactionInfo(msgspec.Struct):
    """`source` "route" says that the transaction's name is a route."""

    source: str | None = None


class Measurement(msgspec.Struct):
    """A number with its unit."""

    value: float | None = None
    unit: str | None = None


class Breadcrumb(msgspec.Struct):
    """Something that happened before an error, as the SDK noted it."""

    timestamp: Time = None
    type: str | None = None
    category: str | None = None
    level: str | None = None
    message: str | None = None
    data: Data | None = None


class Breadcrumbs(msgspec.Struct):
    """`breadcrumbs`, the oldest first."""

    values: list[Breadcrumb | None] | None = None


class Event(msgspec.Struct):
    """The items `event`, `transaction` and `feedback`."""

    event_id: str | None = None
    timestamp: Time = None
    start_timestamp: Time = None
    level: str | None = None
    platform: str | None = None
    release: str | None = None
    environment: str | None = None
    transaction: str | None = None
    transaction_info: TransactionInfo | None = None
    message: object = None
    logentry: LogEntry | str | None = None
    exception: Chain | list[Thrown | None] | None = None
    request: Request | None = None
    user: User | None = None
    tags: object = None
    contexts: Contexts | None = None
    measurements: dict[str, Measurement | None] | None = None
    spans: list[msgspec.Raw] | None = None
    extra: object = None
    server_name: str | None = None
    fingerprint: list[object] | None = None
    breadcrumbs: Breadcrumbs | list[Breadcrumb | None] | None = None
    sdk: Sdk | None = None


class UserReport(msgspec.Struct):
    """The item `user_report`, which `feedback` replaced."""

    event_id: str | None = None
    comments: str | None = None


class Discarded(msgspec.Struct):
    """How many of what an SDK discarded, and why."""

    reason: str | None = None
    quantity: int | None = None


class ClientReport(msgspec.Struct):
    """The item `client_report`."""

    discarded_events: list[Discarded] | None = None


class ChildSpan(msgspec.Struct):
    """A span of a transaction, or sent alone in an item of its own."""

    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str | None = None
    op: str | None = None
    description: str | None = None
    origin: str | None = None
    status: str | None = None
    start_timestamp: Time = None
    timestamp: Time = None
    data: Data | None = None
    measurements: dict[str, Measurement | None] | None = None
    links: list[Link | None] | None = None


class Attribute(msgspec.Struct):
    """A typed attribute."""

    value: object = None


class StreamedSpan(msgspec.Struct):
    """A span of an `application/vnd.sentry.items.span.v2+json` container."""

    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str | None = None
    name: str | None = None
    status: str | None = None
    start_timestamp: Time = None
    end_timestamp: Time = None
    attributes: dict[str, Attribute | None] | None = None
    links: list[Link | None] | None = None


class Container(msgspec.Struct):
    """Several spans in one item."""

    items: list[msgspec.Raw] = []
