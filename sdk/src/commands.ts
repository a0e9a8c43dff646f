/** `window.afterclick`: what pages may call, also before this file has come. */

import { quietly } from './guest';
import { identify, name, tag } from './recorder';
import { clickFailed } from './signals/rage_and_dead_clicks';
import { track } from './signals/commerce';
import { takeError, tell } from './signals/errors';
import { ask, rate } from './signals/rating';
import { takeLoad } from './signals/resources';
import { internal } from './visit';

/** What the stub kept: calls, and errors that it caught. */
type Early = [command: string, ...details: unknown[]] | Event;
interface Published {
  q?: Early[] | { push: () => void };
}

const page = window as { afterclick?: Published };

/** Whether this file ran on the page before: a tag that stands there twice, or that a framework ran again. */
export const isPublished = (): boolean => !!page.afterclick?.q && !('length' in page.afterclick.q);

/** Put the commands in the stub's place and do what it kept. No command ever throws. */
export function publish(consent: (given: unknown) => void): void {
  const all: Record<string, (...details: never[]) => unknown> = { page: name, track, identify, tag, rate, ask, error: tell, internal, consent };
  const commands = Object.fromEntries(Object.entries(all).map(([called, act]) => [called, quietly(act)]));
  const kept = page.afterclick?.q;
  // The stub's listeners live on; what they push from now on we have seen ourselves.
  page.afterclick = Object.assign(page.afterclick ?? {}, commands, { q: { push: () => undefined } });
  for (const early of (kept as Early[] | undefined) ?? []) {
    if (early instanceof Event) {
      takeError(early, clickFailed);
      takeLoad(early);
    } else (commands[early[0]] as ((...details: unknown[]) => unknown) | undefined)?.(...early.slice(1));
  }
}
