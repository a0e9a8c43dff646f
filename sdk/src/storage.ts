/** Where the visit's few facts are kept between pages: local or session storage, or one first-party cookie. */

import { STORAGE } from './options';

const NAME = 'afterclick';
/** Bodies that no beacon took, and addresses whose answers come from the page's own origin. */
export const [UNSENT, STAYS] = ['afterclick.unsent', 'afterclick.stays'] as const;
const YEAR_S = 31_536_000;

/** What is kept, or undefined; storage may be switched off, and then even touching it throws. */
export function load(): string | null | undefined {
  try {
    return STORAGE === 'cookie' ? decodeURIComponent(cookie() ?? '') : area().getItem(NAME);
  } catch {
    return undefined;
  }
}

/** Keep; an empty text erases. */
export function save(text: string): void {
  try {
    if (STORAGE === 'cookie') {
      const secure = location.protocol === 'https:' ? ';Secure' : '';
      document.cookie = `${NAME}=${encodeURIComponent(text)};Path=/;SameSite=Lax;Max-Age=${text ? YEAR_S : 0}${secure}`;
    } else if (text) area().setItem(NAME, text);
    else area().removeItem(NAME);
  } catch {
    // The visit lasts as long as the page.
  }
}

/** One of the lists; empty where cookies are asked for, which are no place for lists. */
export function loadList(name: string): string[] {
  try {
    return JSON.parse(area().getItem(name) ?? '[]') as string[];
  } catch {
    return [];
  }
}

/** Keep a list; an empty one is erased. */
export function saveList(name: string, list: readonly string[]): void {
  try {
    if (list[0] && STORAGE !== 'cookie') area().setItem(name, JSON.stringify(list));
    else area().removeItem(name);
  } catch {
    // It lasts as long as the page.
  }
}

/** Erase all that is kept. */
export function erase(): void {
  save('');
  for (const name of [UNSENT, STAYS]) saveList(name, []);
}

function area(): Storage {
  return STORAGE === 'session' ? sessionStorage : localStorage;
}

function cookie(): string | undefined {
  return new RegExp(`(?:^|; )${NAME}=([^;]*)`).exec(document.cookie)?.[1];
}
