/** Moments that are so far apart, whatever became of the one before: what is timed counts from when it was meant to be. */
import type { Clock } from '../core/clock.ts';

/**
 * Calls `act` at `firstMs` and every `everyMs` from there on, by the clock: a timer that repeats is a little late each time, and all of it adds up.
 * `act` is told the moment that was meant. Call the result to stop.
 */
export function atMoments(clock: Clock, firstMs: number, everyMs: number, act: (dueMs: number) => void): () => void {
  let dueMs = firstMs;
  let cancel = () => {};
  let isStopped = false;
  const next = () => {
    if (isStopped) return;
    cancel = clock.after(Math.max(0, dueMs - clock.nowMs()), () => {
      const nowDueMs = dueMs;
      dueMs += everyMs;
      act(nowDueMs);
      next();
    });
  };
  next();
  return () => {
    isStopped = true;
    cancel();
  };
}
