/** Who in the line is called: a mark that moves over the moments of arrival, in order and never back. */

/** Arrivals within one slice are called together. */
export const SLICE_MS = 100;
/** Fans who were called and have not come this long after the rate would have let all of them in no longer hold up those behind. */
export const CALL_HOLD_MS = 6_000;
/** Fans are called this far ahead of their turn, since they hear of it only at their next retry. */
export const CALL_AHEAD_MS = 4_000;
/** Without a line, whoever arrives in this time is called as well: nobody waits for nothing. */
const OPEN_AHEAD_MS = 2 * SLICE_MS;

export function sliceOf(arrivedAtMs: number): number {
  return Math.floor(arrivedAtMs / SLICE_MS) * SLICE_MS;
}

export interface Calls {
  /** Everyone whose slice begins before it is called. */
  readonly markMs: number;
  /** When each waiting slice was called. */
  readonly calledAtMs: ReadonlyMap<number, number>;
  /** Fans in the line up to and including a slice. */
  readonly placeOf: ReadonlyMap<number, number>;
  /** The last that somebody waits in. */
  readonly lastSlice: number;
  /** All of them. */
  readonly waiting: number;
  /** Called, and still expected. */
  readonly expected: number;
}

export const NO_CALLS: Calls = { markMs: 0, calledAtMs: new Map(), placeOf: new Map(), lastSlice: 0, waiting: 0, expected: 0 };

/** What the next calls depend on, besides the last ones. */
export interface LineNow {
  /** Fans over all processes, by slices of arrival. */
  readonly waitingBySlice: ReadonlyMap<number, number>;
  /** What all processes admit together. */
  readonly ratePerS: number;
  /** Without a seat to give nobody is called, and who was called before is not late. */
  readonly seatFree: boolean;
  readonly nowMs: number;
}

/** Who is called from `nowMs` on. */
export function nextCalls(last: Calls, { waitingBySlice, ratePerS, seatFree, nowMs }: LineNow): Calls {
  const slices = [...waitingBySlice].toSorted(([a], [b]) => a - b);
  const room = Math.max(1, (ratePerS * CALL_AHEAD_MS) / 1_000);
  const calledAtMs = new Map<number, number>();
  const placeOf = new Map<number, number>();
  let { markMs } = last;
  let expected = 0;
  let waiting = 0;
  let lineIsOpen = seatFree;
  for (const [slice, fans] of slices) {
    const sinceMs = seatFree ? (last.calledAtMs.get(slice) ?? nowMs) : nowMs;
    const holdMs = CALL_HOLD_MS + (fans * 1_000) / ratePerS;
    const lapsed = slice < markMs && nowMs - sinceMs > holdMs;
    if (slice >= markMs && lineIsOpen) {
      // A slice larger than the room is called alone, else nobody behind it would ever be.
      lineIsOpen = expected === 0 || expected + fans <= room;
      if (lineIsOpen) markMs = slice + SLICE_MS;
    }
    if (slice < markMs) calledAtMs.set(slice, sinceMs);
    if (slice < markMs && !lapsed) expected += fans;
    // Who has not come for want of a slot or a seat waits all the same.
    waiting += fans;
    placeOf.set(slice, waiting);
  }
  if (lineIsOpen && expected < room) markMs = Math.max(markMs, sliceOf(nowMs + OPEN_AHEAD_MS));
  return { markMs, calledAtMs, placeOf, lastSlice: slices.at(-1)?.[0] ?? 0, waiting, expected };
}

/** The place of who arrived in `slice`, even if nobody is known of it any more. */
export function placeIn({ placeOf, lastSlice, waiting }: Calls, slice: number): number {
  const known = placeOf.get(slice);
  if (known !== undefined) return known;
  // A newcomer is behind everybody, and not worth a look at all of them.
  if (slice > lastSlice) return waiting + 1;
  let ahead = 0;
  for (const [other, place] of placeOf) {
    if (other > slice) return ahead + 1;
    ahead = place;
  }
  return ahead + 1;
}
