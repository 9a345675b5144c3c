/** A series as an SVG path. Pure. */

export interface ChartPath {
  readonly line: string;
  /** The same, closed along the bottom. */
  readonly area: string;
  readonly most: number;
}

/** Fits `values` (oldest first, at least 0) into `width` × `height`, zero at the bottom; a lone value is a level line. */
export function chartPath(values: readonly number[], width: number, height: number, most = Math.max(0, ...values)): ChartPath {
  const [first] = values;
  if (first === undefined) return { line: '', area: '', most: 0 };
  const level = values.length === 1 ? [first, first] : values;
  const points = level.map((value, at) => {
    const x = (at / (level.length - 1)) * width;
    const y = most === 0 ? height : height - (Math.min(value, most) / most) * height;
    return `${Number(x.toFixed(1))} ${Number(y.toFixed(1))}`;
  });
  const line = `M${points.join('L')}`;
  return { line, area: `${line}L${width} ${height}L0 ${height}Z`, most };
}
