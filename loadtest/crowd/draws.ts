/** Randomness that a seed names. */
import { seeded } from '../../core/seeded.ts';

/** A generator of its own for `part` of the run that `seed` names. */
export function drawsFor(seed: number, part: number): () => number {
  return seeded(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(part + 1, 0xc2b2ae35));
}

/** `share` of `items`, rounded, without repeats. */
export function sample<T>(items: readonly T[], share: number, random: () => number): T[] {
  const left = [...items];
  const wanted = Math.min(left.length, Math.round(left.length * share));
  for (let i = 0; i < wanted; i++) {
    const j = i + Math.floor(random() * (left.length - i));
    [left[i], left[j]] = [left[j] as T, left[i] as T];
  }
  return left.slice(0, wanted);
}
