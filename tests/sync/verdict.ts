/** How far what sounds is from what should sound: pure, from samples and the cues that were in force. */
import { type Playhead, playheadAt } from '../../core/timeline.ts';
import type { Playback, Setlist } from '../../schemas/playback.ts';

/** Playback that is in force from `fromMs` (event time) on. */
export interface Force {
  readonly fromMs: number;
  readonly playback: Playback;
  readonly setlist: Setlist;
}

/** One look at a page's audible element, at a true moment of event time. */
export interface Sample {
  readonly atMs: number;
  readonly heard: { readonly trackId: string; readonly positionMs: number; readonly paused: boolean } | null;
}

export interface Verdict {
  readonly samples: number;
  readonly settled: number;
  /** Settled samples that heard nothing, the wrong track, or silence where music belongs. */
  readonly wrong: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Of those that heard the right thing. */
  readonly maxMs: number;
  /** How long after the last restless moment that worst one was: close to `settleMs`, and the page was only late to settle. */
  readonly maxAfterMs: number;
}

/**
 * `restless`: moments after which `settleMs` may pass until a page has to be right again.
 * A sample that hears the wrong thing counts as infinitely far off.
 */
export function judge(
  samples: readonly Sample[],
  forces: readonly Force[],
  restless: readonly number[],
  settleMs: number,
): Verdict {
  const settled = samples.filter(({ atMs }) => !restless.some((moment) => atMs >= moment && atMs < moment + settleMs));
  const judged = settled
    .map(({ atMs, heard }) => ({ atMs, errorMs: errorMs({ atMs, heard }, forces) }))
    .toSorted((a, b) => a.errorMs - b.errorMs);
  const errors = judged.map((sample) => sample.errorMs);
  const worstAtMs = judged.findLast((sample) => Number.isFinite(sample.errorMs))?.atMs ?? 0;
  return {
    samples: samples.length,
    settled: settled.length,
    wrong: errors.filter((error) => error === Number.POSITIVE_INFINITY).length,
    p50Ms: quantile(errors, 0.5),
    p95Ms: quantile(errors, 0.95),
    p99Ms: quantile(errors, 0.99),
    maxMs: quantile(errors.filter(Number.isFinite), 1),
    maxAfterMs: Math.round(worstAtMs - Math.max(...restless.filter((moment) => moment <= worstAtMs), 0)),
  };
}

/** Moments at which a track ends by itself, while these cues are in force. */
export function trackChanges(forces: readonly Force[], untilMs: number): number[] {
  const changes: number[] = [];
  for (const [index, { fromMs, playback, setlist }] of forces.entries()) {
    const endMs = forces[index + 1]?.fromMs ?? untilMs;
    let nextMs = playheadAt(playback, setlist, Math.max(fromMs, playback.anchorMs)).changeAtMs;
    while (nextMs !== null && nextMs < endMs) {
      changes.push(nextMs);
      nextMs = playheadAt(playback, setlist, nextMs).changeAtMs;
    }
  }
  return changes;
}

function errorMs({ atMs, heard }: Sample, forces: readonly Force[]): number {
  const force = forces.findLast(({ fromMs }) => fromMs <= atMs);
  if (!force) return Number.POSITIVE_INFINITY;
  const head: Playhead = playheadAt(force.playback, force.setlist, atMs);
  const silent = heard === null || heard.paused;
  if (head.status !== 'playing') return silent ? 0 : Number.POSITIVE_INFINITY;
  if (silent || heard.trackId !== head.trackId) return Number.POSITIVE_INFINITY;
  return Math.abs(heard.positionMs - head.positionMs);
}

function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.POSITIVE_INFINITY;
  return Math.round(value * 100) / 100;
}
