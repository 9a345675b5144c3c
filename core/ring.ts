/** Fixed-slot rings: the entry numbered `seq` lives in slot `seq mod slots`; `seq` 0 marks an empty slot. */

interface Numbered {
  readonly seq: number;
}

/** The slot of entry `seq`, counted from 1. */
export function slotOf(seq: number, slots: number): number {
  return seq % slots;
}

/** The entries numbered above `afterSeq`, in order, whatever slots they are in. */
export function readAfter<T extends Numbered>(ring: Iterable<T>, afterSeq: number): T[] {
  const from = Math.max(0, afterSeq);
  const found: T[] = [];
  for (const entry of ring) if (entry.seq > from) found.push(entry);
  return found.toSorted((a, b) => a.seq - b.seq);
}

/** How many entries above `afterSeq` were overwritten before this reader came by; 0 for a reader without a past. */
export function missedAfter(ring: Iterable<Numbered>, afterSeq: number): number {
  if (afterSeq <= 0) return 0;
  const oldest = readAfter(ring, afterSeq)[0];
  return oldest === undefined ? 0 : oldest.seq - afterSeq - 1;
}

/**
 * Numbers `entries` on from `lastSeq` and keeps what a ring can hold at once: those that later ones
 * of the same batch would overwrite are never written.
 */
export function numberFrom<T>(
  entries: readonly T[],
  lastSeq: number,
  slots: number,
): { readonly seq: number; readonly entry: T }[] {
  const skipped = Math.max(0, entries.length - slots);
  return entries.slice(skipped).map((entry, index) => ({ seq: lastSeq + skipped + index + 1, entry }));
}
