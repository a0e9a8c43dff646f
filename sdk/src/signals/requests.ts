/** fetch and XMLHttpRequest: how long the customer waited, how it ended, and the trace it began. */

import { now } from '../clock';
import { hex } from '../identifier';
import { onHidden } from '../lifecycle';
import { EVENTS, PROPAGATE } from '../options';
import { record, recording } from '../recorder';
import { respond } from '../responses';
import { parse, pattern } from '../url';

/** The page or the customer gave up before the answer: what nginx logs as "client closed request". */
export const GIVEN_UP = 499;
/** Requests under way when the page is left are told only when the customer waited this long. */
const WAITED_MS = 1000;

interface Call {
  /** W3C Trace Context header (https://www.w3.org/TR/trace-context/), when this request is to carry it. */
  traceparent: string | undefined;
  /** Undefined: the answer tells nothing (another origin without CORS). */
  end: (status: number | undefined) => void;
  /** No answer. */
  fail: () => void;
}

/** By when they started, what ends those under way. */
const pending = new Map<Call, number>();

/** `carried`: the traceparent that the page itself gave the request. */
function begin(method: string, address: string, carried?: string | null): Call | undefined {
  const url = parse(address);
  if (!recording() || !url?.protocol.startsWith('http') || url.href === EVENTS) return undefined;
  const started = now();
  const traced = !carried && PROPAGATE.includes(url.origin);
  const trace_id = carried?.split('-')[1] ?? (traced ? hex(16) : undefined);
  const call: Call = {
    traceparent: traced ? `00-${trace_id}-${hex(8)}-01` : undefined,
    end(status) {
      if (!pending.delete(call) || status === undefined) return;
      const fields = { method: method.toUpperCase(), target: pattern(url), duration_ms: now() - started, status, trace_id };
      record('request', fields, started);
    },
    // The requests of a page that is left are cancelled just before it hears of it: let that come first.
    fail: () => setTimeout(call.end, 0, 0),
  };
  pending.set(call, started);
  respond();
  return call;
}

export function observeRequests(): void {
  watchFetch();
  watchXhr();
  onHidden((left) => {
    for (const [call, started] of pending) if (left && now() - started > WAITED_MS) call.end(GIVEN_UP);
  });
}

function watchFetch(): void {
  const original = window.fetch;
  window.fetch = function (input, init) {
    const request = input instanceof Request ? input : undefined;
    const headers = new Headers(init?.headers ?? request?.headers);
    const call = begin(init?.method ?? request?.method ?? 'GET', request?.url ?? String(input), headers.get('traceparent'));
    if (call?.traceparent) {
      headers.set('traceparent', call.traceparent);
      init = { ...init, headers };
    }
    // The derived promise is returned, so that a rejection which the page leaves unhandled still counts as such.
    return original.call(this, input, init).then(
      (response) => {
        call?.end(response.type.startsWith('opaque') ? undefined : response.status);
        return response;
      },
      (error: unknown) => {
        if (error instanceof Error && error.name === 'AbortError') call?.end(GIVEN_UP);
        else call?.fail();
        throw error;
      },
    );
  };
}

function watchXhr(): void {
  const opened = new WeakMap<XMLHttpRequest, [string, string]>();
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method: string, url: string | URL, ...rest: unknown[]) {
    opened.set(this, [method, String(url)]);
    (open as (...all: unknown[]) => void).call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    const call = begin(...(opened.get(this) ?? ['', '']));
    if (call?.traceparent) this.setRequestHeader('traceparent', call.traceparent);
    this.addEventListener('abort', () => call?.end(GIVEN_UP));
    this.addEventListener('loadend', () => (this.status ? call?.end(this.status) : call?.fail()));
    send.call(this, body);
  };
}
