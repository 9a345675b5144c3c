/** Lets work run at once when it is rare, and at most once per interval when it is not. */
import { beatFlushAtMs, cueFlushAtMs } from '../core/beat.ts';
import type { Clock } from '../core/clock.ts';

export interface Pacer {
  /** There is something for the next beat. */
  touch(): void;
  /** There is something that waits for no longer than a beat, whatever the place. */
  hurry(): void;
  /** There is something that should not wait for the beat: at most one run per fan-out time. */
  urge(): void;
  /** What was busy is done: a run that waited for it is due. */
  freed(): void;
  stop(): void;
}

export interface PacerRule {
  readonly clock: Clock;
  /** Length of a beat now. */
  readonly beatMs: () => number;
  /** Measured time of one fan-out. */
  readonly fanOutMs: () => number;
  readonly run: () => void;
  /**
   * From 0 to 1: its place among all that the same news wakes. What runs out of rhythm runs again half a long beat to one and a half later, and from
   * there on once a beat: rooms do not go on speaking all at once.
   */
  readonly place?: number;
  /**
   * The last run still has its effect. Whatever is due meanwhile runs once when `freed` is told: where handing out takes longer than a beat, patches
   * would queue for minutes, so such a section speaks less often instead.
   */
  readonly isBusy?: () => boolean;
}

/** Rooms with shorter beats are in nobody's way. */
const SPREAD_FROM_MS = 500;

export function pacer({ clock, beatMs, fanOutMs, run, place = 0.5, isBusy = () => false }: PacerRule): Pacer {
  let lastAtMs = Number.NEGATIVE_INFINITY;
  let isInRhythm = false;
  let pending: { readonly atMs: number; readonly cancel: () => void } | undefined;
  let isDue = false;
  let stopped = false;

  function schedule(atMs: number, nowMs: number, byTheBeat: boolean): void {
    if (stopped || (pending !== undefined && pending.atMs <= atMs)) return;
    pending?.cancel();
    const fire = () => {
      pending = undefined;
      isDue = isBusy();
      if (isDue) return;
      isInRhythm = byTheBeat && atMs > nowMs;
      lastAtMs = clock.nowMs();
      run();
    };
    pending = { atMs, cancel: clock.after(Math.max(0, atMs - nowMs), fire) };
  }

  function urge(): void {
    const nowMs = clock.nowMs();
    schedule(cueFlushAtMs(lastAtMs, fanOutMs(), nowMs), nowMs, false);
  }

  return {
    touch() {
      const nowMs = clock.nowMs();
      const lengthMs = beatMs();
      const share = isInRhythm || lengthMs < SPREAD_FROM_MS ? 1 : place + 0.5;
      schedule(beatFlushAtMs(lastAtMs, lengthMs * share, nowMs), nowMs, true);
    },
    hurry() {
      const nowMs = clock.nowMs();
      schedule(beatFlushAtMs(lastAtMs, beatMs(), nowMs), nowMs, isInRhythm);
    },
    urge,
    freed() {
      if (isDue) urge();
      isDue = false;
    },
    stop() {
      stopped = true;
      pending?.cancel();
      pending = undefined;
    },
  };
}
