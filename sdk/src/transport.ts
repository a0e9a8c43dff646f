/** The way out: events wait up to a second, go out together, and wait again when the collector can't take them. */

import type { Context, WireEvent } from './event';
import { quietly } from './guest';
import { json } from './json';
import { EVENTS } from './options';
import { refresh } from './pages';
import { loadList, saveList, UNSENT } from './storage';

const FLUSH_AFTER_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** Events kept while the collector can't be reached; the oldest go first. */
const KEPT = 500;
/** Browsers refuse beacons and keepalive requests over 64 KiB; events wait no longer when they come near it. */
const BODY_BYTES = 60_000;
const FLUSH_AT = 50;

interface Entry {
  context: Context;
  event: WireEvent;
}
interface Parcel {
  /** All of the envelope but when it is sent, which is written last. */
  rest: string;
  entries: readonly Entry[];
}

/** The page's own fetch, before anything wraps it. */
const fetch = window.fetch.bind(window);

let waiting: readonly Entry[] = [];
let timer: number | undefined;
let failures = 0;
let sending = false;
/** Whether storage holds what no beacon took. */
let kept = false;

export function enqueue(context: Context, event: WireEvent): void {
  keep([...waiting, { context, event }]);
  if (waiting.length >= FLUSH_AT && !failures) void flush();
  else schedule(FLUSH_AFTER_MS);
}

/**
 * Hand everything to the browser now: the page may not live on. What no beacon takes goes by fetch, and is kept until that
 * is answered, so that the next page sends what the browser did not.
 */
export function leave(): void {
  const left = take().filter(({ rest }) => !quietly(() => navigator.sendBeacon(EVENTS, enveloped(rest)))());
  if (!left[0]) return;
  kept = true;
  saveList(UNSENT, left.map(({ rest }) => rest));
  keep([...waiting, ...left.flatMap(({ entries }) => entries)]);
  void flush();
}

/** Send what the page before could not. */
export function resume(): void {
  const unsent = loadList(UNSENT);
  if (unsent[0]) saveList(UNSENT, []);
  for (const rest of unsent) void post({ rest, entries: [] });
}

/** Drop what has not been sent. */
export function discard(): void {
  waiting = [];
  kept = false;
  saveList(UNSENT, []);
}

/** One request at a time: together they would exceed what browsers allow to be under way. */
async function flush(): Promise<void> {
  stop();
  if (sending) return;
  sending = true;
  for (let taken = true; taken; ) {
    const [parcel, ...rest] = take();
    keep(rest.flatMap(({ entries }) => entries));
    taken = !!parcel && (await post(parcel));
  }
  sending = false;
  if (kept && !waiting[0]) discard();
}

/** True when the collector took it, or refused it for good; else it waits to be sent again. */
async function post({ rest, entries }: Parcel): Promise<boolean> {
  const sent = fetch(EVENTS, { method: 'POST', body: enveloped(rest), keepalive: true, credentials: 'omit' });
  const answer = await sent.catch(() => undefined);
  const done = !!answer && answer.status !== 429 && answer.status < 500;
  if (done) failures = 0;
  else {
    const backoff = 2 ** failures++ * FLUSH_AFTER_MS * (0.75 + Math.random() / 2);
    keep([...entries, ...waiting]);
    stop();
    schedule(Math.min(backoff, LONGEST_WAIT_MS));
  }
  return done;
}

function take(): Parcel[] {
  stop();
  refresh();
  const contexts = new Set(waiting.map(({ context }) => context));
  const parcels = [...contexts].flatMap((context) => pack(waiting.filter((entry) => entry.context === context)));
  waiting = [];
  return parcels;
}

/** Envelopes of one page view, each small enough for a beacon; an event that alone is larger is left out. */
function pack(entries: readonly Entry[]): Parcel[] {
  const rest = json({ context: entries[0]?.context, events: entries.map(({ event }) => event) }).slice(1);
  if (new Blob([rest]).size <= BODY_BYTES) return [{ rest, entries }];
  const half = entries.length >> 1;
  return half ? [...pack(entries.slice(0, half)), ...pack(entries.slice(half))] : [];
}

/** When it is sent is told by the same clock as when things happened, so that the collector can put that clock right. */
const enveloped = (rest: string): string => `{"sent_at":${Date.now()},${rest}`;

function keep(entries: readonly Entry[]): void {
  waiting = entries.slice(-KEPT);
}

function schedule(wait: number): void {
  timer ??= setTimeout(flush, wait);
}

function stop(): void {
  clearTimeout(timer);
  timer = undefined;
}
