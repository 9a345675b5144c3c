/**
 * A page's view of event time. Every answered ping bounds the true offset to within half its round trip, because a
 * message cannot arrive before it was sent; so the shortest round trip knows best, and two pings that exclude each
 * other prove that a clock stepped.
 */
import { jitterMs } from './backoff.ts';
import { DRIFT_MAX, DRIFT_USUAL, driftOf } from './clock-drift.ts';
import { type ClockSample, isAlike, roundTripMs, sampleOffsetMs } from './clock-sample.ts';

/** The offset that event time runs on: from `fromMs` at page time `atMs` it glides to `toMs`, and both drift. */
interface Glide {
  readonly fromMs: number;
  readonly toMs: number;
  readonly atMs: number;
}

export interface ClockSync {
  /** Recent samples, newest last; none contradicts another. */
  readonly samples: readonly ClockSample[];
  /** Pings answered since the last join. */
  readonly answered: number;
  readonly glide: Glide | null;
  /** See `driftOf`. */
  readonly drift: number | null;
}

export const NO_SYNC: ClockSync = { samples: [], answered: 0, glide: null, drift: null };

/** A ping that is not answered by then means that the connection is dead. */
export const SILENCE_MS = 3_000;
export const SAMPLES_KEPT = 12;
/** Rounding and timer grain, on top of what a sample's round trip allows. */
const GRAIN_MS = 1;
/** While playing, event time on the page runs at most this much fast or slow: inaudible, and never backwards. */
const GLIDE_RATE = 0.005;
/** An error above this is corrected at once, since gliding would take longer than the fan's patience. */
export const STEP_ABOVE_MS = 250;

/** Round trips that differ by no more tell the same story. */
const AGREE_MS = 5;
const JOIN_PINGS = 3;
const JOIN_PINGS_MAX = 6;
/** The first wait after a join; each is twice the last: what kept an answer is over sooner or later. */
const JOIN_PING_AFTER_MS = 250;
/** Within the first no further ping is worth asking for at once, since nobody hears it; within the second three are enough. */
const KNOWN_WITHIN_MS = 2.5;
const NEARLY_KNOWN_WITHIN_MS = 10;
/**
 * With the jitter at most 31 s: whoever sits on a machine that was cut off without a word hears of it within 34 s, so that 40 s
 * are enough to be elsewhere.
 */
const PING_EVERY_MS = 28_000;
const HIDDEN_PING_EVERY_MS = 120_000;
const PING_JITTER = 0.1;
/**
 * A sample is good until the usual drift adds this part of what the shortest round trip leaves open, where asking sooner would tell nothing
 * new, or of what nobody hears; with a known drift for as long as it was measured over, when its noise would be there once more.
 */
const OPEN_SHARE = 1 / 2;
const REST_MAX_MS = 112_000;
/** In this time two usual clocks part by 6 ms, and the worst by 30. */
const ASKED_REST_MAX_MS = 300_000;

/** How far a sample can be off at page time `atMs`: an old one knows less. */
function boundMs(sample: ClockSample, atMs: number, drift = DRIFT_MAX): number {
  return roundTripMs(sample) / 2 + Math.abs(atMs - sample.t3) * drift;
}

function best(samples: readonly ClockSample[], atMs: number, drift?: number): ClockSample | undefined {
  let found: ClockSample | undefined;
  for (const sample of samples) {
    if (found === undefined || boundMs(sample, atMs, drift) <= boundMs(found, atMs, drift)) found = sample;
  }
  return found;
}

function isUsable(sample: ClockSample): boolean {
  const tripMs = roundTripMs(sample);
  return Number.isFinite(tripMs) && tripMs >= -GRAIN_MS && tripMs <= SILENCE_MS && sample.t2 >= sample.t1;
}

/** Two samples contradict each other when no one offset fits both: a clock stepped, or a laptop slept. */
function contradict(a: ClockSample, b: ClockSample): boolean {
  const atMs = Math.max(a.t3, b.t3);
  return Math.abs(sampleOffsetMs(a) - sampleOffsetMs(b)) > boundMs(a, atMs) + boundMs(b, atMs) + GRAIN_MS;
}

/**
 * Takes in one sample; an impossible one changes nothing. Samples that the new one contradicts are forgotten.
 * While `playing`, event time glides to its new offset unless it is off by more than `STEP_ABOVE_MS`, or so new that nobody has heard it yet.
 */
export function addSample(sync: ClockSync, sample: ClockSample, playing: boolean): ClockSync {
  if (!isUsable(sample)) return sync;
  const agreeing = sync.samples.filter((known) => !contradict(known, sample));
  const samples = [...agreeing, sample].slice(-SAMPLES_KEPT);
  const drift = driftOf(samples);
  const known = best(samples, sample.t3, drift === null ? DRIFT_MAX : DRIFT_USUAL) as ClockSample;
  const toMs = sampleOffsetMs(known) + (sample.t3 - known.t3) * (drift ?? 0);
  const fromMs = sync.glide === null ? toMs : offsetMs(sync, sample.t3);
  const isNew = sync.samples.length < JOIN_PINGS;
  const steps = !playing || isNew || Math.abs(toMs - fromMs) > STEP_ABOVE_MS;
  return {
    samples,
    // After a step only the new sample counts, so the next pings come soon, as after a join.
    answered: agreeing.length < sync.samples.length ? 1 : sync.answered + 1,
    glide: { fromMs: steps ? toMs : fromMs, toMs, atMs: sample.t3 },
    drift,
  };
}

