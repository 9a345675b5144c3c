/** Waiting, for commands that start and stop things. */
import type { Clock } from '../../core/clock.ts';

const LOOK_EVERY_MS = 100;

function pause(clock: Clock, forMs: number): Promise<void> {
  return new Promise((resolve) => void clock.after(forMs, resolve));
}

/** Looks until `holds` says so; false when it does not within `withinMs`. Rejects with the reason of `interrupted`. */
export async function holdsWithin(
  clock: Clock,
  withinMs: number,
  holds: () => boolean | Promise<boolean>,
  interrupted?: AbortSignal,
): Promise<boolean> {
  const giveUpAtMs = clock.nowMs() + withinMs;
  for (;;) {
    interrupted?.throwIfAborted();
    if (await holds()) return true;
    if (clock.nowMs() >= giveUpAtMs) return false;
    await pause(clock, LOOK_EVERY_MS);
  }
}
