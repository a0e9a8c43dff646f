/** JavaScript errors and promise rejections that nobody handled. */

import { record } from '../recorder';
import { place } from '../url';

/** No customer meets these: a browser's notice that nothing failed, and extensions. */
const HARMLESS = /^(ResizeObserver loop|\w+-extension:)/m;
const FRAMES = 6;

/** Take one event of the window; `failed` learns when. Other elements' load errors are no business of ours. */
export function takeError(event: Event, failed: (at: number) => void): void {
  if (!(event instanceof ErrorEvent || event instanceof PromiseRejectionEvent)) return;
  const rejected = 'reason' in event;
  const thrown: unknown = rejected ? event.reason : event.error;
  const { name, message, stack = '' } = thrown instanceof Error ? thrown : { name: 'Error', message: String(thrown) };
  const [, file, line] = /(\w+:\/\/[^\s()]+?):(\d+):\d+/.exec(stack) ?? [];
  const said = rejected ? `${name}: ${message}` : event.message;
  const address = rejected ? file : event.filename;
  if (HARMLESS.test(`${said}\n${address}`)) return;
  const frames = stack.split('\n', FRAMES).join('\n').replace(/\?[^\s:)]*/g, '');
  record(
    'error',
    {
      name: rejected ? event.type : name,
      message: said,
      source: address && `${place(address)}:${rejected ? line : event.lineno}`,
      props: frames ? { stack: frames } : undefined,
    },
    event.timeStamp,
  );
  failed(event.timeStamp);
}

export function observeErrors(failed: (at: number) => void): void {
  for (const type of ['error', 'unhandledrejection']) addEventListener(type, (event) => takeError(event, failed));
}
