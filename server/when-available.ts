/** A start waits for what it needs: a database that is slow or still coming up is no reason to fail. */
import { type BackoffRule, backoffMs } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import { PartyError } from '../core/errors.ts';
import type { Log } from '../rooms/ports.ts';

/** Whoever supervises us starts us again after that. */
const GIVE_UP_AFTER_MS = 60_000;
const RETRY: BackoffRule = { baseMs: 250, capMs: 2_000 };

export interface WhenAvailableDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

/**
 * The task's outcome, after as many tries as it takes while it rejects with `unavailable`; the last such rejection after a minute.
 * A task must bear being done twice, since what was answered `unavailable` may have been done.
 */
export async function whenAvailable<T>({ clock, random, log }: WhenAvailableDeps, task: () => Promise<T>): Promise<T> {
  const giveUpAtMs = clock.nowMs() + GIVE_UP_AFTER_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await task();
    } catch (error) {
      const isPassing = error instanceof PartyError && error.code === 'unavailable';
      if (!isPassing || clock.nowMs() >= giveUpAtMs) throw error;
      log.warn({ err: error, attempt }, 'the start waits for the database');
    }
    await new Promise<void>((resolve) => clock.after(backoffMs(attempt, RETRY, random), resolve));
  }
}
