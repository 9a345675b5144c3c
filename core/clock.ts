/** The only place that reads a clock or sets a timer. Everything else receives a `Clock`. */

export interface Clock {
  /** Milliseconds since the epoch, monotonic within the process. */
  nowMs(): number;
  /** Runs `task` once, `delayMs` from now (a moment that is past counts as now); with 0, after whatever waits for the event loop already. Call the result to cancel. */
  after(delayMs: number, task: () => void): () => void;
  /** Runs `task` every `periodMs` until cancelled by calling the result. */
  every(periodMs: number, task: () => void): () => void;
}

/**
 * Wall time at start, advanced by the monotonic clock, so that it never steps back.
 * In the browser as on the server.
 */
export function systemClock(): Clock {
  const { timeOrigin } = performance;
  return {
    nowMs: () => timeOrigin + performance.now(),
    after(delayMs, task) {
      // A timer waits a millisecond at least, in which a busy process falls asleep.
      if (delayMs === 0 && 'setImmediate' in globalThis) {
        const turn = setImmediate(task);
        return () => clearImmediate(turn);
      }
      const timer = setTimeout(task, Math.max(0, delayMs));
      return () => clearTimeout(timer);
    },
    every(periodMs, task) {
      const timer = setInterval(task, periodMs);
      return () => clearInterval(timer);
    },
  };
}
