/** Whether the page did anything after a click. The document is watched only while one is being judged. */

import { quietly } from '../guest';
import type { Click } from './rage_and_dead_clicks';

/** Any of these is an answer. */
const EVENTS = 'scroll focusin blur input change submit toggle play pause copy beforeunload'.split(' ');

let click: Click | undefined;

const mutations = quietly(
  () =>
    new MutationObserver((changes) => {
      if (!click) return;
      const { element } = click;
      click.answered = true;
      click.elsewhere ||= changes.some(({ target }) => !element.contains(target));
    }),
)();

/** From now on, what the page does answers this click. */
export function watch(next: Click): void {
  click = next;
  mutations?.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  EVENTS.forEach((type) => addEventListener(type, take, true));
}

export function unwatch(): void {
  click = undefined;
  mutations?.disconnect();
  EVENTS.forEach((type) => removeEventListener(type, take, true));
}

function take({ type, target }: Event): void {
  if (click && answers(type, target as Node, click.element)) click.answered = true;
}

/** A click moves focus to the element itself, and away from another: only focus that goes elsewhere is an answer. */
function answers(type: string, target: Node, element: Element): boolean {
  if (type === 'blur') return (target as unknown) === window;
  return type !== 'focusin' || !(element.contains(target) || target.contains(element));
}
