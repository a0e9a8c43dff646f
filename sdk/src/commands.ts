/** `window.afterclick`: what pages may call, also before this file has come. */

import { identify, name, tag } from './recorder';
import { clickFailed } from './signals/rage_and_dead_clicks';
import { track } from './signals/commerce';
import { takeError } from './signals/errors';
import { ask, rate } from './signals/rating';
import { takeLoad } from './signals/resources';

/** What the stub kept: calls, and errors that it caught. */
type Early = [command: string, ...details: unknown[]] | Event;

/** Put the commands in the stub's place and do what it kept. */
export function publish(consent: (given: boolean) => void): void {
  const commands = { page: name, track, identify, tag, rate, ask, consent };
  const page = window as { afterclick?: { q?: Early[] | { push: () => void } } };
  const kept = page.afterclick?.q;
  // The stub's listeners live on; what they push from now on we have seen ourselves.
  page.afterclick = Object.assign(page.afterclick ?? {}, commands, { q: { push: () => undefined } });
  for (const early of (kept as Early[] | undefined) ?? []) {
    if (early instanceof Event) {
      takeError(early, clickFailed);
      takeLoad(early);
    } else (commands as Record<string, (...details: unknown[]) => unknown>)[early[0]]?.(...early.slice(1));
  }
}
