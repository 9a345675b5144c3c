/** When to ask doors again that let nobody in. */
import { type BackoffRule, backoffMs } from '../../core/backoff.ts';

/** They failed, or were too busy for more than to say so. */
const FAILED_RULE: BackoffRule = { baseMs: 1_000, capMs: 15_000 };
/**
 * They kept silent: they have more to hear than they can, and are heard out by those alone who still wait. A crowd that asks again at once
 * keeps them from ever getting through it.
 */
const SILENT_RULE: BackoffRule = { baseMs: 10_000, capMs: 120_000 };

/** In ms. `failures`: how many times in a row before this. */
export function askAgainMs(fellSilent: boolean, failures: number, random: () => number): number {
  return backoffMs(failures, fellSilent ? SILENT_RULE : FAILED_RULE, random);
}
