/** fetch and XMLHttpRequest: how long the customer waited, how it ended, and the trace it began. */

import { now } from '../clock';
import { quietly, replace } from '../guest';
import { hex } from '../identifier';
import { onHidden } from '../lifecycle';
import { EVENTS, PROPAGATE } from '../options';
import { record, recording } from '../recorder';
import { respond } from '../responses';
import { loadList, saveList, STAYS } from '../storage';
import { parse, pattern } from '../url';

/** The page or the customer gave up before the answer: what nginx logs as "client closed request". */
export const GIVEN_UP = 499;
/** Requests under way when the page is left are told only when the customer waited this long. */
const WAITED_MS = 1000;
const HEADER = 'traceparent';
const READS = /^(GET|HEAD)$/i;
const MOST_STAYS = 100;

interface Call {
  method: string;
  /** Without identifiers and query. */
  address: string;
  /** W3C Trace Context header (https://www.w3.org/TR/trace-context/), when this request is to carry it. */
  traceparent: string | undefined;
  /** Undefined: the answer tells nothing (another origin without CORS). */
  end: (status: number | undefined) => void;
  /** No answer. */
  fail: () => void;
}

/** By when they started, what ends those under way. */
const pending = new Map<Call, number>();
/** Addresses that failed with our header, perhaps because a redirect took it to another origin: they go without. */
const leaving = new Set<string>();
let staying: Set<string> | undefined;

/**
 * `carried`: the traceparent that the page itself gave the request; `proven`: ours is added only where the address has
 * been seen to answer from here, because what fails cannot be asked again.
 */
function begin(method: string, address: string, carried?: string | null, proven?: boolean): Call | undefined {
  const url = parse(address);
  if (!recording() || !url?.protocol.startsWith('http') || url.href === EVENTS) return undefined;
  const started = now();
  const target = pattern(url);
  const traced = !carried && PROPAGATE.includes(url.origin) && !leaving.has(target) && (!proven || stays().has(target));
  const trace_id = carried?.split('-')[1] ?? (traced ? hex(16) : undefined);
  const call: Call = {
    method,
    address: target,
    traceparent: traced ? `00-${trace_id}-${hex(8)}-01` : undefined,
    end(status) {
      if (!pending.delete(call) || status === undefined) return;
      const fields = { method: method.toUpperCase(), target, duration_ms: now() - started, status, trace_id };
      record('request', fields, started);
    },
    // The requests of a page that is left are cancelled just before it hears of it: let that come first.
    fail: () => setTimeout(call.end, 0, 0),
  };
  pending.set(call, started);
  respond();
  return call;
}

const stays = (): Set<string> => (staying ??= new Set(loadList(STAYS)));

/** An answer came from the origin that was asked: redirects of this address do not leave it. */
function stayed({ address }: Call, answered: string): void {
  const from = parse(answered)?.origin;
  if (!from || !PROPAGATE.includes(from) || stays().has(address) || stays().size >= MOST_STAYS) return;
  stays().add(address);
  saveList(STAYS, [...stays()]);
}

export function observeRequests(): void {
  watchFetch();
  watchXhr();
  onHidden((left) => {
    for (const [call, started] of pending) if (left && now() - started > WAITED_MS) call.end(GIVEN_UP);
  });
}

function watchFetch(): void {
  replace(
    window,
    'fetch',
    (original) =>
      function (this: unknown, input, init) {
        // What fetch would refuse we leave to it: it rejects, and never throws.
        const call = quietly(() => beginFetch(input, init))();
        const sent = call?.traceparent ? quietly(() => carry(input, init, call.traceparent as string))() : undefined;
        const answer: Promise<Response> = original.apply(this as Window, sent ?? [input, init]);
        if (!call) return answer;
        // The derived promise is returned, so that a rejection which the page leaves unhandled still counts as such.
        return answer.catch(again(() => original.call(this as Window, input, init), call, input, init)).then(
          (response) => {
            if (response.type.startsWith('opaque')) call.end(undefined);
            else call.end(response.status);
            return response;
          },
          (error: unknown) => {
            if (signalOf(input, init)?.aborted) call.end(GIVEN_UP);
            else call.fail();
            throw error;
          },
        );
      },
  );
}

