"""The spans that the shop's services would have sent for a request, as OTLP protobuf, labelled as generated.

Names, kinds, peers and shape are those of the running shop (docs/demo.md). Left out are the reads of the cart within
a payment. Durations follow what the browser measured, each service inside its caller.
"""

from dataclasses import dataclass
from functools import lru_cache

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span, Status

from afterclick.demo.shoppers.wire import Call, Hex

SERVICE_RELEASE = "2.3.0"
SERVER, CLIENT = Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT
SAMPLED = 0.12  # of traces outside checkout and payment; those are all kept
NETWORK_MS = 14.0  # of what the browser measured, before the request reaches the storefront
COMFORTABLE_MS = 45.0  # of server time, below which the gaps between spans shrink
LOCK_TIMEOUT = "afterclick.demo.shop.inventory.StockLockTimeout"


@dataclass(frozen=True)
class Node:
    """One span of a tree: when it starts and ends, in ms from the root's start or, when negative, from its end.

    `fails` is the HTTP status that it has when the request fails, 0 where it is not touched by that.
    """

    service: str
    kind: Span.SpanKind.ValueType
    name: str
    parent: int
    starts: float
    ends: float
    fails: int = 0
    exception: str = ""

    @property
    def peer(self) -> str:
        """The process called, of a client span."""
        return self.name.split()[1].split("/")[0] if self.kind == CLIENT else ""


TREES: dict[tuple[str, str], tuple[Node, ...]] = {
    ("GET", "/api/products"): (
        Node("storefront", SERVER, "GET /api/products", -1, 0, 0, 502),
        Node("storefront", CLIENT, "GET catalog/products", 0, 2, -2, 500),
        Node("catalog", SERVER, "GET /products", 1, 4, -4, 500),
    ),
    ("GET", "/api/product/:id"): (
        Node("storefront", SERVER, "GET /api/product/{id}", -1, 0, 0, 502),
        Node("storefront", CLIENT, "GET catalog/products/{id}", 0, 2, -2, 500),
        Node("catalog", SERVER, "GET /products/{id}", 1, 4, -4, 500),
    ),
    ("GET", "/api/cart"): (
        Node("storefront", SERVER, "GET /api/cart", -1, 0, 0, 502),
        Node("storefront", CLIENT, "GET cart/carts/{id}", 0, 2, -2, 500),
        Node("cart", SERVER, "GET /carts/{id}", 1, 4, -4, 500),
    ),
    ("POST", "/api/cart"): (
        Node("storefront", SERVER, "POST /api/cart", -1, 0, 0, 502),
        Node("storefront", CLIENT, "POST cart/carts/{id}/lines", 0, 2, -2, 500),
        Node("cart", SERVER, "POST /carts/{id}/lines", 1, 4, -4, 500),
        Node("cart", CLIENT, "GET catalog/products/{id}", 2, 7, -9),
        Node("catalog", SERVER, "GET /products/{id}", 3, 9, -11),
    ),
    ("POST", "/api/checkout"): (
        Node("storefront", SERVER, "POST /api/checkout", -1, 0, 0, 502),
        Node("storefront", CLIENT, "POST checkout/checkouts", 0, 2, -2, 502),
        Node("checkout", SERVER, "POST /checkouts", 1, 4, -4, 502),
        Node("checkout", CLIENT, "GET cart/carts/{id}", 2, 8, 20),
        Node("cart", SERVER, "GET /carts/{id}", 3, 10, 18),
        Node("checkout", CLIENT, "POST inventory/reserve", 2, 22, -7, 500),
        Node("inventory", SERVER, "POST /reserve", 5, 24, -9, 500, LOCK_TIMEOUT),
    ),
    ("POST", "/api/payment"): (
        Node("storefront", SERVER, "POST /api/payment", -1, 0, 0, 502),
        Node("storefront", CLIENT, "POST checkout/checkouts/{id}/pay", 0, 2, -2, 502),
        Node("checkout", SERVER, "POST /checkouts/{id}/pay", 1, 4, -4, 502),
        Node("checkout", CLIENT, "POST payment/charge", 2, 12, -32, 502),
        Node("payment", SERVER, "POST /charge", 3, 14, -34, 502),
        Node("payment", CLIENT, "POST acquirer/authorize", 4, 20, -36, 500),
        Node("checkout", CLIENT, "POST inventory/reservations/{id}/ship", 2, -30, -7),
        Node("inventory", SERVER, "POST /reservations/{id}/ship", 6, -28, -9),
    ),
}


