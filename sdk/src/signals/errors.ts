/** JavaScript errors and promise rejections that nobody handled, and those that a framework handed on. */

import { now } from '../clock';
import type { Scalar } from '../event';
import { quietly } from '../guest';
import { record } from '../recorder';
import { field, scalars, text } from '../scalar';
import { place } from '../url';

/** No customer meets these: a browser's notice that nothing failed, and extensions. */
const HARMLESS = /^(ResizeObserver loop|[\w-]+-extension:|webkit-masked-url:)/m;
const FRAMES = 6;
/** What tells apart the things that are thrown and are no errors. */
const TELLING = ['message', 'code', 'status', 'statusText', 'type', 'error'];

interface Told {
  name: string;
  message: string;
  stack: string;
}

/** What was thrown, which may be anything, and from a frame of the page with an `Error` of its own. */
function told(thrown: unknown): Told {
  if (Object(thrown) !== thrown) return { name: 'Error', message: String(thrown), stack: '' };
  const object = thrown as object;
  const read = (name: string): string => text(field(object, name)) ?? '';
  const stack = read('stack');
  if (stack) return { name: read('name') || 'Error', message: read('message'), stack };
  const parts = TELLING.filter((name) => read(name)).map((name) => (name === 'message' ? read(name) : `${name} ${read(name)}`));
  return { name: read('name') || 'Error', message: parts.join(', ') || 'an object without a message', stack };
}

/** Take one event of the window; `failed` learns when. Other elements' load errors are no business of ours. */
export function takeError(event: Event, failed: (at: number) => void): void {
  if (!(event instanceof ErrorEvent || event instanceof PromiseRejectionEvent)) return;
  const rejected = 'reason' in event;
  const thrown = told(rejected ? event.reason : event.error);
  const [file, line] = topmost(thrown.stack);
  const said = rejected ? `${thrown.name}: ${thrown.message}` : event.message;
  const address = (!rejected && event.filename) || file;
  if (HARMLESS.test(`${said}\n${address}\n${file}`)) return;
  write(rejected ? event.type : thrown.name, said, thrown.stack, address && `${place(address)}:${rejected ? line : event.lineno}`, event.timeStamp);
  failed(event.timeStamp);
}

/** `error(error, details)`: an error that a framework or the page caught; scalar details become props. */
export function tell(thrown: unknown, details?: unknown): void {
  const { name, message, stack } = told(thrown);
  const [file, line] = topmost(stack);
  write(name, message, stack, file && `${place(file)}:${line}`, now(), scalars(details));
}

function write(name: string, message: string, stack: string, source: string | undefined, at: number, more?: Record<string, Scalar>): void {
  const frames = stack.split('\n', FRAMES).join('\n').replace(/\?[^\s:)]*/g, '');
  record('error', { name, message, source, props: { ...more, stack: frames || undefined } }, at);
}

function topmost(stack: string): string[] {
  return /([\w-]+:\/\/[^\s()]+?):(\d+):\d+/.exec(stack)?.slice(1) ?? [];
}

export function observeErrors(failed: (at: number) => void): void {
  for (const type of ['error', 'unhandledrejection']) addEventListener(type, quietly((event) => takeError(event, failed)));
}
