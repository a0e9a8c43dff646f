"""The body of Grafana Faro's `POST /collect`, as typed structs.

Source: the types `TransportBody` and `Meta` of `@grafana/faro-core` 2.12. Signals stay undecoded here, so that a bad
one loses no neighbour.
"""

import msgspec

Attributes = dict[str, object]


class App(msgspec.Struct, rename="camel"):
    """`MetaApp`."""

    name: str | None = None
    version: str | None = None
    release: str | None = None
    environment: str | None = None
    installation_id: str | None = None


class Session(msgspec.Struct):
    """`MetaSession`."""

    id: str | None = None


class Page(msgspec.Struct):
    """`MetaPage`; `id` is there when the page configures `generatePageId`."""

    id: str | None = None
    url: str | None = None


class View(msgspec.Struct):
    """`MetaView`."""

    name: str | None = None


class User(msgspec.Struct):
    """`MetaUser`: of a person, the id alone is kept."""

    id: str | None = None


class Browser(msgspec.Struct, rename="camel"):
    """`MetaBrowser`."""

    user_agent: str | None = None


class K6(msgspec.Struct, rename={"is_k6": "isK6Browser"}):
    """`MetaK6`: set when a load test drives the browser."""

    is_k6: bool | None = None


class Meta(msgspec.Struct):
    """`Meta`: who sent the signals, from where."""

    app: App | None = None
    session: Session | None = None
    page: Page | None = None
    view: View | None = None
    user: User | None = None
    browser: Browser | None = None
    k6: K6 | None = None


class Body(msgspec.Struct):
    """`TransportBody`."""

    meta: Meta | None = None
    events: list[msgspec.Raw] | None = None
    exceptions: list[msgspec.Raw] | None = None
    measurements: list[msgspec.Raw] | None = None
    logs: list[msgspec.Raw] | None = None
    traces: msgspec.Raw = msgspec.Raw(b"")


class Trace(msgspec.Struct):
    """`TraceContext`."""

    trace_id: str | None = None


class FaroItem(msgspec.Struct):
    """What all items share."""

    timestamp: str | None = None
    trace: Trace | None = None


class FaroEvent(FaroItem):
    """`EventEvent`."""

    name: str = ""
    attributes: Attributes | None = None


class Frame(msgspec.Struct):
    """`ExceptionStackFrame`; the first of a stack is where the error was thrown."""

    filename: str | None = None
    function: str | None = None
    lineno: int | None = None


class Stack(msgspec.Struct):
    """`Stacktrace`."""

    frames: list[Frame] = []


class FaroException(FaroItem):
    """`ExceptionEvent`."""

    type: str | None = None
    value: str | None = None
    stacktrace: Stack | None = None
    context: Attributes | None = None


class Measurement(FaroItem):
    """`MeasurementEvent`."""

    type: str = ""
    values: dict[str, float | None] = {}
    context: Attributes | None = None


class Log(FaroItem):
    """`LogEvent`."""

    message: str | None = None
    level: str | None = None
    context: Attributes | None = None
