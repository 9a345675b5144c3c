/** When each fan of a crowd arrives: a curve of fans over time, read backwards. */
import type { ArrivalCurve } from './types.ts';

/**
 * The moment, ms after the start, at which fan `n` (from 0) arrives: when the curve reaches `n + 1`, all points being scaled so
 * that the last one stands for `count`. Throws `RangeError` for a curve that is empty or descends.
 */
export function arrivalMs(curve: ArrivalCurve, count: number, n: number): number {
  const last = curve.at(-1);
  if (last === undefined || last[1] <= 0) throw new RangeError('an arrival curve needs a point with fans');
  const wanted = ((n + 1) / count) * last[1];
  let [fromMs, fromFans] = [0, 0];
  for (const [atMs, fans] of curve) {
    if (atMs < fromMs || fans < fromFans) throw new RangeError('an arrival curve ascends in both');
    if (fans >= wanted) return fans === fromFans ? atMs : fromMs + ((wanted - fromFans) / (fans - fromFans)) * (atMs - fromMs);
    [fromMs, fromFans] = [atMs, fans];
  }
  return fromMs;
}
