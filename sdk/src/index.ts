/** The browser SDK's first file: starts every signal when it may, and publishes `window.afterclick`. */

import { publish } from './commands';
import { onHidden, whenActivated } from './lifecycle';
import { observeNavigation } from './navigation';
import { CONSENT_REQUIRED } from './options';
import { refused } from './privacy';
import { end, show } from './recorder';
import { clickFailed, observeClicks } from './signals/rage_and_dead_clicks';
import { observeErrors } from './signals/errors';
import { observeLongTasks } from './signals/longtasks';
import { observeRequests } from './signals/requests';
import { observeResources } from './signals/resources';
import { observeVitals } from './signals/vitals';
import { leave } from './transport';
import { current } from './visit';

let started = false;

function start(): void {
  if (started) return show();
  started = true;
  const [navigation] = performance.getEntriesByType('navigation') as (PerformanceEntry & { activationStart?: number })[];
  show(navigation?.activationStart ?? 0);
  observeNavigation();
  observeClicks();
  observeErrors(clickFailed);
  observeRequests();
  observeResources();
  observeLongTasks();
  observeVitals();
  // Last, so that what the others learn when the page is hidden goes out with it.
  onHidden(leave);
}

function consent(given: boolean): void {
  if (given === !!current()) return;
  if (!given) end();
  else if (!refused()) whenActivated(start);
}

consent(!CONSENT_REQUIRED);
publish(consent);
