/** Two clocks: signals speak the page's own, `performance.now()`; what is sent is UTC milliseconds since 1970. */

export const now = (): number => performance.now();

/** UTC of a moment on the page's clock. Anchored each time, because the page's clock stops while a machine sleeps. */
export const utc = (at: number): number => Math.round(Date.now() - now() + at);
