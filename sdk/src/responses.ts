/** When the page last called the network or changed its address: an answer to a click before it. */

import { now } from './clock';

let last = -1;

export function respond(): void {
  last = now();
}

export const respondedSince = (at: number): boolean => last >= at;
