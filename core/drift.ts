/**
 * Keeps what a fan hears on the playhead. Near by it bends the rate a little, far off it seeks, and it never trusts
 * a single sample. The element must run with `preservesPitch` off, where rates are exact.
 */

import { jitterMs } from './backoff.ts';
import { type DriftSample, type Estimator, errorAt, lookGapMs, newEstimator, withRate, withSample } from './drift-estimate.ts';
import { median } from './statistics.ts';

export type Correction =
  | { readonly kind: 'hold' }
  /** A factor on the timeline's own rate. */
  | { readonly kind: 'rate'; readonly rate: number }
  /** A position in the source, with what seeking loses added. */
  | { readonly kind: 'seek'; readonly toMs: number };

export interface DriftRules {
  /** Off: rates do not work here (Safari), so only seeks correct. */
  readonly bends: boolean;
  /** Beyond this, seek. */
  readonly seekAboveMs: number;
  /** The same right after a jump, when a second one disturbs nobody. */
  readonly reseekAboveMs: number;
  /** Between two seeks; doubles while seeking does not help. */
  readonly coolDownMs: number;
}

export const BENDING: DriftRules = { bends: true, seekAboveMs: 250, reseekAboveMs: 40, coolDownMs: 5_000 };
export const SEEK_ONLY: DriftRules = { bends: false, seekAboveMs: 80, reseekAboveMs: 40, coolDownMs: 10_000 };

/** How the element came to where it is: a start and a seek lose different amounts. */
export type JumpKind = 'start' | 'seek';

type Phase =
  /** After a jump or a step: not enough seen. `aimMs`: how far ahead of the playhead the jump aimed, null for a step. */
  | { readonly kind: 'measuring'; readonly jump: { readonly kind: JumpKind; readonly aimMs: number } | null }
  | { readonly kind: 'holding' }
  | { readonly kind: 'bending' };

export interface Drift {
  readonly rules: DriftRules;
  readonly phase: Phase;
  readonly estimator: Estimator;
  readonly jumpedAtMs: number;
  /** What jumps lost on this device, newest last. */
  readonly losses: Readonly<Record<JumpKind, readonly number[]>>;
  readonly soughtAtMs: number;
  /** Our own seeks since one helped. */
  readonly vainSeeks: number;
  /** The last jump was the player's, and we may still seek once to finish it. */
  readonly mayReseek: boolean;
}

/** What a jump loses on a device that has not been measured: the middle of what was seen elsewhere. */
const LOSS_DEFAULT_MS = 67;
const LOSSES_KEPT = 9;
/** Anything above was waiting for the network, which teaches nothing. */
const LOSS_MAX_MS = 250;
/** While the element is still landing, its position says nothing. */
const BLIND_MS = 120;
/** A jump was heard anyway, so for this long a stronger bend may finish it. */
const FRESH_MS = 3_000;
const FRESH = { rateMax: 0.03, withinMs: 200, startMs: 3, stopMs: 1, stepRate: 0.0005 };
/** Half a per cent at 10 ms, which nobody hears. */
const STEADY = { rateMax: 0.02, withinMs: 2_000, startMs: 4, stopMs: 1, stepRate: 0.0001 };
const COOL_DOWN_DOUBLINGS = 4;

export function newDrift(rules: DriftRules, nowMs: number): Drift {
  return {
    rules,
    phase: { kind: 'measuring', jump: null },
    estimator: newEstimator(nowMs),
    jumpedAtMs: Number.NEGATIVE_INFINITY,
    losses: { start: [], seek: [] },
    soughtAtMs: Number.NEGATIVE_INFINITY,
    vainSeeks: 0,
    mayReseek: false,
  };
}

/** How far ahead of the playhead to aim a start or a seek on this device. */
export function leadMs(drift: Drift, kind: JumpKind): number {
  return median(drift.losses[kind]) ?? LOSS_DEFAULT_MS;
}

/** Remembers what a jump lost: how far ahead it aimed, less how far ahead it landed. */
export function learnLoss(drift: Drift, kind: JumpKind, lossMs: number): Drift {
  if (Math.abs(lossMs) > LOSS_MAX_MS) return drift;
  return { ...drift, losses: { ...drift.losses, [kind]: [...drift.losses[kind], lossMs].slice(-LOSSES_KEPT) } };
}

/** The player started or sought by itself, for a cue, a track or a join, `aimMs` ahead of the playhead. The rate is 1 again. */
export function jumped(drift: Drift, kind: JumpKind, aimMs: number, nowMs: number): Drift {
  return { ...landing(drift, kind, aimMs, nowMs), vainSeeks: 0, soughtAtMs: Number.NEGATIVE_INFINITY, mayReseek: true };
}

