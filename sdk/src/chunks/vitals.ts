/** The vitals chunk: the web-vitals library with attribution, loaded after the page is up. */

import { onCLS } from 'web-vitals/attribution/onCLS.js';
import { onINP } from 'web-vitals/attribution/onINP.js';
import { onLCP } from 'web-vitals/attribution/onLCP.js';
import { onFCP } from 'web-vitals/onFCP.js';
import type { INPMetricWithAttribution } from 'web-vitals';

import type { Host } from '../signals/vitals';

/** Report every vital but TTFB; entries from before this chunk came are read from the browser's buffers. */
export function start({ report, selector }: Host): void {
  const options = { reportSoftNavs: true, generateTarget: selector };
  onLCP((metric) => {
    const { target, url, timeToFirstByte, resourceLoadDelay, resourceLoadDuration, elementRenderDelay } = metric.attribution;
    report({
      ...metric,
      target,
      source: url,
      parts: {
        ttfb: timeToFirstByte,
        load_delay: resourceLoadDelay,
        load: resourceLoadDuration,
        render_delay: elementRenderDelay,
      },
    });
  }, options);
  let growing: INPMetricWithAttribution | undefined;
  const settle = (): void => {
    if (!growing) return;
    const { interactionTime, interactionTarget, longestScript, inputDelay, processingDuration, presentationDelay } =
      growing.attribution;
    report({
      ...growing,
      at: interactionTime,
      target: interactionTarget,
      source: longestScript?.entry.sourceURL,
      parts: {
        input_delay: inputDelay,
        processing: processingDuration,
        render_delay: presentationDelay,
      },
    });
    growing = undefined;
  };
  // Every change, to report the last: web-vitals works off what was painted just before the page is hidden only behind its
  // own last report. The document hears of it after web-vitals does, and before the window, which sends the rest.
  onINP(
    (metric) => {
      if (growing !== metric) settle();
      growing = metric;
    },
    { ...options, reportAllChanges: true },
  );
  document.addEventListener('visibilitychange', settle);
  onCLS((metric) => {
    const { largestShiftTime, largestShiftTarget } = metric.attribution;
    report({ ...metric, at: largestShiftTime, target: largestShiftTarget });
  }, options);
  onFCP(report, options);
}
