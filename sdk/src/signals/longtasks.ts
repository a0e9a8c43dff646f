/** Long tasks: the main thread was blocked, so nothing answered the customer. */

import { record } from '../recorder';
import { clean } from '../url';

const LONG_MS = 200;
/** What browsers call blocking begins after 50 ms of a task. */
const NOT_BLOCKING_MS = 50;

/** https://w3c.github.io/long-animation-frames/ */
interface Frame extends PerformanceEntry {
  blockingDuration?: number;
  scripts?: readonly { duration: number; sourceURL: string }[];
}

/** From Long Animation Frames, which name the script; where there are none, from Long Tasks, which don't. */
export function observeLongTasks(): void {
  const frames = 'long-animation-frame';
  const type = PerformanceObserver.supportedEntryTypes.includes(frames) ? frames : 'longtask';
  new PerformanceObserver((list) => {
    for (const { duration, blockingDuration = duration - NOT_BLOCKING_MS, scripts = [], startTime } of list.getEntries() as Frame[]) {
      if (blockingDuration <= LONG_MS - NOT_BLOCKING_MS) continue;
      const [longest] = [...scripts].sort((a, b) => b.duration - a.duration);
      record('long_task', { duration_ms: duration, source: longest?.sourceURL && clean(longest.sourceURL) }, startTime);
    }
  }).observe({ type, buffered: true });
}
