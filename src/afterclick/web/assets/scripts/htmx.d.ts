// What we use of htmx beyond its attributes.
declare module 'htmx.org/dist/htmx.esm.min.js' {
  export interface Policy {
    createHTML(text: string): unknown;
    createScript(text: string): unknown;
  }
  interface Inside {
    initSecurity(policy: Policy): void;
  }
  const htmx: { registerExtension(name: string, extension: { init(inside: Inside): void }): void };
  export default htmx;
}
