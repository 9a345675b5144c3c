/** What is to sound now, what follows, and when: the timeline as runs of steady play. Pure. */
import { inForce, playheadAt, type Timeline } from '../../core/timeline.ts';
import type { Track } from '../../schemas/playback.ts';

/** A stretch of the timeline without a discontinuity. */
export type Run =
  /** The track's position is (now − zeroAtMs) × rate. */
  | { readonly kind: 'playing'; readonly track: Track; readonly index: number; readonly zeroAtMs: number; readonly rate: number }
  | {
      readonly kind: 'standing';
      readonly track: Track;
      readonly index: number;
      readonly positionMs: number;
      readonly over: boolean;
    };

export interface Plan {
  /** null: nothing to play. */
  readonly now: Run | null;
  /** The next discontinuity that is known: its moment, and what holds from then on. */
  readonly change: { readonly atMs: number; readonly run: Run | null } | null;
}

/** Two runs closer than this are one: re-anchoring rounds. */
const SAME_WITHIN_MS = 1;
/** Edits of the setlist are cues that change nothing that sounds: look past this many. */
const LOOK_PAST = 4;

/** Whether one run goes on as the other without a jump. The source's address may differ: signed ones are renewed. */
export function isSameRun(a: Run | null, b: Run | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.track.id !== b.track.id || a.kind !== b.kind) return false;
  if (a.kind === 'standing') return Math.abs(a.positionMs - (b as typeof a).positionMs) < SAME_WITHIN_MS;
  const other = b as typeof a;
  return a.rate === other.rate && Math.abs(a.zeroAtMs - other.zeroAtMs) < SAME_WITHIN_MS;
}

/** The track's position in a run at `nowMs`. */
export function runPositionMs(run: Run, nowMs: number): number {
  return run.kind === 'standing' ? run.positionMs : (nowMs - run.zeroAtMs) * run.rate;
}

function runAt(timeline: Timeline, nowMs: number): { readonly run: Run | null; readonly changeAtMs: number | null } {
  const { playback, setlist } = inForce(timeline, nowMs);
  const head = playheadAt(playback, setlist, nowMs);
  const cueAtMs = timeline.next !== null && timeline.next.applyAtMs > nowMs ? timeline.next.applyAtMs : null;
  const ownChangeAtMs = head.status === 'waiting' ? playback.anchorMs : head.changeAtMs;
  const changeAtMs = cueAtMs !== null && ownChangeAtMs !== null ? Math.min(cueAtMs, ownChangeAtMs) : (cueAtMs ?? ownChangeAtMs);
  const track = setlist[head.index];
  if (track === undefined) return { run: null, changeAtMs };
  const { index, positionMs } = head;
  if (head.status !== 'playing')
    return { run: { kind: 'standing', track, index, positionMs, over: head.status === 'ended' }, changeAtMs };
  const { rate } = playback;
  return { run: { kind: 'playing', track, index, zeroAtMs: nowMs - positionMs / rate, rate }, changeAtMs };
}

/** The plan at `nowMs`. */
export function planAt(timeline: Timeline, nowMs: number): Plan {
  const { run: now, changeAtMs } = runAt(timeline, nowMs);
  let atMs = changeAtMs;
  for (let step = 0; atMs !== null && step < LOOK_PAST; step++) {
    const { run, changeAtMs: laterAtMs } = runAt(timeline, atMs);
    if (!isSameRun(now, run)) return { now, change: { atMs, run } };
    atMs = laterAtMs;
  }
  return { now, change: null };
}

/** Preloading begins at the latest this long before a track starts … */
const PRELOAD_LEAD_MS = 12_000;
/** … and at the earliest this much before that: a crowd fetches the next track over this time, not in one second. */
const PRELOAD_SPREAD_MS = 45_000;

/** When to begin fetching a track that starts at `startsAtMs`; `share` (0 to 1) is this page's place in the crowd. */
export function preloadAtMs(startsAtMs: number, share: number): number {
  return startsAtMs - PRELOAD_LEAD_MS - share * PRELOAD_SPREAD_MS;
}
