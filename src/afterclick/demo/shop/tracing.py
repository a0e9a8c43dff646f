"""OpenTelemetry for the shop: OTLP export, server spans as ASGI middleware, client spans around calls.

Names and attributes follow the semantic conventions for HTTP spans
(https://opentelemetry.io/docs/specs/semconv/http/http-spans/); context travels as W3C `traceparent`.
"""

import logging
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.http_attributes import (
    HTTP_REQUEST_METHOD,
    HTTP_RESPONSE_STATUS_CODE,
    HTTP_ROUTE,
)
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.url_attributes import URL_FULL, URL_PATH, URL_SCHEME
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

VERSION = "2.3.0"
EXPORT_EVERY_MS = 500
EXPORT_TIMEOUT_S = 5

log = logging.getLogger(__name__)


def provider(service: str, collector: str, key: str) -> TracerProvider:
    """Spans of `service`, exported in small batches to the collector's `/v1/traces` with the write key."""
    made = TracerProvider(resource=Resource.create({SERVICE_NAME: service, SERVICE_VERSION: VERSION}))
    headers = {"X-Afterclick-Key": key}
    exporter = OTLPSpanExporter(f"{collector}/v1/traces", headers=headers, timeout=EXPORT_TIMEOUT_S)
    made.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=EXPORT_EVERY_MS))
    return made


@dataclass
class ServerSpans:
    """ASGI middleware: one server span for each request to one of `routes`; other requests pass untraced.

    An exception that no handler took is recorded on the span and answered with 500.
    """

    app: ASGIApp
    tracer: Tracer
    routes: Iterable[BaseRoute]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        route = self._route(scope)
        if route is None:
            await self.app(scope, receive, send)
            return
        attributes = {
            HTTP_REQUEST_METHOD: scope["method"],
            HTTP_ROUTE: route,
            URL_PATH: scope["path"],
            URL_SCHEME: scope["scheme"],
        }
        with self.tracer.start_as_current_span(
            f"{scope['method']} {route}",
            context=extract(dict(Headers(scope=scope))),
            kind=SpanKind.SERVER,
            attributes=attributes,
        ) as span:
            await self._answer(scope, receive, send, span)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                _note_status(span, message["status"], failing=500)
            await send(message)

        try:
            await self.app(scope, receive, observed)
        except Exception as error:
            log.error("%s %s: %s: %s", scope["method"], scope["path"], type(error).__name__, error)
            span.record_exception(error)
            body = {"error": "internal", "message": "This service failed; its trace says why."}
            await JSONResponse(body, 500)(scope, receive, observed)
            span.set_status(StatusCode.ERROR, str(error))

    def _route(self, scope: Scope) -> str | None:
        if scope["type"] != "http":
            return None
        for route in self.routes:
            if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
                return route.path
        return None


@contextmanager
def client_span(tracer: Tracer, method: str, peer: str, route: str, url: str) -> Generator[Span]:
    """A client span around a call to `route` of `peer`, named e.g. "POST acquirer/authorize"."""
    where = urlsplit(url)
    attributes: dict[str, str | int] = {
        HTTP_REQUEST_METHOD: method,
        URL_FULL: url,
        "url.template": route,
        "peer.service": peer,
        SERVER_ADDRESS: where.hostname or "",
        SERVER_PORT: where.port or 80,
    }
    with tracer.start_as_current_span(
        f"{method} {peer}{route}", kind=SpanKind.CLIENT, attributes=attributes
    ) as span:
        yield span


def note_answer(span: Span, status: int) -> None:
    """Note the HTTP status that a call was answered with; from 400 on the client span is an error."""
    _note_status(span, status, failing=400)


def _note_status(span: Span, status: int, failing: int) -> None:
    span.set_attribute(HTTP_RESPONSE_STATUS_CODE, status)
    if status >= failing:
        span.set_attribute(ERROR_TYPE, str(status))
        span.set_status(StatusCode.ERROR)
