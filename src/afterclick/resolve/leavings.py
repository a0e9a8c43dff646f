"""Pages that failed at the server and carried no script, joined to the visits that they answered.

A page tells, when it is left, to which path, how and when. Where no page view followed, and a trace at a server begins
with a failure of the same method and path at that time, the customer met that failure: it becomes a page view of the
visit, told by the server and appended by the front door. So does the failure of a page that the server is known to send
those on to who leave for that path (a form, answered by a redirect). Where two visits or two failures are as near,
nobody can tell, and nothing is joined.
"""

import uuid
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, Protocol, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec

from afterclick.accounts import Sites
from afterclick.clock import now_ms
from afterclick.jobs import Job, Stop, each
from afterclick.measure import FELT
from afterclick.resolve.scan import DAY, MINUTE
from afterclick.resolve.server import KNOWN, TOLD_BY, over_unknown
from afterclick.settings import Settings
from afterclick.signals import DeviceClass, Event
from afterclick.store.engine.query import Parameter, Reader, named, statements
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import Batch
from afterclick.store.spool.spool import Spool
from afterclick.store.store import Store

T = TypeVar("T")

REACH = 3_000
"""ms that may lie between the leaving of a page and the start of the request that answered it."""
CLEAR = 1_000
"""ms by which any other must be further away."""
LATELY = 30 * MINUTE
"""Spans that come later than this are not joined any more."""
LEAST_SENT_ON = 2
"""Visits that were sent on from one path to another, until it is known that this one leads there."""
SLACK = 250
"""ms by which the times of two documents of one browser may differ."""

_FILE = ("afterclick.resolve", "leavings.sql")
_FAILURES = over_unknown("failures", named(*_FILE)["failures"])
_LEAVINGS, _STEPS, _LEADS = (statements(*_FILE)[name] for name in ("leavings", "steps", "leads"))
_IDS = uuid.UUID("7d0c2a5e-3b1f-5c8e-9a64-51f0c7b6e2d8")


class Leaving(msgspec.Struct, frozen=True):
    """A page was left for the path `target` at `left_at`, UTC ms by our clock; the rest is of its visit and itself."""

    event_id: str
    left_at: int
    method: str
    target: str
    received: int = 0
    session_id: str = ""
    session_start: int = 0
    device_id: str = ""
    user_id: str = ""
    visitor: Literal["", "new", "returning"] = ""
    host: str = ""
    path: str = ""
    route: str = ""
    step: str = ""
    country: str = ""
    region: str = ""
    device_class: DeviceClass = ""
    device_tier: Literal["", "low", "mid", "high"] = ""
    browser: str = ""
    os: str = ""
    release: str = ""
    tags: list[str] = []

    @property
    def asks(self) -> tuple[str, str]:
        """Method and path, as a failure has them."""
        return self.method, unquote(self.target)


class Failure(msgspec.Struct, frozen=True):
    """The server span, started `at` (UTC ms), with which a trace begins and which failed. `operation` is its name,
    which stands in where it has no attribute for method or address.
    """

    trace_id: str
    at: int
    http_status: int
    operation: str = ""
    method: str = ""
    address: str = ""
    received: int = 0
    duration_ms: float = 0.0

    @property
    def asks(self) -> tuple[str, str]:
        """Method and path, decoded; empty what is not told."""
        method, _, path = self.operation.partition(" ")
        return (self.method or method).upper(), unquote(_path(self.address or path))


class Lead(msgspec.Struct, frozen=True):
    """Who leaves for `target` by `method` is known to be sent on to `path`, decoded both."""

    method: str
    target: str
    path: str


class _Place(msgspec.Struct):
    path: str
    step: str
    route: str


def joined(
    leavings: Sequence[Leaving], failures: Sequence[Failure], leads: Sequence[Lead] = ()
) -> list[tuple[Leaving, Failure]]:
    """Which failure answered which leaving, each in one pair at most; the same for any order of any.

    A pair asks for the same, lies within `REACH`, and every other that one of the two could be paired with is further
    by `CLEAR`. What is paired leaves the field, until no pair is left. Then so do those that one of `leads` brings
    together, a failed page and the leaving for what is known to send customers on to it.
    """
    asked: defaultdict[tuple[str, str], tuple[list[Leaving], list[Failure]]] = defaultdict(lambda: ([], []))
    for leaving in sorted(leavings, key=lambda one: (one.left_at, one.event_id)):
        asked[leaving.asks][0].append(leaving)
    for failure in sorted(failures, key=lambda one: (one.at, one.trace_id)):
        asked[failure.asks][1].append(failure)
    found = [pair for of_left, of_failed in asked.values() for pair in _paired(of_left, of_failed)]
    gone = {id(one) for pair in found for one in pair}
    left = [one for one in leavings if id(one) not in gone]
    return found + _sent_on(left, [one for one in failures if id(one) not in gone], leads)


