/** What frames are that came instead of the expected ones: pure. */

interface Row {
  /** The last place that the fan is known to have. */
  readonly at: number;
  /** The newest place whose bytes are known. */
  readonly known: number;
  /** The place in `from … to` at which these bytes came. */
  readonly find: (bytes: Buffer, from: number, to: number) => number | undefined;
  /** Other places at which the fan may stand just as well. */
  readonly twins: () => readonly number[];
}

export interface Reading {
  /** Frames that were missing, altered, repeated or strange. */
  readonly wrong: number;
  /** Held frames that are read and done with. */
  readonly dropped: number;
  /** The place that the fan has then. */
  readonly at: number;
}

/** Beyond so many that fit nowhere, the first is given up. */
const HELD_MAX = 8;

/** `held`: frames in their order, the first of which is not what came after `at`. undefined: what follows has to tell. */
export function read(held: readonly Buffer[], { at, known, find, twins }: Row): Reading | undefined {
  const [first, second] = held;
  if (first === undefined) return { wrong: 0, dropped: 0, at };
  for (const twin of twins()) if (find(first, twin + 1, twin + 1) !== undefined) return { wrong: 0, dropped: 0, at: twin };
  const ahead = find(first, at + 2, known);
  if (ahead !== undefined) return { wrong: ahead - at - 1, dropped: 0, at: ahead - 1 };
  if (find(first, at, at) !== undefined) return { wrong: 1, dropped: 1, at };
  if (second !== undefined) {
    // The one after next: what came before it stood in the place of the next.
    if (find(second, at + 2, at + 2) !== undefined) return { wrong: 1, dropped: 1, at: at + 1 };
    if (find(second, at + 1, at + 1) !== undefined) return { wrong: 1, dropped: 1, at };
  }
  return held.length > HELD_MAX ? { wrong: 1, dropped: 1, at } : undefined;
}
