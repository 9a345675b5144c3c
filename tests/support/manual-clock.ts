/** A clock that stands until a test moves it. */
import type { Clock } from '../../core/clock.ts';

export interface ManualClock extends Clock {
  /** Moves on by `ms`, running what falls due, in order, and letting promises settle in between. */
  advance(ms: number): Promise<void>;
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export function manualClock(startMs = 1_000_000): ManualClock {
  let nowMs = startMs;
  let order = 0;
  const timers = new Map<number, { readonly atMs: number; readonly run: () => void }>();
  const after = (delayMs: number, run: () => void) => {
    const id = order++;
    timers.set(id, { atMs: nowMs + Math.max(0, delayMs), run });
    return () => void timers.delete(id);
  };
  return {
    nowMs: () => nowMs,
    after,
    every(periodMs, task) {
      let cancel = () => {};
      const next = () => {
        cancel = after(periodMs, () => {
          next();
          task();
        });
      };
      next();
      return () => cancel();
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        await settle();
        const due = [...timers]
          .filter(([, { atMs }]) => atMs <= untilMs)
          .toSorted((a, b) => a[1].atMs - b[1].atMs || a[0] - b[0])[0];
        if (!due) break;
        const [id, { atMs, run }] = due;
        timers.delete(id);
        nowMs = Math.max(nowMs, atMs);
        run();
      }
      nowMs = untilMs;
      await settle();
    },
  };
}
