/** A count that fades: what happened a window ago weighs a third. */

export interface Fading {
  readonly count: number;
  readonly atMs: number;
}

export const NONE: Fading = { count: 0, atMs: Number.NEGATIVE_INFINITY };

/** `more` happened since; time does not go back. */
export function addTo({ count, atMs }: Fading, more: number, nowMs: number, windowMs: number): Fading {
  return { count: count * Math.exp(-Math.max(0, nowMs - atMs) / windowMs) + more, atMs: Math.max(atMs, nowMs) };
}

/** How many a second that is, as of when something was last added. */
export function fadingPerS({ count }: Fading, windowMs: number): number {
  return (count * 1_000) / windowMs;
}
