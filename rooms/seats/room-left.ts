/** How many more fans a process can take, by what it measures of itself. */

/** What a process knows of its own limits. */
export interface ProcessFigures {
  readonly descriptors: number;
  readonly descriptorsMax: number;
  /** The busy share of the event loop in the last second, 0 to 1. */
  readonly utilisation: number;
}

/** Descriptors kept for files, databases, the doors' requests and staff. */
const RESERVED_SHARE = 0.1;
/** Nobody measures: as good as endless. */
const UNMEASURED = 1_000_000_000;

/** Fans whose sockets still fit. */
export function roomLeft(figures: Omit<ProcessFigures, 'utilisation'> | undefined): number {
  if (figures === undefined) return UNMEASURED;
  return Math.max(0, Math.floor(figures.descriptorsMax * (1 - RESERVED_SHARE)) - figures.descriptors);
}
