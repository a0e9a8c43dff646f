// A page's script that watches it with Sentry's browser SDK, tracing on.
import * as Sentry from "@sentry/browser";

const options = JSON.parse(document.currentScript.dataset.options);
Sentry.init({
  release: "shop@1.4.2",
  environment: "test",
  integrations: [Sentry.browserTracingIntegration()],
  tracesSampleRate: 1,
  tracePropagationTargets: [/.*/],
  ...options,
});
window.Sentry = Sentry;
