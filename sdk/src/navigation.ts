/** Soft navigations: the path changes without a page load, by the history API or the back button. */

import { respond } from './responses';
import { latest } from './pages';
import { show } from './recorder';
import { current } from './visit';

export function observeNavigation(): void {
  const navigated = (): void => {
    if (!current() || latest()?.path === location.pathname) return;
    respond();
    show();
  };
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method];
    history[method] = function (...state) {
      original.apply(this, state);
      navigated();
    };
  }
  addEventListener('popstate', navigated);
  // Back from the back/forward cache the page is seen anew.
  addEventListener('pageshow', ({ persisted }) => persisted && current() && show());
}
