/** JSON of plain objects and lists, whatever old libraries hung on the prototypes of objects and arrays as `toJSON`. */

const LONGEST_TEXT = 1000;
const LONGEST_ADDRESS = 4000;
const HALF_A_PAIR = /[\ud800-\udbff]$/;

/** Texts cut between characters, addresses later than others; numbers with four decimals; what is undefined left out. */
export function json(value: unknown, name?: string): string {
  if (Array.isArray(value)) return '[' + value.map((one) => json(one)).join() + ']';
  if (typeof value === 'object' && value) {
    const pairs = Object.entries(value).filter(([, one]) => one !== undefined && (typeof one !== 'number' || isFinite(one)));
    return '{' + pairs.map(([key, one]) => JSON.stringify(key) + ':' + json(one, key)).join() + '}';
  }
  if (typeof value === 'number') return JSON.stringify(Math.round(value * 1e4) / 1e4);
  const most = name === 'url' ? LONGEST_ADDRESS : LONGEST_TEXT;
  return JSON.stringify(typeof value === 'string' ? value.slice(0, most).replace(HALF_A_PAIR, '') : value);
}
