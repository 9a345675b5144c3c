/** Reads the crowd's merged histograms. Percentiles are never averaged: they are asked of the whole. */
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';

/** `[share of what was counted, value there]`. */
export type CurvePoint = readonly [share: number, value: number];

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Where a percentile curve is drawn: what is left out between them nobody would see. */
const CURVE_SHARES = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9975, 0.999, 0.9995, 0.9999, 0.99999, 1];

/** All zero, with a count of 0, when nothing was counted. `unit`: what one count is divided by. */
export function percentilesOf(encoded: string, unit = 1): Percentiles {
  const histogram = decodeFromCompressedBase64(encoded);
  const at = (share: number) => (histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(share * 100) / unit);
  return { count: histogram.totalCount, p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
}

/** Ends at the first point that stands for less than one count. */
export function curveOf(encoded: string, unit = 1): CurvePoint[] {
  const histogram = decodeFromCompressedBase64(encoded);
  const { totalCount } = histogram;
  return CURVE_SHARES.filter((share) => totalCount > 0 && (share === 1 || (1 - share) * totalCount >= 1)).map(
    (share) => [share, histogram.getValueAtPercentile(share * 100) / unit] as const,
  );
}

/** How many of the counted values are above `value`. */
export function countAbove(encoded: string, value: number): number {
  const histogram = decodeFromCompressedBase64(encoded);
  const { totalCount } = histogram;
  if (totalCount === 0) return 0;
  // The rank of the first value above: percentiles only rise, so halving finds it.
  let [low, high] = [0, totalCount];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (histogram.getValueAtPercentile((100 * (middle + 0.5)) / totalCount) > value) high = middle;
    else low = middle + 1;
  }
  return totalCount - low;
}
