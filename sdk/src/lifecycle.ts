/** When the page goes out of sight, and whether it may come back. */

/** Call when the page is hidden or left; `left` when it is unloaded or put into the back/forward cache. */
export function onHidden(callback: (left: boolean) => void): void {
  addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && callback(false));
  addEventListener('pagehide', () => callback(true));
}

/** Call when a prerendered page is shown, else at once. */
export function whenActivated(callback: () => void): void {
  if ((document as Document & { prerendering?: boolean }).prerendering) {
    document.addEventListener('prerenderingchange', callback, { once: true });
  } else callback();
}
