"""A small seeded world: visits with page views at steps, and what was felt on them, as records."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from afterclick.signals import Event, Span

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOW = 1_781_000_000_000
NETWORKS = ("visa", "visa", "visa", "mastercard", "mastercard", "amex")


@dataclass
class Visit:
    """One visit's fixed traits and its events so far."""

    time: int
    session_id: str
    traits: dict[str, str]
    network: str
    events: list[Event] = field(default_factory=list[Event])


@dataclass
class View:
    """One page view about to be written: what the fault may look at and change."""

    visit: Visit
    step: str
    time: int
    release: str
    request_ms: float = 300.0
    status: int = 200
    page_status: int = 200
    lcp: float = 1500.0
    lcp_by: tuple[str, str] = ("img.hero", "/hero.jpg")
    inp: float = 80.0
    script: tuple[str, float] = ("", 0.0)
    struggle: str = ""
    path: str = ""
    thrown_in: str = ""
    slow_in: tuple[str, str, str] = ("", "", "")


Fault = Callable[[View, random.Random], None]


def uuid7(time: int, rng: random.Random) -> str:
    """A UUIDv7 whose time part is `time`."""
    return str(
        uuid.UUID(
            int=(time << 80) | (7 << 76) | (rng.getrandbits(12) << 64) | (2 << 62) | rng.getrandbits(62)
        )
    )


def world(
    site: str,
    seed: int,
    since: int,
    until: int,
    per_hour: float,
    fault: Fault | None = None,
    steps: tuple[str, ...] = ("product", "payment"),
    release: Callable[[int], str] = lambda _: "1.4.0",
) -> tuple[list[Event], list[Span]]:
    """Visits arriving evenly from `since` to `until`, each through `steps` in order; about 1 % slow of itself."""
    rng = random.Random(seed)
    events: list[Event] = []
    spans: list[Span] = []
    for _ in range(round(per_hour * (until - since) / HOUR)):
        start = int(rng.uniform(since, until))
        visit = Visit(start, uuid7(start, rng), _traits(rng), rng.choice(NETWORKS))
        for index, step in enumerate(steps):
            view = View(visit, step, start + index * 20_000, release(start))
            if view.time >= until:
                break
            if rng.random() < 0.01:
                view.lcp = 4500.0
            if rng.random() < 0.003:
                view.struggle = "rage_click"
            if fault:
                fault(view, rng)
            spans += _write(view, site, rng)
        events += visit.events
    return events, spans


def _traits(rng: random.Random) -> dict[str, str]:
    return {
        "device_class": rng.choice(["mobile", "mobile", "mobile", "desktop", "desktop"]),
        "device_tier": rng.choice(["low", "mid", "high"]),
        "country": rng.choice(["DE", "FR", "CZ"]),
        "campaign": rng.choice(["", "spring", "brand"]),
        "visitor": rng.choice(["new", "returning"]),
        "browser": rng.choice(["Chrome", "Safari", "Firefox"]),
    }


def _write(view: View, site: str, rng: random.Random) -> list[Span]:
    visit = view.visit
    trace = f"{rng.getrandbits(128):032x}"
    page = str(uuid.UUID(int=rng.getrandbits(128)))

    def event(kind: str, **rest: object) -> None:
        fields = {
            "release": view.release,
            "route": f"/{view.step}",
            "step": view.step,
            **visit.traits,
            **rest,
        }
        visit.events.append(
            Event(
                site=site,
                event_id=str(uuid.UUID(int=rng.getrandbits(128))),
                type=kind,  # pyright: ignore[reportArgumentType]
                time=view.time,
                received=view.time,
                session_id=visit.session_id,
                session_start=visit.time,
                page_view_id=page,
                device_id="d",
                tags=[f"card_network={visit.network}"] if view.step == "payment" else [],
                **fields,  # pyright: ignore[reportArgumentType]
            )
        )

    # A page that failed carries the trace that failed, as a page with the server's `traceparent` does.
    failed = {"status": view.page_status, "trace_id": trace} if view.page_status >= 400 else {}
    event("page_view", path=view.path, **failed)
    if view.thrown_in:
        event("error", name="TypeError", message="x is null", source=view.thrown_in)
    event("vital", name="LCP", value=view.lcp, target=view.lcp_by[0], source=view.lcp_by[1])
    event("vital", name="INP", value=view.inp, target="button.buy", source="/app.js")
    event(
        "request",
        method="POST",
        target=f"/api/{view.step}",
        duration_ms=view.request_ms,
        status=view.status,
        trace_id=trace,
    )
    if view.script[0]:
        event("resource", name="script", source=view.script[0], duration_ms=view.script[1], status=200)
    if view.struggle:
        event("struggle", name=view.struggle, target="button.buy")
    return _spans(view, site, trace, rng)


def _spans(view: View, site: str, trace: str, rng: random.Random) -> list[Span]:
    """storefront -> checkout -> payment -> (client) acquirer; the extra time and errors are where `slow_in` says."""
    chain = [
        ("storefront", "POST /api", "server", ""),
        ("checkout", "POST /checkout", "server", ""),
        ("payment", "POST /charge", "server", ""),
        ("payment", "POST acquirer/authorize", "client", "acquirer"),
    ]
    deepest = next((i for i, (s, o, _, _) in enumerate(chain) if (s, o) == view.slow_in[:2]), -1)
    usual = [20.0, 30.0, 40.0, 100.0]
    own = [ms * rng.uniform(0.8, 1.2) for ms in usual]
    if deepest >= 0:
        own[deepest] += max(view.request_ms - sum(usual), 0.0)
    spans: list[Span] = []
    parent = ""
    for index, (service, name, kind, peer) in enumerate(chain):
        span_id = f"{rng.getrandbits(64):016x}"
        failed = max(view.status, view.page_status) >= 500 and index <= deepest
        spans.append(
            Span(
                site=site,
                trace_id=trace,
                span_id=span_id,
                parent_span_id=parent,
                service=service,
                name=name,
                kind=kind,  # pyright: ignore[reportArgumentType]
                peer=peer,
                time=view.time,
                start_ns=view.time * 1_000_000,
                duration_ns=int(sum(own[index:]) * 1_000_000),
                received=view.time,
                status="error" if failed else "unset",
                http_status=500 if failed else 200,
                generated=True,
            )
        )
        parent = span_id
    return spans
