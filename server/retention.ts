/** What is older than its retention goes, once a day and at the start. */
import type { Clock } from '../core/clock.ts';
import type { Log } from '../rooms/ports.ts';

const DAY_MS = 24 * 3_600_000;

export interface RetentionDeps {
  readonly clock: Clock;
  readonly eventNowMs: () => number;
  readonly days: number;
  /** Deletes what is from before, and bans that were over by `nowMs`; resolves with the number of rows. */
  readonly prune: (beforeMs: number, nowMs: number) => Promise<number>;
  readonly log: Log;
}

/** Call the result to stop. */
export function startRetention({ clock, eventNowMs, days, prune, log }: RetentionDeps): () => void {
  const run = () => {
    const nowMs = eventNowMs();
    prune(nowMs - days * DAY_MS, nowMs).then(
      (rows) => log.info({ rows, days }, 'what is past its retention was deleted'),
      (err: unknown) => log.error({ err, days }, 'what is past its retention could not be deleted; it is tried again tomorrow'),
    );
  };
  run();
  return clock.every(DAY_MS, run);
}
