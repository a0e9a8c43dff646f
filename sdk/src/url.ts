/** URLs as they may leave the page: without what people typed or who they are. */

/** A number, or at least 12 letters, digits and dashes with a digit among them: UUIDs, hashes, slugs with a number. */
const IDENTIFIER = /^(\d+|(?=.*\d)[\w-]{12,})$/;

/** The parsed address, relative to the page; undefined when it is none. */
export function parse(address: string): URL | undefined {
  return URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : undefined;
}

/** Origin and path; with `campaign`, utm_* parameters stay. Other schemes, such as data:, are named only. */
export function clean(address: string, campaign?: boolean): string {
  const { origin, protocol, pathname, searchParams } = parse(address) ?? new URL('about:');
  if (!protocol.startsWith('http')) return protocol;
  const kept = new URLSearchParams([...searchParams].filter(([name]) => campaign && name.startsWith('utm_'))) + '';
  return origin + pathname + (kept && '?' + kept);
}

/** The path with identifiers replaced by `:id`; other origins keep their host in front. */
export function pattern({ origin, host, pathname }: URL): string {
  const path = pathname.split('/').map((part) => (IDENTIFIER.test(part) ? ':id' : part)).join('/');
  return origin === location.origin ? path : host + path;
}

/** A script's path, with its origin when that is not the page's. */
export function place(address: string): string {
  return clean(address).replace(location.origin, '');
}