def _sent_on(
    leavings: list[Leaving], failures: list[Failure], leads: Sequence[Lead]
) -> list[tuple[Leaving, Failure]]:
    """The pairs that leads bring together, by the same rule; one path may lead to several, or several to one."""
    ways = {((lead.method, lead.target), ("GET", lead.path)) for lead in leads}
    sources, ends = {source for source, _ in ways}, {end for _, end in ways}
    left = sorted(
        (one for one in leavings if one.asks in sources), key=lambda one: (one.left_at, one.event_id)
    )
    failed = sorted((one for one in failures if one.asks in ends), key=lambda one: (one.at, one.trace_id))
    found: list[tuple[Leaving, Failure]] = []
    while pairs := _clear_by(left, failed, ways):
        found += pairs
        gone = {id(one) for pair in pairs for one in pair}
        left = [one for one in left if id(one) not in gone]
        failed = [one for one in failed if id(one) not in gone]
    return found


def _clear_by(
    left: list[Leaving], failed: list[Failure], ways: set[tuple[tuple[str, str], tuple[str, str]]]
) -> list[tuple[Leaving, Failure]]:
    left_at, at = [one.left_at for one in left], [one.at for one in failed]
    found: list[tuple[Leaving, Failure]] = []
    for leaving in left:
        answers = [one for one in _within(failed, at, leaving.left_at) if (leaving.asks, one.asks) in ways]
        place = _nearest(leaving.left_at, [one.at for one in answers])
        if place is None:
            continue
        failure = answers[place]
        askers = [one for one in _within(left, left_at, failure.at) if (one.asks, failure.asks) in ways]
        asker = _nearest(failure.at, [one.left_at for one in askers])
        if asker is not None and askers[asker] is leaving:
            found.append((leaving, failure))
    return found


def _within(ones: list[T], times: list[int], at: int) -> list[T]:
    """Those near enough to be paired, or to stand in the way of it."""
    return ones[bisect_left(times, at - REACH - CLEAR) : bisect_right(times, at + REACH + CLEAR)]


def _paired(leavings: list[Leaving], failures: list[Failure]) -> list[tuple[Leaving, Failure]]:
    """The pairs among those, in the order of time, that ask for the same."""
    found: list[tuple[Leaving, Failure]] = []
    while pairs := _clear(leavings, failures):
        found += pairs
        gone = {id(one) for pair in pairs for one in pair}
        leavings = [one for one in leavings if id(one) not in gone]
        failures = [one for one in failures if id(one) not in gone]
    return found


def _clear(leavings: list[Leaving], failures: list[Failure]) -> list[tuple[Leaving, Failure]]:
    """Those that are each other's only near one."""
    left, failed = [one.left_at for one in leavings], [one.at for one in failures]
    answers = [_nearest(at, failed) for at in left]
    return [
        (leavings[place], failures[answer])
        for place, answer in enumerate(answers)
        if answer is not None and _nearest(failed[answer], left) == place
    ]


def _nearest(at: int, times: list[int]) -> int | None:
    """Which of the ascending times is near, and no other nearly as near; None when there is none."""
    place = bisect_left(times, at)
    around = range(max(place - 2, 0), min(place + 2, len(times)))
    near = sorted((abs(times[index] - at), index) for index in around)
    if not near or near[0][0] > REACH or (len(near) > 1 and near[1][0] - near[0][0] < CLEAR):
        return None
    return near[0][1]


