/** The one place through which every signal passes: consent, sampling, limits, and which page view it belongs to. */

import { now, utc } from './clock';
import type { EventType, Fields } from './event';
import { uuid7 } from './identifier';
import { SAMPLE } from './options';
import { text } from './scalar';
import * as pages from './pages';
import { discard, enqueue } from './transport';
import * as visit from './visit';

/** Most events of a type in one page view, so that one broken page floods nobody. */
const MOST: Partial<Record<EventType, number>> = { error: 20, struggle: 20, long_task: 20, resource: 50 };
const MOST_OTHERS = 200;

let tags: Readonly<Record<string, string>> | undefined;

/** Whether events are taken: the customer agreed, or need not be asked, and the visit is in the sample. */
export const recording = (): boolean => visit.sampled(SAMPLE);

/** Note what happened at a moment on the page's clock; it belongs to the page view of that moment unless one is given. */
export function record(type: EventType, fields: Fields = {}, at = now(), view = pages.at(at)): void {
  if (!recording() || !view) return;
  const count = (view.counts[type] = (view.counts[type] ?? 0) + 1);
  if (count > (MOST[type] ?? MOST_OTHERS)) return;
  enqueue(view.context, { ...fields, id: uuid7(), type, time: utc(at), tags });
}

/** The page shows something else since `started`: a page view begins, and a visit when the last one is over. */
export function show(started = now(), status?: number): void {
  visit.touch(utc(started));
  const current = visit.current() as visit.Visit;
  const view = pages.open({ ...current, visitor: current.visits > 1 ? 'returning' : 'new' }, started);
  record('page_view', { trace_id: started ? undefined : pages.trace(), status: status || undefined }, started, view);
}

/** The customer did something; after a long pause that begins a new visit, and with it a page view. */
export function touch(): void {
  if (visit.current() && visit.touch()) show();
}

/** Stop, drop what was not sent and erase what was kept. */
export function end(): void {
  discard();
  visit.forget();
}

/** Name the current page view; when it has another name already, the same address shows a further step. */
export function name(given: { step?: unknown; route?: unknown }): void {
  if (!visit.current()) return;
  const [step, route] = [text(given.step), text(given.route)];
  const named = pages.latest();
  if (named?.named && named.context.step !== step) show();
  const { context } = Object.assign(pages.latest() as pages.View, { named: true });
  context.step = step ?? context.step;
  context.route = route ?? context.route;
}

/** Add a tag to the events that follow; the collector keeps eight. */
export function tag(key: string, value: unknown): void {
  const told = text(value);
  if (told !== undefined) tags = { ...tags, [key]: told };
}

/** The customer is known by this id; null forgets it. */
export function identify(user: unknown): void {
  const view = pages.latest();
  if (!view || !visit.current()) return;
  const user_id = text(user);
  visit.identify(user_id);
  view.context.user_id = user_id;
  if (user_id) record('identify', { user_id });
}
