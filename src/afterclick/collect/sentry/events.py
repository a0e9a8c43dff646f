"""Maps Sentry's errors, messages and feedback to events; the table is in docs/collect.md."""

import re
from collections.abc import Iterator
from typing import cast
from uuid import UUID

from afterclick.collect.event.addresses import place
from afterclick.collect.event.derived_id import derived_id
from afterclick.collect.event.errors import OBJECT, TELLING
from afterclick.collect.event.flat import flat, scalar, text
from afterclick.collect.event.wire import Scalar, WireEvent
from afterclick.collect.sentry.payload import Chain, Event, Frame, LogEntry, Named, Thrown, User, UserReport
from afterclick.collect.sentry.stack import causes_of, stack_of

_ERRORS = ("error", "fatal")
_KEYS = re.compile(r"Object captured as (?:promise rejection|exception) with keys: ")
_DEVICES = frozenset({"Android", "iOS", "iPadOS", "tvOS", "visionOS", "watchOS"})
"""Systems of customers' devices, whatever language an app on them is written in."""
_SESSION_TAG = "session.id"
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


def error_or_message(event: Event) -> WireEvent:
    """An exception, or a message of level error or fatal, as an error; another message as a track."""
    told = context_of(event)
    chain = _chain(event)
    thrown = chain[-1] if chain else None
    level = event.level or ("error" if thrown else "info")
    typed = thrown is not None and thrown.type is not None
    is_error = typed or level in _ERRORS
    told.type = "error" if is_error else "track"
    told.name = (thrown.type if thrown else None) or "message"
    told.message = (text(thrown.value) if thrown else "") or _message(event)
    if thrown and is_error:
        told.source = _source(thrown, told.url or "") or None
    handled = thrown.mechanism.handled if thrown and thrown.mechanism else None
    held = _held(event.extra)
    about = {"level": level, "handled": handled, "transaction": event.transaction, "platform": event.platform}
    about["server_name"] = event.server_name
    about["fingerprint"] = " ".join(map(text, event.fingerprint or ()))
    about |= {"stack": stack_of(thrown), "causes": causes_of(chain)} if thrown else {}
    told.props = flat(about | {name: value for name, value in held.items() if name not in about})
    if _KEYS.match(told.message) and not held.keys().isdisjoint(TELLING):
        told.message = OBJECT
    return told


def _held(extra: object) -> dict[str, object]:
    """What an object held that was thrown and is no error, as the browser SDK writes it down."""
    held = cast("dict[str, object]", extra).get("__serialized__") if isinstance(extra, dict) else None
    return cast("dict[str, object]", held) if isinstance(held, dict) else {}


def _named(context: Named | None) -> str | None:
    """The name alone, as the User-Agent is read: versions would be a group each."""
    return (context.name or None) if context else None


def feedback(event: Event) -> WireEvent:
    """What a customer wrote, as a track; Sentry asks for no rating."""
    told = context_of(event)
    asked = event.contexts.feedback if event.contexts else None
    told.type, told.name = "track", "feedback"
    told.message = asked.message if asked else None
    return told


def user_report(report: UserReport) -> WireEvent:
    """The older form of feedback, which tells the error that it is about."""
    props = flat({"event_id": report.event_id})
    return WireEvent(type="track", name="feedback", message=report.comments, props=props or None)


def context_of(event: Event) -> WireEvent:
    """What every event of Sentry tells of its customer, page, release and trace."""
    tags = _tags(event.tags)
    trace = (event.contexts.trace.trace_id if event.contexts and event.contexts.trace else None) or None
    told = WireEvent(
        id=_uuid(event.event_id),
        time=time_of(event.timestamp),
        user_id=user_id(event.user),
        release=release_of(event.release)[1] or None,
        trace_id=trace,
        tags=_in_environment(tags, event.environment) or None,
    )
    join(told, text(tags.pop(_SESSION_TAG, None)), trace, is_browser=is_browsers(event))
    if event.contexts and (is_browsers(event) or _named(event.contexts.os) in _DEVICES):
        told.browser, told.os = _named(event.contexts.browser), _named(event.contexts.os)
    if event.request:
        told.url = event.request.url
        told.user_agent = _agent(event.request.headers)
    if event.transaction_info and event.transaction_info.source == "route":
        told.route = event.transaction
    return told


def join(told: WireEvent, session: str, trace: str | None, *, is_browser: bool) -> None:
    """Join an event to its visit and page view.

    `session` is what the site tells as `session.id`. Without it, a browser's trace stands for both: Sentry's browser
    SDK begins one with every page, and sends no id of the visit.
    """
    if session:
        own = _UUID7.fullmatch(session) is not None
        told.session_id, told.session_key = (session, None) if own else (None, session)
    elif is_browser:
        told.session_key = trace
    if trace and is_browser:
        told.page_view_id = derived_id("sentry page view", trace)


def is_browsers(event: Event) -> bool:
    """Whether a browser told it: JavaScript on a server tells its runtime."""
    return event.platform == "javascript" and not (event.contexts and event.contexts.runtime)


def release_of(release: str | None) -> tuple[str, str]:
    """Package and version of a release written `package@version`; the package is empty when it names none."""
    package, at, version = (release or "").rpartition("@")
    return (package, version) if at else ("", release or "")


def user_id(user: User | None) -> str | None:
    """Who is signed in, when the SDK was told."""
    return text(user.id) or None if user else None


def time_of(value: int | float | str | None) -> int | float | str | None:
    """Seconds since 1970 as ms; ISO 8601 as it is."""
    return value * 1000 if isinstance(value, int | float) and not isinstance(value, bool) else value


def _chain(event: Event) -> list[Thrown]:
    """Causes first, what was thrown last."""
    told = event.exception
    values = told.values if isinstance(told, Chain) else told
    return [one for one in values or [] if one is not None]


def _message(event: Event) -> str:
    entry = event.logentry
    told = entry.formatted or entry.message if isinstance(entry, LogEntry) else entry
    return told or text(event.message)


def _source(thrown: Thrown, page: str) -> str:
    """The innermost frame of the application's own code, or the innermost of all."""
    frames = [frame for frame in (thrown.stacktrace and thrown.stacktrace.frames) or [] if frame]
    chosen = next((frame for frame in reversed(frames) if frame.in_app), frames[-1] if frames else Frame())
    where = place(chosen.filename, page) if chosen.filename else chosen.module or ""
    return f"{where}:{chosen.lineno or 0}" if where else ""


def _tags(tags: object) -> dict[str, Scalar]:
    return {key: scalar(value) for key, value in _pairs(tags) if key}


def _in_environment(tags: dict[str, Scalar], environment: str | None) -> dict[str, Scalar]:
    """The tags behind the environment, since the first ones are kept."""
    told: dict[str, Scalar] = {"environment": environment} if environment else {}
    return told | tags | told


def _agent(headers: object) -> str | None:
    return next((text(value) for name, value in _pairs(headers) if name.lower() == "user-agent"), None)


def _pairs(value: object) -> Iterator[tuple[str, object]]:
    """Sentry writes maps as objects or as lists of pairs."""
    if isinstance(value, dict):
        yield from cast("dict[str, object]", value).items()
    elif isinstance(value, list):
        for pair in cast("list[object]", value):
            if isinstance(pair, list) and len(cast("list[object]", pair)) == 2:
                name, content = cast("list[object]", pair)
                yield text(name), content


def _uuid(event_id: str | None) -> str | None:
    try:
        return str(UUID(event_id)) if event_id else None
    except ValueError:
        return event_id  # the step that validates says what is wrong with it
