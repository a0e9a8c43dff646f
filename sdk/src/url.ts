/** URLs as they may leave the page: without what people typed or who they are. */

import { ROUTING } from './options';

/** A number, or at least 12 letters, digits and dashes with a digit among them: UUIDs, hashes, slugs with a number. */
const IDENTIFIER = /^(\d+|(?=.*\d)[\w-]{12,})$/;

/** Parameters of advertising networks: that there is one tells the channel, its value would tell the click. */
const CLICKS = RegExp(
  '^(\\w{1,3}clk?id|[gw]braid|gad_(source|campaignid)|li_fat_id|rdt_cid|sccid|epik|dicbo|tblci|irclickid|awc|cjevent|' +
    'ranmid|tduid|mc_eid|_kx|_hsenc|mkt_tok|igsh(id)?|srsltid)$',
  'i',
);

/** The parsed address, relative to the page; undefined when it is none. */
export function parse(address: string): URL | undefined {
  return URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : undefined;
}

/** Origin and path. Other schemes, such as data:, are named only. */
export function clean(address: string): string {
  const { origin, protocol, pathname } = parse(address) ?? new URL('about:');
  return protocol.startsWith('http') ? origin + pathname : protocol;
}

/** The page's address with what tells where the visitor came from: utm_* as they are, click ids without their value. */
export function page(address = location.href): string {
  const { origin, searchParams } = new URL(address);
  const kept = new URLSearchParams();
  for (const [name, value] of searchParams) {
    if (/^utm_/i.test(name)) kept.append(name.toLowerCase(), value);
    else if (value && CLICKS.test(name)) kept.append(name.toLowerCase(), '1');
  }
  return origin + path(address) + (kept.size ? '?' + kept : '');
}

/** The path that tells pages apart, and behind it the route where the application keeps one elsewhere. */
export function path(address = location.href): string {
  const { pathname, hash, searchParams } = new URL(address);
  const route = ROUTING === 'hash' ? /^#!?(\/[^?]*)/.exec(hash)?.[1] : ROUTING && searchParams.get(ROUTING);
  return route ? pathname.replace(/\/$/, '') + '/' + route.replace(/^\//, '') : pathname;
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
