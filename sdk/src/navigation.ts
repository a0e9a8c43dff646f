/** Soft navigations: the path changes without a page load, by the history API or the back button. */

import { now } from './clock';
import { quietly, replace } from './guest';
import { latest } from './pages';
import { show } from './recorder';
import { respond } from './responses';
import { path } from './url';
import { current } from './visit';

/** An address that is replaced again within this still moves, such as a map's; once it stands, it is a page view. */
const SETTLED_MS = 500;

let settling: number | undefined;

/** Routers add or drop the slash at the end: the page stays the same. */
const bare = (path?: string): string | undefined => path?.replace(/\/+$/, '');

export function observeNavigation(): void {
  const navigated = quietly((started?: number): void => {
    clearTimeout(settling);
    if (!current() || bare(latest()?.path) === bare(path())) return;
    respond();
    show(started);
  });
  const settle = quietly((): void => {
    clearTimeout(settling);
    settling = setTimeout(navigated, SETTLED_MS, now());
  });
  for (const [method, after] of [['pushState', () => navigated()], ['replaceState', settle]] as const) {
    replace(
      history,
      method,
      (original) =>
        function (this: History, ...state) {
          original.apply(this, state);
          after();
        },
    );
  }
  // An application hears of it before us, and what it asks for then is the new page's: that began with the event.
  addEventListener('popstate', ({ timeStamp }) => navigated(timeStamp));
  // Applications that route by fragment change it without the history API, by a link.
  addEventListener('hashchange', ({ timeStamp }) => navigated(timeStamp));
  // Back from the back/forward cache the page is seen anew.
  addEventListener('pageshow', quietly(({ persisted }) => persisted && current() && show()));
}
