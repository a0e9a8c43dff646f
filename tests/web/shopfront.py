"""A small shop's fortnight, written as records."""

import random
import uuid
from dataclasses import dataclass, field

from afterclick.signals import NO_ID, Event, Span, SpanKind
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.store import Store

DAY = 86_400_000
HOUR = 3_600_000
NOW = 1_795_000_000_000 // HOUR * HOUR + 20 * 60_000
JOURNEY = (
    ("home", "/", "/"),
    ("list", "/category/:id", "/category/shoes"),
    ("product", "/product/:id", "/product/42"),
    ("cart", "/cart", "/cart"),
    ("checkout", "/checkout", "/checkout"),
    ("payment", "/payment", "/payment"),
    ("thanks", "/thanks", "/thanks"),
)


def uuid7(time: int, rng: random.Random) -> str:
    """A UUIDv7 whose time part is `time` (RFC 9562)."""
    value = (
        (time & (2**48 - 1)) << 80 | 0x7 << 76 | rng.getrandbits(12) << 64 | 0b10 << 62 | rng.getrandbits(62)
    )
    return str(uuid.UUID(int=value))


@dataclass
class Shopper:
    """One visit being written: `add` appends an event that happened `after` ms later than the last one."""

    site: str
    rng: random.Random
    start: int
    context: dict[str, str]
    events: list[Event] = field(default_factory=list[Event])
    time: int = 0
    page_view: str = NO_ID
    place: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.session_id = uuid7(self.start, self.rng)
        self.time = self.start

    def add(self, type_: str, after: int = 0, **values: object) -> None:
        """Append one event."""
        self.time += after
        fields: dict[str, object] = {
            "site": self.site,
            "event_id": str(uuid.UUID(int=self.rng.getrandbits(128))),
            "type": type_,
            "time": self.time,
            "received": self.time + 900,
            "session_id": self.session_id,
            "session_start": self.start,
            "page_view_id": self.page_view,
            "currency": "EUR",
            **self.context,
            **self.place,
            **values,
        }
        self.events.append(Event(**fields))  # pyright: ignore[reportArgumentType]

    def open(self, step: int, after: int, lcp: float) -> None:
        """Open the page of a journey step."""
        name, route, path = JOURNEY[step]
        self.page_view = str(uuid.UUID(int=self.rng.getrandbits(128)))
        self.place = {"step": name, "route": route, "path": path, "host": "shop.example"}
        self.add("page_view", after)
        self.add("vital", name="LCP", value=lcp, target="img.product-photo", source="/img/42.jpg")
        self.add("vital", name="INP", value=self.rng.lognormvariate(4.8, 0.5), target="button.buy")
        self.add("vital", name="CLS", value=self.rng.random() * 0.12, target="main")


def write_visit(site: str, rng: random.Random, start: int, slow: bool) -> tuple[list[Event], list[Span]]:
    """One visit of the shop, `slow` at payment for amex; with the payment's trace when it pays."""
    device = rng.choice(("mobile", "mobile", "desktop"))
    context = {
        "device_class": device,
        "device_tier": rng.choice(("low", "mid", "high")),
        "country": rng.choice(("DE", "CZ", "FR")),
        "visitor": rng.choice(("new", "returning")),
        "browser": "Chrome",
        "os": "Android" if device == "mobile" else "macOS",
        "campaign": rng.choice(("", "", "spring")),
        "device_id": f"d{rng.getrandbits(40):x}",
        "release": "1.4.2",
        "referrer": "search.example",
    }
    one, spans = Shopper(site, rng, start, context), list[Span]()
    for step in range(rng.choice((1, 2, 3, 3, 4, 5, 6, 6))):
        one.open(step, rng.randrange(4_000, 40_000), rng.lognormvariate(7.3, 0.45))
        if rng.random() < 0.01:
            one.add(
                "error", 400, name="TypeError", message="undefined is not a function", source="cart.js:12"
            )
        if rng.random() < 0.02:
            one.add("struggle", 900, name="rage_click", target="button.buy", value=4)
        if step == 5:
            spans = _pay(one, slow, rng)
    if rng.random() < 0.06:
        one.add(
            "rating",
            2_000,
            value=float(rng.choice((2, 4, 5, 5))),
            message="Good" if rng.random() < 0.5 else "",
        )
    return one.events, spans


def _pay(one: Shopper, slow: bool, rng: random.Random) -> list[Span]:
    amex = rng.random() < 0.3
    took = rng.lognormvariate(8.3, 0.2) if slow and amex else rng.lognormvariate(5.5, 0.3)
    trace_id = f"{rng.getrandbits(128):032x}"
    card = [f"card_network={'amex' if amex else 'visa'}"]
    started = one.time
    one.add(
        "request",
        int(took),
        method="POST",
        target="/api/payment",
        duration_ms=took,
        status=200,
        trace_id=trace_id,
        tags=card,
    )
    if not (slow and amex and rng.random() < 0.4):
        one.add(
            "order", 200, order_id=f"o{rng.getrandbits(40):x}", revenue=round(rng.lognormvariate(4, 0.5), 2)
        )
        one.open(6, 500, rng.lognormvariate(7.1, 0.3))
    calls: tuple[tuple[str, str, SpanKind, str, float], ...] = (
        ("storefront", "POST /api/payment", "server", "", 1.0),
        ("checkout", "POST /pay", "server", "", 0.96),
        ("payment", "POST /charge", "server", "", 0.93),
        ("payment", "POST acquirer/authorize", "client", "acquirer", 0.88),
    )
    spans, parent = list[Span](), ""
    for depth, (service, name, kind, peer, share) in enumerate(calls):
        span_id = f"{rng.getrandbits(64):016x}"
        start_ns = started * 1_000_000 + depth * 4_000_000
        spans.append(
            Span(
                site=one.site,
                trace_id=trace_id,
                span_id=span_id,
                parent_span_id=parent,
                service=service,
                name=name,
                kind=kind,
                peer=peer,
                time=started,
                start_ns=start_ns,
                duration_ns=int(took * share * 1e6),
                received=started + 5_000,
                generated=rng.random() < 0.5,
            )
        )
        parent = span_id
    return spans


def seed(store: Store, site: str, now: int = NOW, visits: int = 900, days: float = 14.0) -> None:
    """Write `visits` visits over the `days` before `now`; payment is slow for amex in the last one and a half."""
    rng = random.Random(7)
    events, spans = list[Event](), list[Span]()
    for _ in range(visits):
        start = now - int(rng.random() * days * DAY) - 10 * 60_000
        more, traced = write_visit(site, rng, start, slow=start > now - 1.5 * DAY)
        events += [one for one in more if one.time <= now]
        spans += traced
    events.append(
        Event(
            site=site,
            event_id=str(uuid.UUID(int=rng.getrandbits(128))),
            type="mark",
            time=now - 2 * DAY,
            received=now - 2 * DAY,
            name="release",
            target="web",
            release="1.4.2",
        )
    )
    store.insert("events", events_table(events), f"events-{site}")
    store.insert("spans", spans_table(spans), f"spans-{site}")
