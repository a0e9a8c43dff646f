// A page's script that watches it with OpenTelemetry's SDK for browsers: a span around each request, and by the
// semantic conventions web vitals and exceptions as log events.
import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { BatchSpanProcessor, WebTracerProvider } from "@opentelemetry/sdk-trace-web";
import { onCLS, onFCP, onLCP, onTTFB } from "web-vitals";

const { url, key, session } = JSON.parse(document.currentScript.dataset.options);
const resource = resourceFromAttributes({
  "service.name": "shop-web",
  "service.version": "1.4.2",
  "browser.platform": navigator.platform,
  "user_agent.original": navigator.userAgent,
});
const exporting = (path) => ({ url: `${url}${path}`, headers: { authorization: `Bearer ${key}` } });
const soon = { scheduledDelayMillis: 100 };

const tracers = new WebTracerProvider({
  resource,
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(exporting("/v1/traces")), soon)],
});
tracers.register();
const loggers = new LoggerProvider({
  resource,
  processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter(exporting("/v1/logs")), ...soon })],
});
const logger = loggers.getLogger("shop-web");
const tracer = trace.getTracer("shop-web");

const emit = (eventName, attributes, body) =>
  logger.emit({
    eventName,
    body,
    attributes: { "session.id": session, "browser.document.url.full": location.href, ...attributes },
  });
const inBody = ({ name, value, delta, id }) =>
  emit("browser.web_vital", {}, { name: name.toLowerCase(), value, delta, id });
const inAttributes = ({ name, value, delta, id, rating }) =>
  emit("browser.web_vital", {
    "browser.web_vital.name": name.toLowerCase(),
    "browser.web_vital.value": value,
    "browser.web_vital.delta": delta,
    "browser.web_vital.id": id,
    "browser.web_vital.rating": rating,
  });
for (const watch of [onLCP, onFCP]) watch(inBody);
for (const watch of [onCLS, onTTFB]) watch(inAttributes);

addEventListener("error", ({ error }) =>
  emit("exception", {
    "exception.type": error.name,
    "exception.message": error.message,
    "exception.stacktrace": error.stack,
  }),
);

window.traced = (path) =>
  tracer.startActiveSpan("GET", { kind: SpanKind.CLIENT, attributes: { "url.full": path } }, async (span) => {
    const headers = {};
    propagation.inject(context.active(), headers);
    const { status } = await fetch(path, { headers });
    span.setAttribute("http.response.status_code", status);
    span.end();
    return headers.traceparent;
  });
window.logged = (body) => logger.emit({ body, severityNumber: 13, severityText: "WARN" });
