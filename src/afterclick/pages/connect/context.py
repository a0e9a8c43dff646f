"""The Connect page: what to paste, with the reader's own key in it, and what has come by each door."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from afterclick.accounts import Site
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
class Snippet:
    """Something to paste: where, and the text itself."""

    id: str
    name: str
    where: str
    text: str


@dataclass(frozen=True)
class DoorLine:
    """One door: what came by it in the last 24 hours, and when the last of it; `last` is empty when nothing came."""

    name: str
    snippet: str
    last: str
    records: str


@dataclass(frozen=True)
class ConnectPage:
    """How to send data to one site, by its id; `connected` once something came."""

    answer: Sentence
    site: str
    key: str
    connected: bool
    doors: tuple[DoorLine, ...]
    snippets: tuple[Snippet, ...]


def connect(site: Site, key: str, collector: str, health: Health, now: int) -> ConnectPage:
    """Word how to connect `site`; without a key the snippets say where to get one."""
    intake = health.intake(site.id, now - WINDOW)
    last = intake.last_received
    shown = key or "YOUR_KEY"
    return ConnectPage(
        _answer(site.name, key, last, now),
        site.id,
        key,
        last is not None,
        _doors(intake, now),
        _snippets(site, shown, collector),
    )


def _answer(site: str, key: str, last: int | None, now: int) -> Sentence:
    if last is not None:
        return sentence(
            strong(site), " is connected; the last record came ", did(figures.ago(last, now)), "."
        )
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


def _snippets(site: Site, key: str, collector: str) -> tuple[Snippet, ...]:
    host = urlsplit(collector).netloc
    otlp = (
        f"OTEL_EXPORTER_OTLP_ENDPOINT={collector}\n"
        "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n"
        f"OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20{key}"
    )
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
        Snippet("page", "Your pages", "before </head> of every page", page_snippet(key, collector)),
        Snippet("order", "Your orders", "on the page that confirms an order", order_snippet(site.currency)),
        Snippet("otlp", "OpenTelemetry", "environment of any service", otlp),
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
