/** One exchange between a page's clock and event time. */
export interface ClockSample {
  /** The page's clock when the ping left. */
  readonly t0: number;
  /** Event time when it was received, and when it was answered. */
  readonly t1: number;
  readonly t2: number;
  /** The page's clock when the answer came. */
  readonly t3: number;
}

export function roundTripMs({ t0, t1, t2, t3 }: ClockSample): number {
  return t3 - t0 - (t2 - t1);
}

/** How far event time is ahead of the page's clock by this sample, right to within half its round trip. */
export function sampleOffsetMs({ t0, t1, t2, t3 }: ClockSample): number {
  return (t1 - t0 + (t2 - t3)) / 2;
}

/** Round trips that are longer than the shortest by no more than `byMs`, or by this share of it, took the same way. */
const ALIKE_SHARE = 0.25;
export function isAlike(tripMs: number, shortestMs: number, byMs: number): boolean {
  return tripMs - shortestMs <= Math.max(byMs, shortestMs * ALIKE_SHARE);
}
