"""The frozen records that every room speaks: what happened to a customer, and what the systems did.

`Event`, `Span`, `Sample` and `LogRecord` are what stands in the spool, one JSON object a line, after the collector has
decoded, authenticated, validated and cleaned a request. The wire form that clients send is described in
`docs/collect.md`.
All times are UTC milliseconds since 1970 unless a name ends in another unit.
"""

from typing import Literal, TypeAlias, get_args

import msgspec

EventType = Literal[
    "page_view",  # a page or soft navigation was shown; `step`, `route`, `path` say which
    "leave",  # the page was left to a page of the same origin: `method`, `target` path, `duration_ms` until it came
    "vital",  # `name` LCP | INP | FCP | TTFB (value: ms) or CLS (value: unitless); `target` element, `source` its URL
    "error",  # `name` class or "unhandledrejection"; `message`; `source` "script:line"
    "struggle",  # `name` rage_click | dead_click | error_click; `target` element; `value` clicks
    "request",  # fetch/XHR: `method`, `target` path pattern, `duration_ms`, `status` (0: failed), `trace_id`
    "resource",  # a slow or failed script, image or style: `name` initiator, `source` URL, `duration_ms`, `status`
    "long_task",  # `duration_ms` main thread blocked; `source` script URL
    "product",  # commerce: a product was viewed; `target` product id, `value` price
    "search",
    "cart",  # `value` cart total after the change
    "checkout",  # `value` cart total at the start of checkout
    "order",  # `order_id`, `revenue`, `currency`
    "refund",  # `order_id`, `revenue` refunded, `currency`
    "rating",  # `value` 1 to 5, `message` the customer's words
    "identify",  # `user_id`; an edge between device and user
    "mark",  # `name` release | campaign | note, `target` service, `release` version
    "track",  # anything else the site names: `name`
]
EVENT_TYPES: frozenset[str] = frozenset(get_args(EventType))

DeviceClass = Literal["", "mobile", "tablet", "desktop", "bot", "program", "internal"]
DEVICE_CLASSES = tuple(one for one in get_args(DeviceClass) if one)
SpanKind = Literal["internal", "server", "client", "producer", "consumer"]
SpanStatus = Literal["unset", "ok", "error"]
SampleType = Literal["gauge", "sum", "histogram", "exponential_histogram", "summary"]
Temporality = Literal["", "delta", "cumulative"]

NO_ID = "00000000-0000-0000-0000-000000000000"


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing that happened to a customer.

    `session_id` is a UUIDv7, so `session_start` (its time part) names the day that the visit belongs to;
    events outside a visit carry `NO_ID`. `tags` are sorted "key=value" strings that the site wants to break down by.
    `props` is canonical flat JSON. `user_agent` and `session_key` (a client's own id of the visit, of any form) stand
    in the spool only: the drain describes and sessionizes by them.
    """

    site: str
    event_id: str
    type: EventType
    time: int
    received: int
    name: str = ""
    session_id: str = NO_ID
    session_start: int = 0
    session_key: str = ""
    page_view_id: str = NO_ID
    device_id: str = ""
    user_id: str = ""
    visitor: Literal["", "new", "returning"] = ""
    host: str = ""
    path: str = ""
    route: str = ""
    step: str = ""
    referrer: str = ""
    channel: str = ""
    campaign: str = ""
    country: str = ""
    region: str = ""
    device_class: DeviceClass = ""
    device_tier: Literal["", "low", "mid", "high"] = ""
    browser: str = ""
    os: str = ""
    user_agent: str = ""
    release: str = ""
    trace_id: str = ""
    value: float = 0.0
    duration_ms: float = 0.0
    status: int = 0
    method: str = ""
    target: str = ""
    source: str = ""
    message: str = ""
    order_id: str = ""
    revenue: float = 0.0
    currency: str = ""
    tags: list[str] = []
    props: str = ""


class Span(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One operation of one service, as OpenTelemetry defines it. Ids are lower-case hex, durations nanoseconds.

    `generated` marks spans that a simulator wrote rather than a running service; pages label them so.
    `attributes` is canonical flat JSON of the span's own attributes. `environment` is that of the deployment, `scope`
    the instrumentation's name; `links` are other spans as "trace-span", `events` a JSON list of what happened in it.
    """

    site: str
    trace_id: str
    span_id: str
    service: str
    name: str
    time: int
    start_ns: int
    duration_ns: int
    received: int
    parent_span_id: str = ""
    kind: SpanKind = "internal"
    status: SpanStatus = "unset"
    status_message: str = ""
    http_status: int = 0
    peer: str = ""
    release: str = ""
    exception: str = ""
    generated: bool = False
    attributes: str = ""
    environment: str = ""
    scope: str = ""
    links: list[str] = []
    events: str = ""


class Sample(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One data point of one time series, as OpenTelemetry defines it; counts are not negative, times nanoseconds.

    `series` is a hash of all that names the series: resource, scope, name, unit, type, temporality and attributes.
    `value` is that of a gauge or sum. It, `sum`, `min` and `max` are None when the sender did not measure them.
    `explicit_bounds` and `bucket_counts` are a histogram's, `scale` to `negative_bucket_counts` an exponential
    histogram's, `quantiles` and `quantile_values` a summary's. `resource` and `attributes` are canonical flat JSON.
    """

    site: str
    service: str
    name: str
    type: SampleType
    series: str
    time: int
    time_ns: int
    received: int
    start_ns: int = 0
    release: str = ""
    scope: str = ""
    unit: str = ""
    temporality: Temporality = ""
    monotonic: bool = False
    value: float | None = None
    count: int = 0
    sum: float | None = None
    min: float | None = None
    max: float | None = None
    explicit_bounds: list[float] = []
    bucket_counts: list[int] = []
    scale: int = 0
    zero_count: int = 0
    zero_threshold: float = 0.0
    positive_offset: int = 0
    positive_bucket_counts: list[int] = []
    negative_offset: int = 0
    negative_bucket_counts: list[int] = []
    quantiles: list[float] = []
    quantile_values: list[float] = []
    exemplar_trace_ids: list[str] = []
    generated: bool = False
    resource: str = ""
    attributes: str = ""


class LogRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One log record or event, as OpenTelemetry defines it; `log_id` is made from its content.

    `event_name` is empty for a plain log line. `body` is the text, or flat JSON of a structured body; `exception` is
    "type: message". `resource` and `attributes` are canonical flat JSON.
    """

    site: str
    log_id: str
    service: str
    time: int
    time_ns: int
    received: int
    severity_number: int = 0
    severity_text: str = ""
    event_name: str = ""
    body: str = ""
    trace_id: str = ""
    span_id: str = ""
    release: str = ""
    scope: str = ""
    exception: str = ""
    generated: bool = False
    resource: str = ""
    attributes: str = ""


Record: TypeAlias = Event | Span | Sample | LogRecord
"""What stands in the spool: each kind has its table."""
