/** Frustration at clicks: rage, dead and error clicks. Definitions and measured limits: docs/sdk.md#struggles. */

import { onHidden } from '../lifecycle';
import { record, touch } from '../recorder';
import { respondedSince } from '../responses';
import { selector } from '../selector';
import { unwatch, watch } from './answers';

/** Version 1 of the definitions. */
const RAGE_CLICKS = 3;
const RADIUS_PX = 30;
const WINDOW_MS = 1000;
/** A label passes its click on to its field; no person clicks twice within this. */
const ECHO_MS = 5;

/** What looks as if it did something when clicked; beside it, whatever shows a pointer. */
const ACTIVE = 'a[href],button,summary,[role=button],[role=link],[type=button],[type=submit]';
/** What answers by itself, or draws its answer where we can't see it. */
const APART = 'input,textarea,select,label,[contenteditable],[role=slider],video,audio,canvas';
/** What says that it has nothing to do now. */
const IDLE = '[aria-disabled=true],[aria-selected=true],[aria-checked=true],[aria-current]';

export interface Click {
  event: MouseEvent;
  /** The active element that was hit, else what was hit. */
  element: Element;
  /** The page did something after it. */
  answered?: boolean;
  /** The page changed outside of the element. */
  elsewhere?: boolean;
}

/** Clicks at one place, each within a second of the one before. */
let burst: Click[] = [];
let failed = false;
let timer: number | undefined;

export function observeClicks(): void {
  addEventListener('click', take, true);
  onHidden(() => settle(true));
}

/** A JavaScript error happened: does it answer a click? */
export function clickFailed(at: number): void {
  const last = burst.at(-1);
  if (!last || failed || at - last.event.timeStamp > WINDOW_MS) return;
  failed = true;
  report('error_click');
}

function take(event: MouseEvent): void {
  const target = event.composedPath()[0];
  const last = burst.at(-1);
  if (!event.isTrusted || !(target instanceof Element) || (last && event.timeStamp - last.event.timeStamp < ECHO_MS)) return;
  touch();
  if (last && !continues(event, last.event)) settle();
  const active = target.closest(ACTIVE);
  if (unseen(target) || (!active && (target.closest(APART) || selecting()))) return settle();
  const click = { event, element: active ?? target };
  burst.push(click);
  watch(click);
  clearTimeout(timer);
  timer = setTimeout(settle, WINDOW_MS);
}

/** The burst is over: judge it. When the page is hidden we can't know what would have answered. */
function settle(leaving?: boolean): void {
  clearTimeout(timer);
  unwatch();
  if (raging()) report('rage_click');
  else if (burst[0] && !failed && !leaving && dead(burst[0])) report('dead_click');
  burst = [];
  failed = false;
}

function report(name: string): void {
  const [{ event, element }] = burst as [Click];
  record('struggle', { name, target: selector(element), value: burst.length }, event.timeStamp);
}

/** Three clicks within a second, unless the page answered each of them elsewhere before the next (a stepper). */
function raging(): boolean {
  const fast = burst.some(({ event }, index) => {
    const third = burst[index + RAGE_CLICKS - 1];
    return third && third.event.timeStamp - event.timeStamp <= WINDOW_MS;
  });
  return fast && !burst.every(({ elsewhere }) => elsewhere);
}

function dead({ event: { timeStamp, target }, element }: Click): boolean {
  const idle = respondedSince(timeStamp) || burst.some((click) => click.answered || leads(click)) || element.closest(IDLE);
  return !idle && (element.matches(ACTIVE) || getComputedStyle(target as Element).cursor === 'pointer');
}

/** A link that the page left to the browser, and that leads out of this document or out of the browser. */
function leads({ event, element }: Click): boolean {
  if (!(element instanceof HTMLAnchorElement) || event.defaultPrevented || element.protocol === 'javascript:') return false;
  const [here] = location.href.split('#');
  const [there, fragment] = element.href.split('#');
  return there !== here || fragment === undefined;
}

function continues({ timeStamp, clientX, clientY, detail }: MouseEvent, last: MouseEvent): boolean {
  const [{ event: first }] = burst as [Click];
  const distance = Math.hypot(clientX - first.clientX, clientY - first.clientY);
  return distance <= RADIUS_PX && timeStamp - last.timeStamp <= WINDOW_MS && detail > 0;
}

/** Inside a component whose changes we can't see, or asking to be left out. */
function unseen(target: Element): boolean {
  return target.getRootNode() !== document || !!target.shadowRoot || !!target.closest('[data-afterclick-ignore]');
}

/** Selecting text takes two or three clicks. */
const selecting = (): boolean => getSelection()?.type === 'Range';
