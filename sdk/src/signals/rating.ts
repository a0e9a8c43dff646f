/** The one question: how was that? Answered by `rate`, or asked by a widget that is loaded when first wanted. */

import { BASE } from '../options';
import { record, recording, touch } from '../recorder';

declare const RATING_CHUNK: string;

/** The widget's words; every one can be replaced. */
export interface Words {
  question: string;
  /** From 1 to 5. */
  scores: readonly string[];
  comment: string;
  send: string;
  close: string;
  thanks: string;
}

export type Rate = typeof rate;

/** Record a rating of 1 to 5 and what the customer said. Anything else is no rating and is not recorded. */
export function rate(score: unknown, comment: unknown = ''): void {
  const value = Number(score);
  if (![1, 2, 3, 4, 5].includes(value)) return;
  touch();
  record('rating', { value, message: String(comment).trim() });
}

/** Show the widget; resolves when it is closed, whether the customer answered or not. */
export async function ask(words: Partial<Words> = {}): Promise<void> {
  if (!recording()) return;
  const { show } = (await import(BASE + RATING_CHUNK)) as typeof import('../chunks/rating');
  await show(rate, words);
}