/** The connection is new: its first pings count again. What is known of the clock stays. */
export function afterJoin(sync: ClockSync): ClockSync {
  return { ...sync, answered: 0 };
}

/** Event time ahead of the page's clock; 0 before the first sample. */
export function offsetMs({ glide, drift }: ClockSync, pageNowMs: number): number {
  if (glide === null) return 0;
  const { fromMs, toMs, atMs } = glide;
  const passedMs = Math.max(0, pageNowMs - atMs);
  const reach = passedMs * GLIDE_RATE;
  return fromMs + Math.min(reach, Math.max(-reach, toMs - fromMs)) + passedMs * (drift ?? 0);
}

/** Event time, as the page plays by it. */
export function eventNowMs(sync: ClockSync, pageNowMs: number): number {
  return pageNowMs + offsetMs(sync, pageNowMs);
}

/** How far event time on the page can be off: half the best round trip, its age, and what is left to glide. */
export function errorBoundMs(sync: ClockSync, pageNowMs: number): number {
  const sample = best(sync.samples, pageNowMs);
  if (sample === undefined) return Infinity;
  return boundMs(sample, pageNowMs) + Math.abs(offsetMs(sync, pageNowMs) - sampleOffsetMs(sample));
}

/** Shortest round trip among the recent samples. */
export function shortestRoundTripMs(sync: ClockSync): number | null {
  return sync.samples.length === 0 ? null : Math.min(...sync.samples.map(roundTripMs));
}

/** Whether the two best pings since the join tell the same story; one lone lucky ping is not yet believed. */
function roundTripsAgree(sync: ClockSync): boolean {
  const [first, second] = sync.samples
    .slice(-Math.max(sync.answered, 1))
    .map(roundTripMs)
    .toSorted((a, b) => a - b);
  if (first === undefined || second === undefined) return false;
  return isAlike(second, first, AGREE_MS);
}

/** Whether two samples that agree leave no more doubt than that. */
function isKnownWithin({ samples }: ClockSync, ms: number): boolean {
  const atMs = samples.at(-1)?.t3 ?? 0;
  const sample = best(samples, atMs);
  return samples.length > 1 && sample !== undefined && boundMs(sample, atMs) <= ms;
}

/** Whether the first pings of a connection are still to come: up to three, up to six when round trips disagree. */
function isJoining(sync: ClockSync): boolean {
  const { answered } = sync;
  const isSettled = roundTripsAgree(sync) || isKnownWithin(sync, NEARLY_KNOWN_WITHIN_MS);
  const isEnough = answered >= JOIN_PINGS_MAX || (answered >= JOIN_PINGS && isSettled);
  return answered === 0 || !(isEnough || isKnownWithin(sync, KNOWN_WITHIN_MS));
}

/** Whether a connection is new enough that its next ping comes soon, and how soon, in ms; null: what is known of the clock settles it. */
export function joinPingAfterMs(sync: ClockSync): number | null {
  return isJoining(sync) ? JOIN_PING_AFTER_MS * 2 ** Math.max(0, sync.answered - 1) : null;
}

/**
 * How long after an answer the page looks whether it needs another: soon after a join (`joinPingAfterMs`), then in half a minute, more or less;
 * a hidden page in two minutes.
 */
export function pingDelayMs(soonMs: number | null, page: { readonly hidden: boolean; readonly random: () => number }): number {
  return jitterMs(soonMs ?? (page.hidden ? HIDDEN_PING_EVERY_MS : PING_EVERY_MS), PING_JITTER, page.random);
}

/**
 * From when on what is known of the clock is too old, or too little, so that it takes another ping, in ms of page time; −∞: at once. `askedRestMs`:
 * for how long a busy house would like to be left alone, which whoever knows the time well enough does.
 */
export function staleAtMs(sync: ClockSync, askedRestMs = 0): number {
  const [oldest, newest] = [sync.samples[0], sync.samples.at(-1)];
  if (oldest === undefined || newest === undefined || isJoining(sync)) return Number.NEGATIVE_INFINITY;
  const openMs = Math.max(KNOWN_WITHIN_MS, (shortestRoundTripMs(sync) ?? 0) / 2);
  const measuredMs = sync.drift === null ? 0 : newest.t3 - oldest.t3;
  const ownRestMs = Math.min(REST_MAX_MS, Math.max(measuredMs, (openMs * OPEN_SHARE) / DRIFT_USUAL));
  const restMs = isKnownWithin(sync, NEARLY_KNOWN_WITHIN_MS)
    ? Math.max(ownRestMs, Math.min(ASKED_REST_MAX_MS, askedRestMs))
    : ownRestMs;
  // The page looks about every `PING_EVERY_MS`: the nearest look counts.
  return newest.t3 + restMs - PING_EVERY_MS / 2;
}

/** Whether a ping asked at `askedAtMs` (null: none is open) has waited too long. */
export function isSilent(askedAtMs: number | null, pageNowMs: number): boolean {
  return askedAtMs !== null && pageNowMs - askedAtMs >= SILENCE_MS;
}
