/** The vitals chunk: the web-vitals library with attribution, loaded after the page is up. */

import { onCLS } from 'web-vitals/attribution/onCLS.js';
import { onINP } from 'web-vitals/attribution/onINP.js';
import { onLCP } from 'web-vitals/attribution/onLCP.js';
import { onFCP } from 'web-vitals/onFCP.js';

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
  onINP((metric) => {
    const { interactionTime, interactionTarget, longestScript, inputDelay, processingDuration, presentationDelay } =
      metric.attribution;
    report({
      ...metric,
      at: interactionTime,
      target: interactionTarget,
      source: longestScript?.entry.sourceURL,
      parts: {
        input_delay: inputDelay,
        processing: processingDuration,
        render_delay: presentationDelay,
      },
    });
  }, options);
  onCLS((metric) => {
    const { largestShiftTime, largestShiftTarget } = metric.attribution;
    report({ ...metric, at: largestShiftTime, target: largestShiftTarget });
  }, options);
  onFCP(report, options);
}
