/** What the site itself tells: commerce events, and anything else it names. */

import type { EventType, Scalar } from '../event';
import { record, touch } from '../recorder';

const COMMERCE: readonly string[] = ['product', 'search', 'cart', 'checkout', 'order', 'refund'];

/** The details that have a column of their own; the rest become props. */
export interface Details extends Record<string, unknown> {
  value?: number | string;
  revenue?: number | string;
  target?: string;
  order_id?: string;
  currency?: string;
}

/** `track('order', {order_id, revenue, currency})`; names that are not commerce become `track` events. */
export function track(name: string, { value, revenue, target, order_id, currency, ...props }: Details = {}): void {
  touch();
  const known = COMMERCE.includes(name);
  const flat = Object.entries(props).filter((pair): pair is [string, Scalar] => Object(pair[1]) !== pair[1]);
  // A number that is none is left out when events are written.
  record(known ? (name as EventType) : 'track', {
    name: known ? undefined : name,
    value: Number(value),
    revenue: Number(revenue),
    target: target && String(target),
    order_id: order_id && String(order_id),
    currency,
    props: flat[0] && Object.fromEntries(flat),
  });
}
