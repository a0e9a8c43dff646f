/** Identifiers: UUID version 7 (RFC 9562), and the random hex that W3C Trace Context asks for. */

/** `bytes` random bytes as lower-case hex. Works on plain HTTP too, where crypto.randomUUID does not exist. */
export function hex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A UUIDv7 whose time part is `time`, in ms since 1970; 72 bits are random, the two of the variant's digit are not. */
export function uuid7(time = Date.now()): string {
  const digits = `${Math.floor(time).toString(16).padStart(12, '0')}7${hex(2).slice(1)}8${hex(8).slice(1)}`;
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
