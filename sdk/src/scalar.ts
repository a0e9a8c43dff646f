/** What pages hand over, which may be anything, as values that can be sent. */

import type { Scalar } from './event';

/** A text, number or truth as it is, a BigInt as text; undefined for all else. */
export function scalar(value: unknown): Scalar | undefined {
  if (typeof value === 'bigint') return String(value);
  return /^(string|number|boolean)$/.test(typeof value) ? (value as Scalar) : undefined;
}

/** A scalar as text; undefined for anything else. */
export function text(value: unknown): string | undefined {
  const told = scalar(value);
  return told === undefined ? undefined : String(told);
}

/** The scalar details of an object by name; what is none is left out. */
export function scalars(details: unknown): Record<string, Scalar> {
  const given = Object(details) as object;
  const told = Object.keys(given).map((name) => [name, scalar(field(given, name))] as const);
  return Object.fromEntries(told.filter((pair): pair is [string, Scalar] => pair[1] !== undefined));
}

/** One field of an object; undefined when its getter throws. */
export function field(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
