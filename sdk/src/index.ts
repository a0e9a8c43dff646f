/** The browser SDK's first file: starts every signal when it may, and publishes `window.afterclick`. */

import { isPublished, publish } from './commands';
import { quietly } from './guest';
import { onHidden, whenActivated } from './lifecycle';
import { observeNavigation } from './navigation';
import { CONSENT, KNOWN } from './options';
import { refused } from './privacy';
import { end, show } from './recorder';
import { clickFailed, observeClicks } from './signals/rage_and_dead_clicks';
import { observeErrors } from './signals/errors';
import { observeLeaving } from './signals/leaving';
import { observeLongTasks } from './signals/longtasks';
import { observeRequests } from './signals/requests';
import { observeResources } from './signals/resources';
import { observeVitals } from './signals/vitals';
import { leave, resume } from './transport';
import { current, remember } from './visit';

let started = false;

function start(): void {
  if (started) return show();
  started = true;
  const [navigation] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & { activationStart?: number })[];
  show(navigation?.activationStart ?? 0, navigation?.responseStatus);
  for (const observe of [
    observeNavigation,
    observeClicks,
    () => observeErrors(clickFailed),
    observeRequests,
    observeResources,
    observeLongTasks,
    observeVitals,
    observeLeaving,
    resume,
  ]) quietly(observe)();
  // Last, so that what the others learn when the page is hidden goes out with it.
  onHidden(() => {
    remember();
    leave();
  });
}

/** Only a clear yes begins, as consent tools say it; whatever else it is given ends. */
function consent(given: unknown): void {
  const agreed = given === true || given === 'granted';
  if (agreed === !!current()) return;
  if (!agreed) end();
  else if (!refused()) whenActivated(start);
}

/** A frame of a page that carries this file too: its content is no page that the customer opened. */
const framed = quietly(() => window !== window.parent && 'afterclick' in window.parent);

if (!KNOWN) {
  console.warn('Load afterclick.js by a script element with data-key.');
} else if (!isPublished() && !framed()) {
  quietly(consent)(!CONSENT);
  quietly(publish)(consent);
}
