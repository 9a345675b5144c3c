/** Watches how long a fan is without its seat: one entry in the ledger for each loss. */
import type { Ledger } from './ledger.ts';

export class GapWatch {
  readonly #ledger: Ledger;
  readonly #fan: number;
  #open: Ledger['gaps'][number] | null = null;
  #isExpected = false;

  constructor(ledger: Ledger, fan: number) {
    this.#ledger = ledger;
    this.#fan = fan;
  }

  /** When the seat was lost that is not regained yet; null while it sits and is in sync. */
  get lostAtMs(): number | null {
    return this.#open?.lostAtMs ?? null;
  }

  /** The next loss is ordered, not suffered. */
  expect(): void {
    this.#isExpected = true;
  }

  lost(nowMs: number, code: number): void {
    // A seat that was lost already is now given up.
    if (this.#open !== null && this.#open.seatedAtMs === null) return;
    if (!this.#isExpected) this.#ledger.drop(code);
    this.#isExpected = false;
    this.#open = { fan: this.#fan, code, lostAtMs: nowMs, seatedAtMs: null, inSyncAtMs: null };
    this.#ledger.gaps.push(this.#open);
  }

  seated(nowMs: number): void {
    if (this.#open !== null) this.#open.seatedAtMs ??= nowMs;
  }

  /** It has state, and its clock was answered. */
  inSync(nowMs: number): void {
    if (this.#open === null || this.#open.seatedAtMs === null) return;
    this.#open.inSyncAtMs = nowMs;
    this.#open = null;
  }
}
