/** Web vitals: loads the chunk that measures them, and speaks for it when the page is left before the chunk came. */

import { onHidden } from '../lifecycle';
import { BASE } from '../options';
import * as pages from '../pages';
import { record } from '../recorder';
import { selector } from '../selector';
import { clean } from '../url';

declare const VITALS_CHUNK: string;

/** The chunk comes when the page is idle, at the latest after this. */
const LATEST_MS = 2000;

/** One measured vital. */
export interface Vital {
  name: string;
  value: number;
  /** When it came about; default: with the page's load. */
  at?: number | undefined;
  target?: string | undefined;
  source?: string | undefined;
  parts?: Record<string, number>;
  navigationType?: string;
  navigationStartTime?: number;
  navigationURL?: string;
}

/** What the chunk needs of us. */
export interface Host {
  report: (vital: Vital) => void;
  selector: typeof selector;
}

function report(vital: Vital): void {
  const { name, value, at = 0, target, source, parts, navigationType = '', navigationStartTime = 0, navigationURL = '' } = vital;
  const later = /^(soft|back-forward-cache)/.test(navigationType);
  const view = later ? pages.after(navigationStartTime, navigationURL) : pages.at(at);
  record('vital', { name, value, target, source: source && clean(source), props: parts }, undefined, view);
}

export function observeVitals(): void {
  let largest = 0;
  let waiting = true;
  const keep = (entries: PerformanceEntryList): void => {
    largest = entries.at(-1)?.startTime ?? largest;
  };
  const early = new PerformanceObserver((list) => keep(list.getEntries()));
  early.observe({ type: 'largest-contentful-paint', buffered: true });
  const [navigation] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & { activationStart?: number })[];
  if (navigation) report({ name: 'TTFB', value: Math.max(0, navigation.responseStart - (navigation.activationStart ?? 0)) });
  onHidden(() => {
    if (!waiting) return;
    waiting = false;
    keep(early.takeRecords());
    const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    if (painted) report({ name: 'FCP', value: painted });
    if (largest) report({ name: 'LCP', value: largest });
  });
  whenIdle(() => {
    import(BASE + VITALS_CHUNK).then(
      ({ start }: typeof import('../chunks/vitals')) => {
        waiting = false;
        start({ report, selector });
      },
      () => undefined,
    );
  });
}

function whenIdle(callback: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(callback, { timeout: LATEST_MS });
  else setTimeout(callback, 1);
}
