/** What the site itself tells: commerce events, and anything else it names. */

import type { EventType, Scalar } from '../event';
import { record, touch } from '../recorder';
import { scalars, text } from '../scalar';

const COMMERCE: readonly EventType[] = ['product', 'search', 'cart', 'checkout', 'order', 'refund'];

/**
 * `track('order', {order_id, revenue, currency})`; names that are not commerce become `track` events. Details that have
 * no column of their own become props; what is no scalar is left out. Sums go as they are written: the collector reads them.
 */
export function track(name: unknown, details?: unknown): void {
  touch();
  const { value, revenue, target, order_id, currency, ...props } = scalars(details) as Partial<Record<string, Scalar>>;
  const known = COMMERCE.find((one) => one === name);
  record(known ?? 'track', {
    name: known ? undefined : text(name),
    value: value === '' ? undefined : Number(value),
    revenue: revenue as number | string | undefined,
    target: text(target),
    order_id: text(order_id),
    currency: text(currency),
    props,
  });
}