function landing(drift: Drift, kind: JumpKind, aimMs: number, nowMs: number): Drift {
  return { ...drift, phase: { kind: 'measuring', jump: { kind, aimMs } }, estimator: newEstimator(nowMs), jumpedAtMs: nowMs };
}

/** Error in ms (positive: ahead), or null while it is not known. */
export function errorMs(drift: Drift, nowMs: number): number | null {
  return errorAt(drift.estimator, nowMs) ?? null;
}

/** When to look again: often after a jump and while bending, else ten times a second; jittered, since the sawtooth has a beat. */
export function sampleDelayMs(drift: Drift, nowMs: number, random: () => number): number {
  const dense = drift.phase.kind !== 'holding' || isFresh(drift, nowMs);
  return jitterMs(dense ? 25 : 100, 0.3, random);
}

function isFresh(drift: Drift, nowMs: number): boolean {
  return nowMs - drift.jumpedAtMs < FRESH_MS;
}

/** Takes in a sample and says what to do now; the same correction again means: go on. */
export function correct(drift: Drift, sample: DriftSample): { readonly drift: Drift; readonly correction: Correction } {
  const { atMs } = sample;
  if (atMs - drift.jumpedAtMs < BLIND_MS) return { drift, correction: { kind: 'hold' } };
  const seen = { ...drift, estimator: withSample(drift.estimator, sample) };
  const offMs = errorAt(seen.estimator, atMs);
  if (offMs === undefined) return bend({ ...seen, phase: measuring(seen.phase) }, 1, atMs);
  const known = learned(seen, offMs);
  if (mustSeek(known, offMs, atMs)) return seek(known, sample);
  return steer(known, offMs, atMs);
}

function measuring(phase: Phase): Phase {
  return phase.kind === 'measuring' ? phase : { kind: 'measuring', jump: null };
}

/** The first error known after a jump tells what the jump lost. */
function learned(drift: Drift, offMs: number): Drift {
  if (drift.phase.kind !== 'measuring') return drift;
  const { jump } = drift.phase;
  const holding: Drift = { ...drift, phase: { kind: 'holding' } };
  return jump === null ? holding : learnLoss(holding, jump.kind, jump.aimMs - offMs);
}

function mustSeek(drift: Drift, offMs: number, atMs: number): boolean {
  const { rules, vainSeeks, soughtAtMs, mayReseek } = drift;
  const size = Math.abs(offMs);
  if (mayReseek && isFresh(drift, atMs) && size > rules.reseekAboveMs) return true;
  const waitMs = rules.coolDownMs * 2 ** Math.min(Math.max(0, vainSeeks - 1), COOL_DOWN_DOUBLINGS);
  return size > rules.seekAboveMs && atMs - soughtAtMs >= waitMs;
}

function seek(drift: Drift, { atMs, targetMs }: DriftSample): { drift: Drift; correction: Correction } {
  const aimMs = leadMs(drift, 'seek');
  const sought = { ...landing(drift, 'seek', aimMs, atMs), soughtAtMs: atMs, vainSeeks: drift.vainSeeks + 1, mayReseek: false };
  return { drift: sought, correction: { kind: 'seek', toMs: Math.max(0, targetMs + aimMs) } };
}

function steer(drift: Drift, offMs: number, atMs: number): { drift: Drift; correction: Correction } {
  const pace = isFresh(drift, atMs) ? FRESH : STEADY;
  const size = Math.abs(offMs);
  const near = size <= drift.rules.reseekAboveMs / 2 ? { ...drift, vainSeeks: 0 } : drift;
  if (!drift.rules.bends || size < (drift.phase.kind === 'bending' ? pace.stopMs : pace.startMs)) {
    return bend({ ...near, phase: { kind: 'holding' } }, 1, atMs);
  }
  // A page in the background looks seldom: bending must not pass the goal before the next look.
  const withinMs = Math.max(pace.withinMs, 2 * lookGapMs(drift.estimator));
  const wanted = Math.min(pace.rateMax, size / withinMs);
  const amount = Math.max(pace.stepRate, Math.round(wanted / pace.stepRate) * pace.stepRate);
  return bend({ ...near, phase: { kind: 'bending' } }, 1 - Math.sign(offMs) * amount, atMs);
}

function bend(drift: Drift, rate: number, atMs: number): { drift: Drift; correction: Correction } {
  const estimator = rate === drift.estimator.rate ? drift.estimator : withRate(drift.estimator, rate, atMs);
  return { drift: { ...drift, estimator }, correction: rate === 1 ? { kind: 'hold' } : { kind: 'rate', rate } };
}
