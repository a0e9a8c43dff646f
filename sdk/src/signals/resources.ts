/** Scripts, images and styles, of any origin, that were slow, failed, or never came. */

import { now } from '../clock';
import { onHidden } from '../lifecycle';
import { BASE } from '../options';
import { record } from '../recorder';
import { clean } from '../url';
import { GIVEN_UP } from './requests';

const SLOW_MS = 1000;
const JUST_NOW_MS = 200;
/** Lazy images may rightly not have been asked for. */
const WATCHED = 'script[src]:not([nomodule]),link[rel=stylesheet],img:not([loading=lazy])';
const KINDS: Record<string, string | undefined> = { script: 'script', img: 'img', css: 'css', link: 'css' };

/** Addresses that were reported: each once a page load. */
const done = new Set<string>();
/** When an element was first met; infinity once its file came. */
const met = new WeakMap<Node, number>();

export function observeResources(): void {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      const { name, initiatorType, duration, responseStatus } = entry;
      if (duration > SLOW_MS || responseStatus >= 400) report(name, initiatorType, entry);
    }
  }).observe({ type: 'resource', buffered: true });

  addEventListener('load', takeLoad, true);
  addEventListener('error', takeLoad, true);

  meet(document);
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) addedNodes.forEach(meet);
  }).observe(document, { childList: true, subtree: true });
  onHidden(() => document.querySelectorAll(WATCHED).forEach(giveUp));
}

/** An element's file came or failed. */
export function takeLoad({ type, target }: Event): void {
  if (!(target instanceof Element)) return;
  met.set(target, Infinity);
  const address = addressOf(target);
  if (type === 'error') report(address, target.localName, timing(address) ?? { startTime: now(), duration: 0 });
}

function meet(node: Node): void {
  if (!(node instanceof Element || node === document)) return;
  for (const element of [node, ...(node as ParentNode).querySelectorAll(WATCHED)]) {
    if (!met.has(element)) met.set(element, now());
  }
}

/**
 * Report an element whose file is still under way. While that is so there is no timing entry, and the element is timed
 * from when it was first met: a floor. A page that is left cancels its requests just before it tells us.
 */
function giveUp(element: Element): void {
  const address = addressOf(element);
  const entry = timing(address);
  const startTime = entry?.startTime ?? met.get(element) ?? Infinity;
  const duration = now() - startTime;
  const ended = met.get(element) === Infinity || (entry && entry.responseEnd < now() - JUST_NOW_MS);
  if (ended || duration < SLOW_MS || ('complete' in element && element.complete)) return;
  report(address, element.localName, { startTime, duration, responseStatus: GIVEN_UP });
}

interface Timing {
  startTime: number;
  duration: number;
  responseStatus?: number;
}

function report(address: string, initiator: string, { startTime, duration, responseStatus }: Timing): void {
  const name = KINDS[initiator];
  if (!name || !address || done.has(address) || address.startsWith(BASE)) return;
  done.add(address);
  record('resource', { name, source: clean(address), duration_ms: duration, status: responseStatus ?? 0 }, startTime);
}

function timing(address: string): PerformanceResourceTiming | undefined {
  return performance.getEntriesByName(address, 'resource').at(-1) as PerformanceResourceTiming | undefined;
}

function addressOf(element: Element): string {
  const { currentSrc, src, href } = element as Element & Partial<Record<'currentSrc' | 'src' | 'href', string>>;
  return currentSrc || src || href || '';
}
