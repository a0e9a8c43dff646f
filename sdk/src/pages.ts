/** Page views: the loaded page, then one for each soft navigation. */

import { tier } from './device';
import type { Context } from './event';
import { uuid7 } from './identifier';
import { CONSENT, RELEASE } from './options';
import { page, parse, path } from './url';
import type { Visit } from './visit';

/** Page views whose late signals still find them. */
const KEPT = 20;

export interface View {
  context: Context;
  started: number;
  path: string;
  /** Whether `afterclick.page` has named it; until then the meta element does. */
  named?: boolean;
  /** Events so far, by type. */
  counts: Record<string, number>;
}

let views: View[] = [];

export const latest = (): View | undefined => views.at(-1);

/** Begin a page view. */
export function open({ session, device, user, internal, visitor }: Visit & { visitor: Context['visitor'] }, started: number): View {
  refresh();
  const context: Context = {
    session_id: session,
    page_view_id: uuid7(),
    device_id: device,
    user_id: user,
    visitor,
    url: page(),
    referrer: views[0] ? undefined : referrer(),
    release: RELEASE,
    consent: CONSENT,
    device_class: internal ? 'internal' : undefined,
    device_tier: tier(),
  };
  const view: View = { context, started, path: path(), counts: {} };
  views = [...views.slice(-KEPT), view];
  refresh();
  return view;
}

/** The page view in force at a moment, so that what is learnt late still goes where it belongs. */
export function at(moment: number): View | undefined {
  return views.findLast(({ started }) => started <= moment) ?? views[0];
}

/** The page view that a soft navigation led to, which an interaction at `moment` began. */
export function after(moment: number, url: string): View | undefined {
  const later = views.filter(({ started }) => started >= moment);
  return later.find(({ context }) => context.url === page(url)) ?? later[0] ?? latest();
}

/** Take the step from `<meta name="afterclick:step">` as long as nobody named the page view: routers set it late. */
export function refresh(): void {
  const view = latest();
  if (!view || view.named || view.path !== path()) return;
  view.context.step = meta('afterclick:step');
}

/** The trace of the request that answered with this page, where the server wrote `<meta name="traceparent">`. */
export const trace = (): string | undefined => meta('traceparent')?.split('-')[1];

const meta = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

/** The origin or the app that the visitor came from; the site's own pages are none. */
function referrer(): string | undefined {
  const { protocol, host } = parse(document.referrer || location.href) ?? location;
  return host && host !== location.host ? `${protocol}//${host}` : undefined;
}
