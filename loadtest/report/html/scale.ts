/** From values to places on a plot, and the values worth naming beside it. */

export interface Scale {
  /** 0 at the low end, 1 at the high one. */
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

const LINEAR_TICKS = 4;
/** Less is nothing that a plot could show. */
const SMALLEST = 1e-9;
/** What a logarithm makes of zero. */
const LOG_FLOOR = 1;

/** From zero to a round number at or above `value`. */
export function linearScale(value: number): Scale {
  const max = value > SMALLEST ? value : 1;
  const step = roundUp(max / LINEAR_TICKS);
  const top = step * Math.max(1, Math.ceil(max / step - 1e-9));
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, n) => n * step);
  return { at: (value) => value / top, ticks };
}

/** From one to a power of ten above `max`; what is below one stands at one. */
export function logScale(max: number): Scale {
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(max, 10 * LOG_FLOOR)) - 1e-9));
  const ticks = Array.from({ length: decades + 1 }, (_, n) => 10 ** n);
  return { at: (value) => Math.log10(Math.max(value, LOG_FLOOR)) / decades, ticks };
}

/** Exactly from `min` to `end`, for time. */
export function spanScale(min: number, end: number): Scale {
  const max = end - min > SMALLEST ? end : min + 1;
  const span = max - min;
  const step = roundUp(span / 6);
  const first = Math.ceil(min / step) * step;
  const ticks = Array.from({ length: Math.floor((max - first) / step) + 1 }, (_, n) => first + n * step);
  return { at: (value) => (value - min) / span, ticks };
}

const NINES = [0, 0.9, 0.99, 0.999, 0.9999, 0.99999];

/** Shares by their nines: the rarest stand as far apart as the commonest. Ends at one in `count`. */
export function ninesScale(count: number): Scale {
  const last = Math.max(1, Math.log10(Math.max(count, 10)));
  const place = (share: number) => Math.min(1, -Math.log10(Math.max(1 - share, 10 ** -last)) / last);
  return { at: place, ticks: NINES.filter((share) => -Math.log10(1 - share) <= last + 1e-9) };
}

/** 1, 2, 2.5 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= value - 1e-12) ?? 10;
  return factor * power;
}
