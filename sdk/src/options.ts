/** Options: `data-` attributes of the script element that loads this file. */

/** Modules have no current script: they are found by their attributes. */
const script = (document.currentScript ?? document.querySelector('script[src*="/afterclick"][data-key]')) as HTMLScriptElement | null;
const given: DOMStringMap = script?.dataset ?? {};
const { key = '', endpoint, sample = 1, propagate = '' } = given;

/** Whether the script element was found. */
export const KNOWN = !!script;

/** Folder of this file, where its chunks lie. */
export const BASE = script?.src.replace(/[^/]*$/, '') ?? '';

/** Origin of the collector; default: the script's. */
const COLLECTOR = endpoint?.replace(/\/$/, '') ?? /^\w+:\/\/[^/]*/.exec(BASE)?.[0];

/** Where events go. The key in the query and text/plain spare a CORS preflight. */
export const EVENTS = COLLECTOR + '/v1/events?key=' + encodeURIComponent(key);

/**
 * `storage`: `local`, `session` or `cookie`, where the visit's few facts are kept. `routing`: `hash`, or a parameter of the
 * query: where the application keeps its route, beside the path.
 */
export const { release: RELEASE, storage: STORAGE, routing: ROUTING = '' } = given;

/** What the collector is told of consent where nothing begins before the customer gave it. */
export const CONSENT = given.consent === 'required' ? { analytics: true } : undefined;

/** Share of visits that are recorded, 0 to 1. */
export const SAMPLE = Number(sample);

/** Origins whose requests carry `traceparent`: the page's own and those listed, or `none`. */
export const PROPAGATE = propagate === 'none' ? [] : [location.origin, ...propagate.split(/[\s,]+/)];