def answered(reader: Reader, scope: Scope, now: int) -> list[Event]:
    """The page views that failures of the last half hour were, as of `now` (UTC ms). Blocks.

    The newest wait until pages have told of theirs. The same data gives the same events, ids among them, and what was
    appended is found no more.
    """
    since = (now - LATELY) // MINUTE * MINUTE
    of_failures: dict[str, Parameter] = {"since": since - MINUTE, "until": now, "services": []}
    felt: dict[str, Parameter] = {"slow_ms": FELT.request_ms, "failed_status": FELT.failed_status}
    failures = reader.rows(scope, _FAILURES, Failure, felt | of_failures)
    if not failures:
        return []
    paths = {one.asks[1] for one in failures}
    lately: dict[str, Parameter] = {"visits_since": since - DAY, "slack": SLACK}
    known: dict[str, Parameter] = {"failed_status": FELT.failed_status, "least": LEAST_SENT_ON}
    leads = reader.rows(scope, _LEADS, Lead, lately | known | {"paths": sorted(paths)})
    asked_for = sorted(paths | {lead.target for lead in leads})
    window: dict[str, Parameter] = {"since": since - 2 * MINUTE, "until": now, "paths": asked_for}
    pairs = joined(reader.rows(scope, _LEAVINGS, Leaving, lately | window), failures, leads)
    settled = [(leaving, failure) for leaving, failure in pairs if since <= failure.at < now - KNOWN]
    if not settled:
        return []
    asked: dict[str, Parameter] = {
        "visits_since": since - DAY,
        "failed_status": FELT.failed_status,
        "paths": sorted({_shown(leaving, failure) for leaving, failure in settled}),
    }
    places = {one.path: one for one in reader.rows(scope, _STEPS, _Place, asked)}
    return [_page_view(scope.site, leaving, failure, places) for leaving, failure in settled]


def _page_view(site: str, leaving: Leaving, failure: Failure, places: dict[str, _Place]) -> Event:
    """The page that failed. It stands at the step that its path is known by, else where the customer was."""
    path, method = _shown(leaving, failure), failure.asks[0]
    own = _Place(leaving.path, leaving.step, leaving.route)
    place = own if leaving.path == path else places.get(path)
    return Event(
        site=site,
        event_id=str(uuid.uuid5(_IDS, f"{site} {failure.trace_id}")),
        type="page_view",
        time=failure.at,
        received=max(leaving.received, failure.received),
        session_id=leaving.session_id,
        session_start=leaving.session_start,
        page_view_id=leaving.event_id,
        device_id=leaving.device_id,
        user_id=leaving.user_id,
        visitor=leaving.visitor,
        host=leaving.host,
        path=path,
        route=place.route if place else "",
        step=place.step if place else leaving.step if leaving.method == "POST" else "",
        country=leaving.country,
        region=leaving.region,
        device_class=leaving.device_class,
        device_tier=leaving.device_tier,
        browser=leaving.browser,
        os=leaving.os,
        release=leaving.release,
        trace_id=failure.trace_id,
        duration_ms=failure.duration_ms,
        status=failure.http_status,
        method=method,
        source=TOLD_BY,
        tags=leaving.tags,
    )


def _shown(leaving: Leaving, failure: Failure) -> str:
    """The path of the page that failed: the one that was left for, or where that led."""
    return leaving.target if leaving.asks == failure.asks else failure.asks[1]


def _path(address: str) -> str:
    if address.startswith("/"):  # two slashes begin no host here
        return address.partition("?")[0].partition("#")[0]
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


class _Parts(Protocol):
    @property
    def settings(self) -> Settings: ...
    @property
    def store(self) -> Store: ...
    @property
    def sites(self) -> Sites: ...


def _run(parts: _Parts, stop: Stop) -> None:
    def join(site: str) -> None:
        if events := answered(parts.store, Scope(site), now_ms()):
            append(parts.settings, site, events)

    each((site.id for site in parts.sites.list()), join, stop)


def append(settings: Settings, site: str, events: Sequence[Event]) -> None:
    """Append by the front door, so that they are stored like anyone's; raises Unavailable when the disk refuses."""
    body = b"".join(msgspec.json.encode(event) + b"\n" for event in events)
    spool = Spool(settings.spool, settings.spool_budget_bytes)
    try:
        spool.write([Batch(site, TOLD_BY, "events", len(events), body)])
    finally:
        spool.close()


ANSWERED = Job(
    "failed pages",
    15,
    _run,
    "joins pages that failed at the server to the visits that asked for them, see [resolve.md](resolve.md#leavings)",
    rest=20,
)
