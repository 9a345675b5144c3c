/** When to ask doors again that let nobody in. */
import { type BackoffRule, backoffMs } from '../../core/backoff.ts';

/** They failed, or were too busy for more than to say so. */
export const DOORS_FAILED: BackoffRule = { baseMs: 1_000, capMs: 15_000 };
/** They keep silent, and who waits in line has a place to lose: it is kept for two minutes. */
export const SILENT_IN_LINE: BackoffRule = { baseMs: 10_000, capMs: 30_000 };

/** Counts failures of one kind in a row: what another kind had been through says nothing about it. */
export class AskAgain {
  #rule: BackoffRule | null = null;
  #times = 0;

  /** How long to wait after one more failure, in ms. */
  waitMs(rule: BackoffRule, random: () => number): number {
    if (rule !== this.#rule) this.#times = 0;
    this.#rule = rule;
    return backoffMs(this.#times++, rule, random);
  }

  /** Doors said something that is no failure. */
  begin(): void {
    this.#rule = null;
  }
}
