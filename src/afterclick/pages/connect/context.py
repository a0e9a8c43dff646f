"""The Connect page: what to paste, with the reader's own key in it, and what has come by each door."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from afterclick.accounts import Site
from afterclick.pages.connect.checklist import Item, Lines, checklist
from afterclick.pages.connect.seen import Seen, seen
from afterclick.pages.connect.snippet import Snippet
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.web.intake import WINDOW, Health, Intake
from afterclick.words import figures
from afterclick.words.sentence import Sentence, did, sentence, strong
from afterclick.words.snippet import order_snippet, page_snippet

DOORS = {
    "events": ("Browser SDK and our own JSON", "page"),
    "traces": ("OpenTelemetry traces", "otlp"),
    "metrics": ("OpenTelemetry metrics", "otlp"),
    "logs": ("OpenTelemetry logs", "otlp"),
    "segment": ("Segment", "segment"),
    "faro": ("Grafana Faro", "faro"),
    "sentry": ("Sentry", "sentry"),
    "hooks": ("Signed webhooks", "hooks"),
    "mark": ("Marks of releases and campaigns", "mark"),
}
"""Every door by its name in counts: what it is called, and the snippet that leads to it."""


_HOOK = """\
[hook]
site = "%s"
secret = "the one that your shop signs with"
header = "X-Shopify-Hmac-Sha256"

[fields]
type = { value = "order" }
order_id = "id"
revenue = "total_price"
currency = "currency"
user_id = "customer.id"

"""


@dataclass(frozen=True)
class DoorLine:
    """One door: what came by it in the last 24 hours, and when the last of it; `last` is empty when nothing came."""

    name: str
    snippet: str
    last: str
    records: str


@dataclass(frozen=True)
class ConnectPage:
    """How to send data to one site, by its id; `connected` once something came, by whichever door."""

    answer: Sentence
    site: str
    key: str
    connected: bool
    checklist: tuple[Item, ...]
    doors: tuple[DoorLine, ...]
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True)
class Arrived:
    """One reading of what came for a site in the last 24 hours: by door, and what the visits hold."""

    intake: Intake
    seen: Seen

    @property
    def last(self) -> int | None:
        """When the newest record came, UTC ms, by whichever door; None when none did."""
        return max((*self.intake.doors.values(), self.intake.last_received or 0)) or None


def arrived(reader: Reader, scope: Scope, health: Health, now: int) -> Arrived:
    """What came for the site until now. Blocks."""
    since = now - WINDOW
    return Arrived(health.intake(scope.site, since), seen(reader, scope, since))


def connect(site: Site, key: str, collector: str, came: Arrived, now: int) -> ConnectPage:
    """Word how to connect `site`; without a key the snippets say where to get one."""
    return ConnectPage(
        _answer(site.name, key, came, now),
        site.id,
        key,
        came.last is not None,
        checklist(site, _lines(site, key or "YOUR_KEY", collector), came.seen, now),
        _doors(came.intake, now),
        _others(site, key or "YOUR_KEY", collector),
    )


def _answer(site: str, key: str, came: Arrived, now: int) -> Sentence:
    if came.last is not None:
        return sentence(
            strong(site), " is connected; the last record came ", did(figures.ago(came.last, now)), "."
        )
    if came.intake.begun:
        return sentence(strong(site), " was connected, but nothing has come in the last 24 hours.")
    if not key:
        return sentence(
            strong(site),
            " has no write key yet; make one with `afterclick keys create`, then paste the snippet.",
        )
    return sentence(
        "Paste these lines into your pages; the first visit shows up here ", strong("within seconds"), "."
    )


def _doors(intake: Intake, now: int) -> tuple[DoorLine, ...]:
    return tuple(
        DoorLine(
            label,
            snippet,
            figures.ago(intake.doors[name], now) if name in intake.doors else "",
            figures.count(intake.accepted.get(name, 0)),
        )
        for name, (label, snippet) in DOORS.items()
    )


def _lines(site: Site, key: str, collector: str) -> Lines:
    otlp = (
        f"OTEL_EXPORTER_OTLP_ENDPOINT={collector}\n"
        "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n"
        f"OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20{key}"
    )
    return Lines(
        page=Snippet("page", "Your pages", "before </head> of every page", page_snippet(key, collector)),
        order=Snippet(
            "order", "Your orders", "on the page that confirms an order", order_snippet(site.currency)
        ),
        services=Snippet("otlp", "OpenTelemetry", "environment of any service", otlp),
    )


def _others(site: Site, key: str, collector: str) -> tuple[Snippet, ...]:
    host = urlsplit(collector).netloc
    segment = (
        f"# Python\nanalytics = Client('{key}', host='{collector}')\n\n"
        f"// Node\nnew Analytics({{writeKey: '{key}', host: '{collector}'}})\n\n"
        f"// Browser\nAnalyticsBrowser.load({{writeKey: '{key}', cdnURL: '{collector}'}})"
    )
    faro = (
        "initializeFaro({\n"
        f"  url: '{collector}/collect/{key}',\n"
        "  app: {name: 'shop', version: '1.4.2'},\n"
        "  instrumentations: [...getWebInstrumentations(), new TracingInstrumentation()],\n"
        "})"
    )
    hook = f"POST {collector}/hooks/shop"
    event = (
        f"curl {collector}/v1/events -H 'Authorization: Bearer {key}' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        '  -d \'{"type": "track", "name": "hello"}\''
    )
    return (
        Snippet("segment", "Segment", "instead of Segment's own host", segment),
        Snippet("faro", "Grafana Faro", "in the page's script", faro),
        Snippet("sentry", "Sentry", "instead of Sentry's own DSN", f"http://{key}@{host}/1"),
        Snippet(
            "hooks",
            "Webhooks",
            "hooks/shop.toml in the data folder, then this address",
            _HOOK % site.id + hook,
        ),
        Snippet("mark", "Your releases", "at the end of a deploy", "afterclick mark release web 1.4.2"),
        Snippet("event", "Try it", "in a terminal", event),
    )
