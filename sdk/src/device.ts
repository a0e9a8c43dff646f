/** How strong the device is, as far as the browser tells. */

/** `low`: at most 2 GB or 2 cores; `mid`: at most 4 GB or 4 cores; else `high`; undefined when neither is told. */
export function tier(): 'low' | 'mid' | 'high' | undefined {
  const { deviceMemory, hardwareConcurrency } = navigator as Navigator & { deviceMemory?: number };
  const weakest = Math.min(deviceMemory || Infinity, hardwareConcurrency || Infinity);
  return weakest <= 2 ? 'low' : weakest <= 4 ? 'mid' : weakest < Infinity ? 'high' : undefined;
}
