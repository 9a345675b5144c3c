/** Numbers as people read them. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const FINE = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

export function count(value: number): string {
  return Math.abs(value) < 100 ? FINE.format(value) : WHOLE.format(value);
}

/** 12,500 → 12.5 k */
export function short(value: number): string {
  if (value >= 1e9) return `${FINE.format(value / 1e9)} G`;
  if (value >= 1e6) return `${FINE.format(value / 1e6)} M`;
  if (value >= 10_000) return `${FINE.format(value / 1e3)} k`;
  return count(value);
}

export function milliseconds(ms: number): string {
  return ms >= 10_000 ? `${FINE.format(ms / 1_000)} s` : `${count(ms)} ms`;
}

/** Into the run. */
export function moment(seconds: number): string {
  if (seconds < 120) return `${count(seconds)} s`;
  const rest = Math.round(seconds % 60);
  return rest === 0 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 60)}:${String(rest).padStart(2, '0')}`;
}

/** 0.999 → 99.9% */
export function share(value: number): string {
  return `${Number((value * 100).toFixed(4))}%`;
}

export function orDash(value: number | null, text: (value: number) => string = count): string {
  return value === null ? '–' : text(value);
}
