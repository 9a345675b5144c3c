/** How many fans per second a process can let in and stay smooth. */

/** A strained process still lets a room of friends in at once. */
export const RATE_MIN_PER_S = 50;
export const RATE_MAX_PER_S = 1_500;
const RATE_START_PER_S = 400;

/** Who waits asks again, which costs nearly as much as to be let in: a line is for when nothing else helps. */
const LOOP_DELAY_HIGH_MS = 250;
const LOOP_DELAY_LOW_MS = 120;
/** From the ticket to the seat; whoever has no seat after 8 s gives up, and all that was done for them was done in vain. */
const WAY_HIGH_MS = 2_000;
const WAY_LOW_MS = 1_000;
/** Of what was seated at best: what is on its way gets to its seat meanwhile. */
const FALL_TO = 0.9;
const RISE = 1.2;
/** How much of the best second is still believed a second later. */
const BEST_KEPT = 0.98;

export interface DoorRate {
  readonly ratePerS: number;
  /** Fans who sat down here in the best second of late. */
  readonly bestPerS: number;
  /** Whether the last second was no longer smooth: one alone may be a collection of garbage. */
  readonly wasStrained: boolean;
}

/** The last second of a process. */
export interface DoorLoad {
  /** By its doors, wherever the seat is. */
  readonly admittedPerS: number;
  /** Sat down here, whoever gave the ticket. */
  readonly seatedPerS: number;
  /** What half of them took at most from their tickets to their seats; 0 when nobody did. */
  readonly wayMs: number;
  /** Event-loop delay, 99th percentile. */
  readonly loopDelayMs: number;
}

/** Where a process begins, before it has measured anything. `coreShare`: see `BeatLoad`. */
export function startRate(coreShare: number): DoorRate {
  return { ratePerS: Math.max(RATE_MIN_PER_S, RATE_START_PER_S * coreShare), bestPerS: 0, wasStrained: false };
}

/**
 * The rate of the next second. Falls below what the process has been seen to seat when for two seconds it, or the way of its fans to
 * their seats, is no longer smooth while it lets people in: what else strains it, a slower door does not cure. How busy it is says little:
 * a process that waits for its core is busy, too, and one that is always busy may always be in time. Rises while it is smooth and the rate
 * is in use, and back to where it began also when nobody tries: a bad moment before doors must not slow the night.
 */
export function admissionRate(last: DoorRate, load: DoorLoad, coreShare: number): DoorRate {
  const { admittedPerS, seatedPerS, wayMs, loopDelayMs } = load;
  const bestPerS = Math.max(seatedPerS, last.bestPerS * BEST_KEPT);
  const isStrained = loopDelayMs > LOOP_DELAY_HIGH_MS || wayMs > WAY_HIGH_MS;
  const smooth = loopDelayMs < LOOP_DELAY_LOW_MS && wayMs < WAY_LOW_MS;
  const inUse = admittedPerS >= last.ratePerS / 2;
  const falls = isStrained && last.wasStrained && inUse;
  const rises = smooth && (inUse || last.ratePerS < startRate(coreShare).ratePerS);
  const wanted = falls ? Math.min(last.ratePerS, bestPerS * FALL_TO) : last.ratePerS * (rises ? RISE : 1);
  return { ratePerS: Math.max(RATE_MIN_PER_S, Math.min(RATE_MAX_PER_S, wanted)), bestPerS, wasStrained: isStrained };
}
