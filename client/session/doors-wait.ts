/**
 * The wait for doors to open. The page's clock may stand still with its machine and the hour may be changed, so the
 * event is looked up again on the way: when the page wakes, and every few minutes.
 */
import { jitterMs } from '../../core/backoff.ts';
import type { Clock } from '../../core/clock.ts';
import { nap } from './nap.ts';
import type { Page } from './page.ts';

/** A page that waits for doors to open arrives within this of the moment. */
const DOORS_SPREAD_MS = 2_000;
const NAP_MS = 60_000;
/** The event is looked up again after this, more or less by a half: a crowd that waits does not look at once. */
const LOOK_EVERY_MS = 180_000;
const LOOK_JITTER = 0.5;

export interface DoorsWaitDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly page: Pick<Page, 'onWake'>;
  readonly eventNowMs: () => number;
  /** Looks the event up; resolves with when doors open, in event time, or null when nobody answered. */
  readonly look: () => Promise<number | null>;
  readonly onMoment: (doorsAtMs: number) => void;
}

/** Resolves up to 2 s after doors opened, or when called off. */
export async function awaitDoors(deps: DoorsWaitDeps, doorsAtMs: number, signal: AbortSignal): Promise<void> {
  const { clock, random, page, eventNowMs, look, onMoment } = deps;
  const lookedAgainAtMs = () => clock.nowMs() + jitterMs(LOOK_EVERY_MS, LOOK_JITTER, random);
  let lookAtMs = lookedAgainAtMs();
  let momentMs = doorsAtMs;
  for (;;) {
    onMoment(momentMs);
    const leftMs = momentMs - eventNowMs();
    if (leftMs <= 0) break;
    const isWoken = await nap(clock, Math.min(leftMs, NAP_MS), signal, page);
    if (signal.aborted) return;
    if (!isWoken && clock.nowMs() < lookAtMs) continue;
    momentMs = (await look()) ?? momentMs;
    if (signal.aborted) return;
    lookAtMs = lookedAgainAtMs();
  }
  await nap(clock, random() * DOORS_SPREAD_MS, signal);
}
