/** How late the event loop runs. Its timer wakes a process that sleeps, so it looks seldom: what matters lasts longer. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 50;

export interface Lateness {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram.disable();
  }

  /** Since the last time, or since it began. */
  take(): Lateness {
    const histogram = this.#histogram;
    const taken = { p50Ms: late(histogram.percentile(50)), p99Ms: late(histogram.percentile(99)), maxMs: late(histogram.max) };
    histogram.reset();
    return taken;
  }
}

/** The histogram has the time from one look to the next, in ns. */
function late(ns: number): number {
  return Math.max(0, ns / 1e6 - RESOLUTION_MS);
}
