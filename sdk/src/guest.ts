/** We are a guest on the page: what fails in here is ours alone. */

/** The function, which returns nothing where it would throw. */
export function quietly<Given extends unknown[], Told>(act: (...given: Given) => Told): (...given: Given) => Told | undefined {
  return (...given) => {
    try {
      return act(...given);
    } catch {
      return undefined;
    }
  };
}

/** Put a function in the place of a host's own; a host that froze it keeps its own. */
export function replace<Host extends object, Name extends keyof Host>(
  host: Host,
  name: Name,
  wrap: (original: Host[Name]) => Host[Name],
): void {
  quietly(() => {
    host[name] = wrap(host[name]);
  })();
}