class SpanWriter:
    """Collects spans by service and gives them out as one OTLP export."""

    def __init__(self, digits: Hex) -> None:
        self._digits = digits
        self._services: dict[str, ScopeSpans] = {}
        self._export = ExportTraceServiceRequest()
        self.count = 0

    def wants(self, call: Call) -> bool:
        """Whether this request's trace is kept: the head sampling of history."""
        return (
            call.target in ("/api/checkout", "/api/payment") or int(self._digits.take(3), 16) < SAMPLED * 4096
        )

    def trace(self, call: Call, took_ms: float, product: str = "", network: str = "") -> None:
        """The spans behind `call`, whose services were at it for `took_ms`, even after the customer had left."""
        tree = TREES[call.method, call.target]
        trace_id = bytes.fromhex(call.trace_id)
        ids = [bytes.fromhex(self._digits.take(16)) for _ in tree]
        start = int((call.at + NETWORK_MS / 2) * 1e6)
        length = max(took_ms - NETWORK_MS, 12.0)
        scale = min(1.0, length / COMFORTABLE_MS)
        failed = call.status >= 500
        for node, span_id in zip(tree, ids, strict=True):
            status = (node.fails if failed else 0) or 200
            begins = node.starts * scale if node.starts >= 0 else length + node.starts * scale
            ends = node.ends * scale if node.ends > 0 else length + node.ends * scale
            span = self._scope(node.service).spans.add(
                trace_id=trace_id,
                span_id=span_id,
                parent_span_id=ids[node.parent] if node.parent >= 0 else b"",
                name=node.name,
                kind=node.kind,
                start_time_unix_nano=start + int(begins * 1e6),
                end_time_unix_nano=start + int(ends * 1e6),
            )
            span.attributes.extend(_attributes(node, status, network if node.peer == "acquirer" else ""))
            if status >= 500:
                span.status.code = Status.STATUS_CODE_ERROR
                _raise(span, node, product)
        self.count += len(tree)

    def taken(self) -> bytes:
        """The export so far, as protobuf; begins a new one."""
        content = self._export.SerializeToString()
        self._export, self._services, self.count = ExportTraceServiceRequest(), {}, 0
        return content

    def _scope(self, service: str) -> ScopeSpans:
        scope = self._services.get(service)
        if scope is None:
            made = self._export.resource_spans.add()
            made.resource.attributes.extend(
                [_text("service.name", service), _text("service.version", SERVICE_RELEASE)]
            )
            generated = made.resource.attributes.add(key="afterclick.generated")
            generated.value.bool_value = True
            scope = self._services[service] = made.scope_spans.add()
        return scope


def _raise(span: Span, node: Node, product: str) -> None:
    """The exception event that a failing handler records."""
    if node.exception:
        event = span.events.add(name="exception", time_unix_nano=span.end_time_unix_nano)
        words = f"could not lock the stock rows of {product} within 250 ms"
        event.attributes.extend([_text("exception.type", node.exception), _text("exception.message", words)])


def _text(key: str, value: str) -> KeyValue:
    made = KeyValue(key=key)
    made.value.string_value = value
    return made


@lru_cache(maxsize=256)
def _attributes(node: Node, status: int, network: str) -> tuple[KeyValue, ...]:
    method, path = node.name.split()
    code = KeyValue(key="http.response.status_code")
    code.value.int_value = status
    found = [_text("http.request.method", method), code]
    if node.peer:
        found += [_text("url.template", path.removeprefix(node.peer)), _text("peer.service", node.peer)]
    else:
        found.append(_text("http.route", path))
    if network:
        found.append(_text("card.network", network))
    if status >= 500:
        found.append(_text("error.type", str(status)))
    return tuple(found)
