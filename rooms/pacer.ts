/** Lets work run at once when it is rare, and at most once per interval when it is not. */
import { beatFlushAtMs, cueFlushAtMs } from '../core/beat.ts';
import type { Clock } from '../core/clock.ts';

export interface Pacer {
  /** There is something for the next beat. */
  touch(): void;
  /** There is something that should not wait for the beat: at most one run per fan-out time. */
  urge(): void;
  stop(): void;
}

export interface PacerRule {
  readonly clock: Clock;
  /** Length of a beat now. */
  readonly beatMs: () => number;
  /** Measured time of one fan-out. */
  readonly fanOutMs: () => number;
  readonly run: () => void;
}

export function pacer({ clock, beatMs, fanOutMs, run }: PacerRule): Pacer {
  let lastAtMs = Number.NEGATIVE_INFINITY;
  let pending: { readonly atMs: number; readonly cancel: () => void } | undefined;
  let stopped = false;

  function schedule(atMs: number, nowMs: number): void {
    if (stopped || (pending !== undefined && pending.atMs <= atMs)) return;
    pending?.cancel();
    const fire = () => {
      pending = undefined;
      lastAtMs = clock.nowMs();
      run();
    };
    pending = { atMs, cancel: clock.after(Math.max(0, atMs - nowMs), fire) };
  }

  return {
    touch() {
      const nowMs = clock.nowMs();
      schedule(beatFlushAtMs(lastAtMs, beatMs(), nowMs), nowMs);
    },
    urge() {
      const nowMs = clock.nowMs();
      schedule(cueFlushAtMs(lastAtMs, fanOutMs(), nowMs), nowMs);
    },
    stop() {
      stopped = true;
      pending?.cancel();
      pending = undefined;
    },
  };
}
