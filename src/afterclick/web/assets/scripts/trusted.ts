// Which text may become HTML, where the browser asks (Trusted Types): pages of our own server that htmx swaps in, and the
// empty string, by which the chart library clears an element. Anything else is refused, whoever tries.
import htmx, { type Policy } from 'htmx.org/dist/htmx.esm.min.js';

interface Policies {
  createPolicy(name: string, rules: { createHTML(text: string): string | null; createScript?(text: string): string }): Policy;
}

const { trustedTypes } = window as Window & { trustedTypes?: Policies };

if (trustedTypes) {
  // A script that came with a page still has to bear the document's nonce to run.
  const pages = trustedTypes.createPolicy('htmx', { createHTML: (text) => text, createScript: (text) => text });
  trustedTypes.createPolicy('default', { createHTML: (text) => (text === '' ? text : null) });
  htmx.registerExtension('trusted-pages', {
    init: (inside) => {
      inside.initSecurity(pages);
    },
  });
}
