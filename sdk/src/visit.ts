/** Whose visit this is: device, session, and whether the device was here before. */

import { uuid7 } from './identifier';
import { text } from './scalar';
import { erase, load, save } from './storage';

/** A visit ends after 30 minutes without a page view, click, call or return to the tab. */
const INACTIVITY_MS = 30 * 60_000;
const ID = /^[\da-f]{8}-[\da-f-]{27}$/;

export interface Visit {
  device: string;
  session: string;
  /** Last activity, UTC ms. */
  active: number;
  /** Visits of this device, this one among them. */
  visits: number;
  user?: string | undefined;
  /** The browser is one of the site's own people's. */
  internal?: boolean | undefined;
}

let visit: Visit | undefined;

/** The visit under way; undefined before consent. */
export const current = (): Visit | undefined => visit;

/** The customer did something: continue the visit, or begin one at `start` (UTC ms). True when it is new to this page. */
export function touch(start = Date.now()): boolean {
  const before = visit?.session;
  const kept = stored() ?? visit;
  const active = Date.now();
  visit =
    kept && active - kept.active < INACTIVITY_MS
      ? { ...kept, active }
      : { device: kept?.device ?? uuid7(), session: uuid7(start), visits: (kept?.visits ?? 0) + 1, active, internal: kept?.internal };
  keep();
  return visit.session !== before;
}

/** The customer is known by this id for the rest of the visit. */
export function identify(user: string | undefined): void {
  if (visit) visit.user = user;
  keep();
}

/** This browser is one of the site's own people's, or no longer: its visits do not count. */
export function internal(is: unknown = true): void {
  if (visit) visit.internal = !!is;
  keep();
}

/** Whether this visit is in the `share` that is recorded: decided by its id, so that all its pages agree. */
export function sampled(share: number): boolean {
  return !!visit && parseInt(visit.session.slice(-8), 16) / 2 ** 32 < share;
}

/** Erase everything that was kept. */
export function forget(): void {
  visit = undefined;
  erase();
}

function keep(): void {
  save(JSON.stringify(visit));
}

/** Keep the visit once more where the page emptied its storage, as many do when the customer signs out. */
export function remember(): void {
  if (visit && !load()) keep();
}

/** What is kept may be anything, a number for the user by an older version too; what lacks a recent activity is over. */
function stored(): Visit | undefined {
  try {
    const kept = JSON.parse(load() as string) as Visit;
    return ID.test(kept.device) && ID.test(kept.session) ? { ...kept, user: text(kept.user) } : undefined;
  } catch {
    return undefined;
  }
}
