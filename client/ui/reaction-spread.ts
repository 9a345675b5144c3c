/** Turns running totals into a crowd: differences, spread over the time until the next frame. Pure. */

export type Totals = Readonly<Record<string, number>>;

/**
 * What others added between two totals. `own` is what we sent and have shown already; what of it these
 * totals hold is taken away, the rest is returned for the next frame.
 */
export function crowdDelta(before: Totals, after: Totals, own: Totals): { readonly crowd: Totals; readonly own: Totals } {
  const crowd: Record<string, number> = {};
  const ownLeft: Record<string, number> = { ...own };
  for (const [emoji, total] of Object.entries(after)) {
    const added = Math.max(0, total - (before[emoji] ?? 0));
    const ours = Math.min(added, own[emoji] ?? 0);
    if (added > ours) crowd[emoji] = added - ours;
    ownLeft[emoji] = (own[emoji] ?? 0) - ours;
  }
  return { crowd, own: ownLeft };
}

export interface Spark {
  readonly emoji: string;
  /** From now, in ms. */
  readonly inMs: number;
}

/**
 * At most `maxSparks` sparks over `spanMs`, each emoji with its fair share and at least one, at random
 * moments: even steps would look like a machine.
 */
export function spreadSparks(crowd: Totals, spanMs: number, maxSparks: number, random: () => number): readonly Spark[] {
  const entries = Object.entries(crowd).filter(([, count]) => count > 0);
  const beyondFirst = entries.reduce((sum, [, count]) => sum + count - 1, 0);
  const room = Math.max(0, maxSparks - entries.length);
  const scale = beyondFirst > room ? room / beyondFirst : 1;
  return entries
    .flatMap(([emoji, count]) =>
      Array.from({ length: 1 + Math.floor((count - 1) * scale) }, () => ({ emoji, inMs: random() * spanMs })),
    )
    .slice(0, maxSparks)
    .toSorted((a, b) => a.inMs - b.inMs);
}

/** Sparks in flight that this device can draw: fewer when frames take long, more again when they do not. */
export function adaptBudget(budget: number, frameMs: number, maxSparks: number): number {
  if (frameMs > 24) return Math.max(12, Math.floor(budget * 0.85));
  return frameMs < 18 ? Math.min(maxSparks, budget + 1) : budget;
}
