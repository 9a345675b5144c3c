/** One place in a section's stream of patches: what came there, who saw it, and what it changed. */
import type { Facts } from './section-facts.ts';
import type { Whole } from './wholes.ts';

/** A fan's place in a mirror. */
export interface Follower {
  /** Kept by the mirror that it follows, one at a time: a look-up in a set of thousands is dear for each frame. */
  isFollowing: boolean;
  /** When it came here; a state that it begins anew with changes nothing. */
  sinceMs: number;
  /** Number of the place that it has; −1: not known yet. */
  at: number;
  /** The state it began with, until its first patch. */
  whole: Whole | null;
  /** Frames that wait until it is known where they belong; null: none do. */
  held: Buffer[] | null;
  /** It has a place, and what that says is known. */
  has(facts: Facts, nowMs: number): void;
  /** How far the fan's own event time is ahead of the true one, in ms. */
  clockErrorMs(): number;
}

interface Arrival {
  readonly ms: number;
  fans: number;
}

/** A patch as some fans had it at this place. While they disagree, there are several. */
export interface Candidate {
  readonly bytes: Buffer;
  /** Those who had it before it was settled. */
  readonly witnesses: Follower[];
  /** How many fans it came to in which ms, since they were last counted. */
  readonly arrivals: Arrival[];
  readonly firstMs: number;
}

export class Position {
  readonly n: number;
  candidates: Candidate[] = [];
  /** The one that is right, once that is known; null at the place where the mirror began. */
  settled: Candidate | null = null;
  facts: Facts | null = null;

  constructor(n: number) {
    this.n = n;
  }

  candidate(bytes: Buffer, nowMs: number): Candidate {
    const made: Candidate = { bytes, witnesses: [], arrivals: [], firstMs: nowMs };
    this.candidates.push(made);
    return made;
  }
}

/** What others had before the fan came is caught up with, and was never on its way to it. */
export function arrived(candidate: Candidate, { sinceMs }: Follower, nowMs: number): void {
  if (candidate.firstMs < sinceMs) return;
  const ms = Math.floor(nowMs);
  // Those who are read one after the other have it in the same ms, mostly: no look-up for each.
  const last = candidate.arrivals.at(-1);
  if (last?.ms === ms) last.fans += 1;
  else candidate.arrivals.push({ ms, fans: 1 });
}
