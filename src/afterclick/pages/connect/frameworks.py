"""What to add in which framework: the trace of a page, and the errors that a framework keeps to itself."""

from afterclick.pages.connect.snippet import Snippet

TRACEPARENT = (
    Snippet(
        "django",
        "Django",
        "a context processor, and the template that all pages extend",
        """\
# shop/trace.py, listed under context_processors in settings.TEMPLATES
from opentelemetry.propagate import inject

def traceparent(request):
    carrier = {}
    inject(carrier)
    return {"traceparent": carrier.get("traceparent", "")}

# base.html, in <head>
# <meta name="traceparent" content="{{ traceparent }}">""",
    ),
    Snippet(
        "rails",
        "Rails",
        "app/views/layouts/application.html.erb, in <head>",
        """\
<% OpenTelemetry.propagation.inject(carrier = {}) %>
<%= tag.meta name: "traceparent", content: carrier["traceparent"] %>""",
    ),
    Snippet(
        "laravel",
        "Laravel",
        "the layout, in <head>",
        """\
@php
  $carrier = [];
  \\OpenTelemetry\\API\\Trace\\Propagation\\TraceContextPropagator::getInstance()->inject($carrier);
@endphp
<meta name="traceparent" content="{{ $carrier['traceparent'] ?? '' }}">""",
    ),
    Snippet(
        "express",
        "Express",
        "before the routes; then the meta line in the layout",
        """\
const { context, propagation } = require('@opentelemetry/api');

app.use((request, response, next) => {
  const carrier = {};
  propagation.inject(context.active(), carrier);
  response.locals.traceparent = carrier.traceparent;
  next();
});
// layout: <meta name="traceparent" content="<%= traceparent %>">""",
    ),
    Snippet(
        "next",
        "Next.js",
        "app/layout.js, of pages that are rendered for each request",
        """\
import { context, propagation } from '@opentelemetry/api';

export async function generateMetadata() {
  const carrier = {};
  propagation.inject(context.active(), carrier);
  return { other: { traceparent: carrier.traceparent ?? '' } };
}""",
    ),
    Snippet(
        "spring",
        "Spring",
        "an advice for all controllers; then the meta line in the template",
        """\
@ControllerAdvice
class TraceAdvice {
  @ModelAttribute("traceparent")
  String traceparent() {
    var span = io.opentelemetry.api.trace.Span.current().getSpanContext();
    return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getTraceFlags().asHex();
  }
}
// template: <meta name="traceparent" th:content="${traceparent}">""",
    ),
)
"""How a server writes the trace of its answer into the page, which joins the page view to it."""

ERROR_HOOKS = (
    Snippet(
        "vue",
        "Vue",
        "where the app is made",
        "app.config.errorHandler = (error, instance, info) => {\n"
        "  console.error(error);\n"
        "  afterclick.error(error, { info });\n"
        "};",
    ),
    Snippet(
        "react",
        "React 19",
        "where the root is made",
        "createRoot(document.getElementById('root'), {\n"
        "  onCaughtError: (error, { componentStack }) => afterclick.error(error, { componentStack }),\n"
        "});",
    ),
    Snippet(
        "angular",
        "Angular",
        "a class, provided as { provide: ErrorHandler, useClass: TellErrors }",
        "class TellErrors extends ErrorHandler {\n"
        "  handleError(error) {\n"
        "    super.handleError(error);\n"
        "    afterclick.error(error);\n"
        "  }\n"
        "}",
    ),
    Snippet(
        "svelte",
        "SvelteKit",
        "src/hooks.client.js",
        "export const handleError = ({ error, message }) => {\n"
        "  afterclick.error(error);\n"
        "  return { message };\n"
        "};",
    ),
)
"""How errors that a framework catches are handed on."""