function beginFetch(input: RequestInfo | URL, init?: RequestInit): Call | undefined {
  const request = input instanceof Request ? input : undefined;
  const headers = new Headers(init?.headers ?? request?.headers);
  return begin(init?.method ?? request?.method ?? 'GET', request?.url ?? String(input), headers.get('traceparent'));
}

/**
 * What to hand to fetch so that the request carries the header. A `Request` is copied, with the options that came with it:
 * asked for together with ours it would lose its referrer and the policy for that.
 */
function carry(input: RequestInfo | URL, init: RequestInit | undefined, traceparent: string): [RequestInfo | URL, RequestInit?] {
  if (input instanceof Request) {
    const copy = new Request(input.body ? input : input.clone(), init);
    copy.headers.set(HEADER, traceparent);
    return [copy];
  }
  const headers = new Headers(init?.headers);
  headers.set(HEADER, traceparent);
  // What else the options hold stays behind them, getters and what they inherit too.
  return [input, Object.create(init ?? null, { headers: { value: headers, enumerable: true } }) as RequestInit];
}

/**
 * A redirect to another origin takes our header along, which that one may refuse: what only reads is then asked again as
 * the page asked, and addresses like it do not carry the header any more.
 */
function again(ask: () => Promise<Response>, call: Call, input: RequestInfo | URL, init?: RequestInit) {
  return (error: unknown): Promise<Response> => {
    if (!call.traceparent || signalOf(input, init)?.aborted) throw error;
    leaving.add(call.address);
    if (!READS.test(call.method)) throw error;
    return ask();
  };
}

const signalOf = (input: RequestInfo | URL, init?: RequestInit): AbortSignal | null | undefined =>
  init?.signal ?? (input instanceof Request ? input.signal : undefined);

interface Opened {
  method: string;
  address: string;
  carried?: string;
  /** Ends the call that the object makes, which may be opened for the next at any time. */
  stop?: (status?: number) => void;
}

function watchXhr(): void {
  const opened = new WeakMap<XMLHttpRequest, Opened>();
  const prototype = XMLHttpRequest.prototype;
  const setHeader = prototype.setRequestHeader;
  replace(
    prototype,
    'open',
    (original) =>
      function (this: XMLHttpRequest, ...all: unknown[]) {
        opened.get(this)?.stop?.(GIVEN_UP);
        (original as (...all: unknown[]) => void).apply(this, all);
        quietly(() => opened.set(this, { method: String(all[0]), address: String(all[1]) }))();
      } as XMLHttpRequest['open'],
  );
  replace(
    prototype,
    'setRequestHeader',
    (original) =>
      function (this: XMLHttpRequest, name, value) {
        original.call(this, name, value);
        const known = opened.get(this);
        if (known && String(name).toLowerCase() === HEADER) known.carried = String(value);
      },
  );
  replace(
    prototype,
    'send',
    (original) =>
      function (this: XMLHttpRequest, body) {
        quietly(() => watchCall(this, opened.get(this), setHeader))();
        original.call(this, body);
      },
  );
}

/** Heard before the page's own listeners, which may open the object anew. */
const HEARD = ['readystatechange', 'abort', 'loadend'];

function watchCall(xhr: XMLHttpRequest, known: Opened | undefined, setHeader: XMLHttpRequest['setRequestHeader']): void {
  const call = known && begin(known.method, known.address, known.carried, READS.test(known.method));
  if (!call) return;
  const hear = ({ type }: Event): void => {
    if (type === 'abort') stop(GIVEN_UP);
    else if (xhr.readyState === 4 && xhr.status) {
      stayed(call, xhr.responseURL);
      call.end(xhr.status);
    } else if (type === 'loadend') {
      leaving.add(call.address);
      call.fail();
    }
    if (type === 'loadend') stop();
  };
  const stop = (status?: number): void => {
    call.end(status);
    for (const type of HEARD) xhr.removeEventListener(type, hear, true);
    delete known.stop;
  };
  known.stop = stop;
  for (const type of HEARD) xhr.addEventListener(type, hear, true);
  if (call.traceparent) setHeader.call(xhr, HEADER, call.traceparent);
}
