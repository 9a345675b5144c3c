/** Holds what fans were told against what was kept. */
import { percentile } from '../../core/statistics.ts';
import type { CrowdResult } from '../../loadtest/crowd/types.ts';
import { type KeptLine, keptTwice, missingFrom } from './drill-journals.ts';
import type { Witness } from './drill-witness.ts';

/** A measured length, in ms; null: it had no end. */
export type Length = number | null;

/** Gaps that began from `sinceMs` on: until the fan had a seat, state and clock again. */
export function gapsSince(crowd: Pick<CrowdResult, 'gaps'>, witnesses: readonly Witness[], sinceMs: number): Length[] {
  const light = crowd.gaps.map(({ lostAtMs, inSyncAtMs }) => ({ lostAtMs, backAtMs: inSyncAtMs }));
  const whole = witnesses.flatMap(({ gaps }) => gaps);
  return [...light, ...whole]
    .filter(({ lostAtMs }) => lostAtMs >= sinceMs)
    .map(({ lostAtMs, backAtMs }) => (backAtMs === null ? null : backAtMs - lostAtMs));
}

export interface Spread {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** In whole ms; what had no end is longer than anything. */
export function spreadOf(lengths: readonly Length[]): Spread {
  const sorted = lengths.map((ms) => ms ?? Number.MAX_SAFE_INTEGER);
  const at = (share: number) => Math.round(percentile(sorted, share) ?? 0);
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

const within = (atMs: number, { fromMs, toMs }: Window) => atMs >= fromMs && atMs < toMs;

/** How long lines took from their acceptance to witnesses who were there. */
export function deliveries(witnesses: readonly Witness[], window: Window): number[] {
  return witnesses.flatMap(({ told, fanId: own }) =>
    [...told.values()].flatMap(({ fanId, acceptedAtMs, seenAtMs }) =>
      seenAtMs !== null && fanId !== own && within(acceptedAtMs, window) ? [seenAtMs - acceptedAtMs] : [],
    ),
  );
}

/** How long witnesses waited for the answer to their lines. */
export function answersIn(witnesses: readonly Witness[], window: Window): number[] {
  return witnesses.flatMap(({ answers }) =>
    answers.filter(({ askedAtMs }) => within(askedAtMs, window)).map(({ tookMs }) => tookMs),
  );
}

/**
 * Lines of the window that came to one witness by the event lane and to another not at all, by id. Its author's neighbours may
 * have had it by their own lane before.
 */
export function unequalLanes(witnesses: readonly Witness[], window: Window): string[] {
  const toEveryone = new Set<string>();
  for (const { told } of witnesses) {
    for (const [id, { lane, acceptedAtMs }] of told) if (lane === 'event' && within(acceptedAtMs, window)) toEveryone.add(id);
  }
  const seenBy = (id: string) => witnesses.filter(({ told }) => told.has(id)).length;
  return [...toEveryone].filter((id) => seenBy(id) < witnesses.length).map((id) => `${id}: ${seenBy(id)} of ${witnesses.length}`);
}

export interface LineLedger {
  readonly acknowledged: number;
  /** Acknowledged, and in no journal. */
  readonly lost: readonly string[];
  /** Said once, kept under two ids. */
  readonly keptTwice: readonly string[];
  readonly shownTwice: number;
  /** In a journal, and not in the database. */
  readonly notShipped: readonly string[];
}

/** `kept`: of all journals; `shipped`: of the database. */
export function judgeLines(
  crowd: Pick<CrowdResult, 'acknowledged' | 'shownTwice'>,
  witnesses: readonly Witness[],
  kept: readonly KeptLine[],
  shipped: readonly KeptLine[],
): LineLedger {
  const acknowledged = [...crowd.acknowledged, ...witnesses.flatMap(({ fan }) => fan.acknowledged)];
  return {
    acknowledged: acknowledged.length,
    lost: missingFrom(kept, acknowledged).map(({ id }) => id),
    keptTwice: keptTwice(kept),
    shownTwice: crowd.shownTwice + witnesses.reduce((sum, { shownTwice }) => sum + shownTwice.size, 0),
    notShipped: missingFrom(shipped, kept).map(({ id }) => id),
  };
}
