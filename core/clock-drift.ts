/**
 * How fast two quartz clocks part. A page that knows can leave its server in peace: what a sample said stays true for minutes, where it would
 * be wrong by two milliseconds after one.
 */
import { type ClockSample, isAlike, roundTripMs, sampleOffsetMs } from './clock-sample.ts';

/** In ms per ms: no two clocks part faster. */
export const DRIFT_MAX = 0.0001;
/** What is usual, and what is left once it was measured. */
export const DRIFT_USUAL = 0.00002;
const SAMPLES_MIN = 3;
const SPAN_MIN_MS = 60_000;
/** Round trips that differ by no more are alike. */
const NEAR_MS = 2;
/** By how much even those are off. */
const NOISE_MS = 1;

/**
 * Ms per ms by which event time gains on the page's clock, from samples in their order; null while too little is known. Least squares over those of
 * short round trips, drawn towards none as far as noise could explain the slope: ridge regression, with what clocks usually do as its prior.
 */
export function driftOf(samples: readonly ClockSample[]): number | null {
  const shortestMs = Math.min(...samples.map(roundTripMs));
  const near = samples.filter((sample) => isAlike(roundTripMs(sample), shortestMs, NEAR_MS));
  const [first, last] = [near[0] as ClockSample, near.at(-1) as ClockSample];
  if (near.length < SAMPLES_MIN || last.t3 - first.t3 < SPAN_MIN_MS) return null;
  const meanMs = near.reduce((sum, { t3 }) => sum + t3 - first.t3, 0) / near.length;
  let [spread, covariance] = [(NOISE_MS / DRIFT_USUAL) ** 2, 0];
  for (const sample of near) {
    const fromMeanMs = sample.t3 - first.t3 - meanMs;
    spread += fromMeanMs ** 2;
    covariance += fromMeanMs * (sampleOffsetMs(sample) - sampleOffsetMs(first));
  }
  return Math.max(-DRIFT_MAX, Math.min(DRIFT_MAX, covariance / spread));
}
