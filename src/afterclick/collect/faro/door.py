"""`POST /collect` and `/collect/KEY`: Grafana Faro's web SDK. Its steps, and its answers."""

from collections.abc import Callable, Iterator

import msgspec

from afterclick.collect.event import door as events
from afterclick.collect.event.derived_id import derived_id
from afterclick.collect.event.steps import EVENT_STEPS
from afterclick.collect.event.wire import WireEvent, merge
from afterclick.collect.faro import events as faro_events
from afterclick.collect.faro import payload as faro_payload
from afterclick.collect.faro.payload import Body, Meta
from afterclick.collect.otlp.spans import body as span_body
from afterclick.collect.otlp.spans import record as span_record
from afterclick.collect.passage import steps
from afterclick.collect.passage.entry import enter
from afterclick.collect.passage.fit import Lenient
from afterclick.collect.passage.gate import key_of
from afterclick.collect.passage.passage import Answer, House, Passage, Step
from afterclick.collect.passage.refusal import Unsupported
from afterclick.collect.transport.density import check_density
from afterclick.errors import AfterclickError, InvalidInput, TooLarge

PATH = "/collect"
MOST_SIGNALS = 10_000
"""Signals that one request may hold: more would keep others waiting."""

_BODY = Lenient(Body)
_EVENT = Lenient(faro_payload.FaroEvent)
_EXCEPTION = Lenient(faro_payload.FaroException)
_MEASUREMENT = Lenient(faro_payload.Measurement)
_LOG = Lenient(faro_payload.Log)
_MALFORMED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_GROUPS = ("events", "exceptions", "measurements", "logs")
_PERSONAL = ("user.email", "user.name", "user.full_name", "user.roles", "user.hash")
"""What the SDK writes of its user into every span."""
_LONGEST_SESSION = 256
_EXPOSED = (b"access-control-expose-headers", b"X-Faro-Session-Status, Retry-After")
_INVALID = (b"x-faro-session-status", b"invalid")

Read = Callable[[msgspec.Raw, Meta, list[str]], WireEvent | None]


def authenticate(house: House, passage: Passage) -> None:
    """Find what the key opens: from the path, `x-api-key`, or any way that our own doors know."""
    in_path = passage.path.removeprefix(PATH).strip("/")
    key = in_path or passage.headers.get(b"x-api-key", b"").decode("latin-1").strip()
    enter(house, passage, key or key_of(passage.headers, passage.query))


def decode(_: House, passage: Passage) -> None:
    """Read the signals and map them to events and spans; one that cannot be read is refused alone."""
    if passage.media_type not in ("application/json", "text/plain", ""):
        raise Unsupported("Send Faro's signals as application/json.")
    check_density(passage.body)
    odd: list[str] = []
    try:
        body = _BODY.decode(passage.body, odd)
    except _MALFORMED as error:
        raise InvalidInput(f"The body is not a payload of Grafana Faro: {error}.") from error
    meta = body.meta or Meta()
    signals = _signals(body)
    if len(signals) > MOST_SIGNALS:
        raise TooLarge(f"A request may hold {MOST_SIGNALS} signals; send smaller batches.")
    found = [one for place in enumerate(signals) for one in _mapped(passage, meta, *place)]
    lost = [name for name in odd if name in _GROUPS]
    for index, name in enumerate(lost, len(signals)):
        passage.drop(index, "wrong_type", f"`{name}` is no list of signals.")
    if rest := [name for name in odd if name not in lost]:
        for index, _event in found:
            passage.leave_out(index, rest)
    _keep(passage, meta, found)
    _take_traces(passage, body.traces, len(signals) + len(lost))


def _take_traces(passage: Passage, traces: msgspec.Raw, first: int) -> None:
    if bytes(traces) in (b"", b"null"):
        return
    try:
        span_body.take_json(passage, traces, first)
    except InvalidInput as error:
        passage.drop(first, "malformed", str(error))
    for _index, span in passage.spans:
        for name in _PERSONAL:
            span.attributes.pop(name, None)


def _signals(body: Body) -> list[tuple[Read, msgspec.Raw]]:
    groups: tuple[tuple[Read, list[msgspec.Raw] | None], ...] = (
        (lambda raw, meta, odd: faro_events.event(_EVENT.decode(raw, odd), meta), body.events),
        (lambda raw, meta, odd: faro_events.exception(_EXCEPTION.decode(raw, odd), meta), body.exceptions),
        (lambda raw, _, odd: faro_events.measurement(_MEASUREMENT.decode(raw, odd)), body.measurements),
        (lambda raw, _, odd: faro_events.log(_LOG.decode(raw, odd)), body.logs),
    )
    return [(read, raw) for read, group in groups for raw in group or ()]


def _mapped(
    passage: Passage, meta: Meta, index: int, signal: tuple[Read, msgspec.Raw]
) -> Iterator[tuple[int, WireEvent]]:
    read, raw = signal
    odd: list[str] = []
    try:
        found = read(raw, meta, odd)
    except msgspec.ValidationError as error:
        passage.drop(index, "wrong_type", f"{error}.")
    except _MALFORMED as error:
        passage.drop(index, "malformed", f"Not readable as a signal: {error}.")
    else:
        if found is not None:
            if odd:
                passage.leave_out(index, odd)
            yield index, found
        else:
            passage.drop(
                index, faro_events.NOT_KEPT, "Resources that were neither slow nor failed are not kept."
            )


def _keep(passage: Passage, meta: Meta, found: list[tuple[int, WireEvent]]) -> None:
    """Give the events what the request says of them all; refuse them when its session is none."""
    if meta.session and len(meta.session.id or "") > _LONGEST_SESSION:
        for index, _ in found:
            passage.drop(index, "bad_session", f"A session's id may have {_LONGEST_SESSION} characters.")
        return
    # The SDK sends the same key when it tries again.
    delivery = passage.headers.get(b"idempotency-key", b"").decode("latin-1")
    if delivery:
        for index, event in found:
            event.id = derived_id("faro", passage.grant.site, delivery, str(index))
    merge(faro_events.context_of(meta), [event for _, event in found])
    passage.events = found


def answer(passage: Passage) -> Answer:
    """202 with what was taken and what was not; the SDK begins a new session when its own was refused."""
    is_wrong = "bad_session" in passage.dropped or passage.is_rekeyed
    invalid = (_INVALID,) if is_wrong else ()
    return events.answer(passage)._replace(headers=(_EXPOSED, *invalid))


def refuse(passage: Passage, error: AfterclickError) -> Answer:
    """The error's status and its sentence."""
    return events.refuse(passage, error)._replace(headers=(_EXPOSED,))


STEPS = (
    Step("authenticate", authenticate),
    Step("limit", steps.limit),
    Step("read", steps.read),
    Step("decode", decode),
    *EVENT_STEPS,
    Step("validate_spans", span_record.validate),
    Step("clean_spans", span_record.clean),
    Step("spool", steps.spool),
)
