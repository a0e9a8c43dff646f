/** The wire form, field for field as docs/collect.md describes it. */

export type EventType =
  | 'page_view'
  | 'leave'
  | 'vital'
  | 'error'
  | 'struggle'
  | 'request'
  | 'resource'
  | 'long_task'
  | 'product'
  | 'search'
  | 'cart'
  | 'checkout'
  | 'order'
  | 'refund'
  | 'rating'
  | 'identify'
  | 'track';

export type Scalar = string | number | boolean;

/** What a signal says about one event; times are milliseconds. */
export interface Fields {
  name?: string | undefined;
  value?: number | undefined;
  duration_ms?: number | undefined;
  status?: number | undefined;
  method?: string | undefined;
  target?: string | undefined;
  source?: string | undefined;
  message?: string | undefined;
  trace_id?: string | undefined;
  user_id?: string | undefined;
  order_id?: string | undefined;
  revenue?: number | string | undefined;
  currency?: string | undefined;
  props?: Partial<Record<string, Scalar | undefined>> | undefined;
}

export interface WireEvent extends Fields {
  id: string;
  type: EventType;
  time: number;
  tags?: Readonly<Record<string, string>> | undefined;
}

/** What all events of one page view share; merged under each of them by the collector. */
export interface Context {
  session_id: string;
  page_view_id: string;
  device_id: string;
  visitor: 'new' | 'returning';
  url: string;
  user_id?: string | undefined;
  route?: string | undefined;
  step?: string | undefined;
  referrer?: string | undefined;
  release?: string | undefined;
  consent?: { analytics: boolean } | undefined;
  device_class?: 'internal' | undefined;
  device_tier?: 'low' | 'mid' | 'high' | undefined;
}

