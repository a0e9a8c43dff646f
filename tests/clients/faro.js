// A page's script that watches it with Grafana Faro, as its documentation sets it up, traces and all.
import { getWebInstrumentations, initializeFaro } from "@grafana/faro-web-sdk";
import { TracingInstrumentation } from "@grafana/faro-web-tracing";

const options = JSON.parse(document.currentScript.dataset.options);
window.faro = initializeFaro({
  app: { name: "shop", version: "1.4.2", environment: "test" },
  webVitalsInstrumentation: { trackAttributionSources: true, reportAllChanges: true },
  instrumentations: [
    ...getWebInstrumentations({ captureConsole: true }),
    new TracingInstrumentation({ instrumentationOptions: { propagateTraceHeaderCorsUrls: [/.*/] } }),
  ],
  pageTracking: { generatePageId: () => crypto.randomUUID() },
  ...options,
});
