/** Where a page was left to: what the server answers with may carry no script, and then tells nothing itself. */

import { now } from '../clock';
import { onHidden } from '../lifecycle';
import { record } from '../recorder';
import { place } from '../url';

/** By the Navigation API: links, forms, scripts, reloads, but nothing that the page kept from happening before. */
export function observeLeaving(): void {
  let last: Partial<NavigateEvent> & Event | undefined;
  // A success ends what goes on within the document: the page stayed.
  for (const type of ['navigate', 'navigatesuccess']) navigation.addEventListener(type, (event) => (last = event));
  onHidden((left) => {
    if (!left || !last?.destination || last.defaultPrevented) return;
    const target = place(last.destination.url as string), at = last.timeStamp;
    // Other origins stand in front, and are not told.
    if (target[0] === '/') record('leave', { method: last.formData ? 'POST' : 'GET', target, duration_ms: now() - at }, at);
    last = undefined;
  });
}
