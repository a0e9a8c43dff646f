/** Whether the browser says that its user does not want to be tracked. */

/** Global Privacy Control (https://w3c.github.io/gpc/) or Do Not Track. */
export function refused(): boolean {
  const { globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return globalPrivacyControl === true || navigator.doNotTrack === '1';
}
