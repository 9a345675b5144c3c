import type { Clock } from '../core/clock.ts';

/** How long a call through a port may take. */
export const PORT_DEADLINE_MS = 500;
/** Turns that the loop is given, at least, before anybody is said to be late. */
const TURNS = 10;

/** The promise's outcome, or `onLate()`'s if it takes longer than `deadlineMs`. */
export function withDeadline<T>(
  clock: Clock,
  promise: Promise<T>,
  onLate: () => Promise<T>,
  deadlineMs = PORT_DEADLINE_MS,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = afterAwake(clock, deadlineMs, () => resolve(onLate()));
    promise.then(resolve, reject).finally(cancel);
  });
}

/**
 * Runs `task` once, `delayMs` from now; later if this process could not listen meanwhile. Time counts in tenths, each of which is
 * a turn of the loop: while a burst keeps us busy, answers lie there that we have not looked at, and nobody but us is slow.
 * Call the result to cancel.
 */
export function afterAwake(clock: Clock, delayMs: number, task: () => void): () => void {
  let turns = TURNS;
  const turn = () => {
    turns -= 1;
    if (turns === 0) task();
    else cancel = clock.after(delayMs / TURNS, turn);
  };
  let cancel = clock.after(delayMs / TURNS, turn);
  return () => cancel();
}
