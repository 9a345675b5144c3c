/** A fan's own clock: it runs wrong, as clocks do, and can stand still, as a laptop that sleeps does. */
import type { Clock } from '../../core/clock.ts';

export interface Planted {
  /** Ahead of true time at `fromMs`, in ms. */
  readonly offsetMs: number;
  /** Runs fast by so many parts per million. */
  readonly driftPpm: number;
  /** True time at which it was right but for its offset. */
  readonly fromMs: number;
}

/** Node keeps a list of timers for each length: thousands of fans with lengths of their own would make thousands of lists. */
const LONG_MS = 1_000;
const LONG_GRAIN_MS = 64;

function inFewLists(delayMs: number): number {
  return delayMs < LONG_MS ? delayMs : Math.ceil(delayMs / LONG_GRAIN_MS) * LONG_GRAIN_MS;
}

export class PlantedClock implements Clock {
  readonly #true: Clock;
  /** What it shows is true time times the one plus the other: few numbers, since every frame asks. */
  readonly #rate: number;
  readonly #aheadMs: number;
  /** What fell due while the fan was frozen. */
  #frozen: (() => void)[] | null = null;

  constructor(clock: Clock, planted: Planted) {
    this.#true = clock;
    const { offsetMs, driftPpm, fromMs } = planted;
    this.#rate = 1 + driftPpm / 1e6;
    this.#aheadMs = offsetMs - (fromMs * driftPpm) / 1e6;
  }

  nowMs(): number {
    return this.#true.nowMs() * this.#rate + this.#aheadMs;
  }

  after(delayMs: number, task: () => void): () => void {
    let cancelled = false;
    const cancel = this.#true.after(inFewLists(delayMs), () => {
      if (this.#frozen === null) return task();
      this.#frozen.push(() => {
        if (!cancelled) task();
      });
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }

  every(periodMs: number, task: () => void): () => void {
    return this.#true.every(periodMs, () => {
      if (this.#frozen === null) task();
    });
  }

  /** Timers that fall due from now on wait for `thaw`. */
  freeze(): void {
    this.#frozen ??= [];
  }

  thaw(): void {
    const due = this.#frozen ?? [];
    this.#frozen = null;
    for (const task of due) task();
  }
}
