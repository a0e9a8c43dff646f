/** The way out: events wait up to a second, go out together, and wait again when the collector can't take them. */

import type { Context, WireEvent } from './event';
import { EVENTS } from './options';
import { refresh } from './pages';

const FLUSH_AFTER_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** Events kept while the collector can't be reached; the oldest go first. */
const KEPT = 500;
/** Browsers refuse beacons and keepalive requests over 64 KiB; events wait no longer when they come near it. */
const BODY_BYTES = 60_000;
const FLUSH_AT = 50;
const LONGEST_TEXT = 1000;

interface Entry {
  context: Context;
  event: WireEvent;
}
interface Parcel {
  body: string;
  entries: readonly Entry[];
}

/** The page's own fetch, before anything wraps it. */
const fetch = window.fetch.bind(window);

let waiting: readonly Entry[] = [];
let timer: number | undefined;
let failures = 0;
let sending = false;

export function enqueue(context: Context, event: WireEvent): void {
  keep([...waiting, { context, event }]);
  if (waiting.length >= FLUSH_AT && !failures) void flush();
  else schedule(FLUSH_AFTER_MS);
}

/** Hand everything to the browser now: the page may not live on. What it refuses goes out if the page does. */
export function leave(): void {
  for (const { body, entries } of take()) {
    if (!navigator.sendBeacon(EVENTS, body)) keep([...waiting, ...entries]);
  }
  if (waiting.length) schedule(FLUSH_AFTER_MS);
}

/** Drop what has not been sent. */
export function discard(): void {
  waiting = [];
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
}

/** True when the collector took it, or refused it for good; else it waits to be sent again. */
async function post({ body, entries }: Parcel): Promise<boolean> {
  const answer = await fetch(EVENTS, { method: 'POST', body, keepalive: true, credentials: 'omit' }).catch(() => undefined);
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
  const body = JSON.stringify({ context: entries[0]?.context, events: entries.map(({ event }) => event) }, bounded);
  if (new Blob([body]).size <= BODY_BYTES) return [{ body, entries }];
  const half = entries.length >> 1;
  return half ? [...pack(entries.slice(0, half)), ...pack(entries.slice(half))] : [];
}

/** Texts cut, numbers finite and with four decimals. */
function bounded(_: string, value: unknown): unknown {
  if (typeof value === 'number') return value - value ? undefined : Math.round(value * 1e4) / 1e4;
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : value;
}

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
