/** Order statistics and a line fit that a few wild points cannot move. */

/** The value below which `share` (0 to 1) of the values lie, interpolated; undefined without values. */
export function percentile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.min(1, Math.max(0, share)) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] as number;
  const above = sorted[Math.ceil(rank)] as number;
  return below + (above - below) * (rank - Math.floor(rank));
}

export function median(values: readonly number[]): number | undefined {
  return percentile(values, 0.5);
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line through (`x`, `y`) with `slope`; exact about its middle, where the fit knows most. */
export interface Line {
  readonly x: number;
  readonly y: number;
  readonly slope: number;
  /** Points that the fit kept. */
  readonly kept: number;
}

/** The height of a line at `x`. */
export function lineAt(line: Line, x: number): number {
  return line.y + line.slope * (x - line.x);
}

function leastSquares(points: readonly Point[]): Line | undefined {
  const kept = points.length;
  if (kept === 0) return undefined;
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point.x / kept;
    y += point.y / kept;
  }
  let xx = 0;
  let xy = 0;
  for (const point of points) {
    xx += (point.x - x) ** 2;
    xy += (point.x - x) * (point.y - y);
  }
  return { x, y, slope: xx === 0 ? 0 : xy / xx, kept };
}

/** Residuals beyond this many times their median are wild. */
const WILD_FACTOR = 4;

/**
 * Least squares, twice: the second time without the points whose residual is beyond four times the median
 * residual. Undefined without points; flat when all share one x.
 */
export function fitLine(points: readonly Point[]): Line | undefined {
  const first = leastSquares(points);
  if (first === undefined) return undefined;
  const residuals = points.map((point) => Math.abs(point.y - lineAt(first, point.x)));
  const limit = WILD_FACTOR * (median(residuals) as number);
  const tame = points.filter((_, index) => (residuals[index] as number) <= limit);
  return leastSquares(tame);
}
