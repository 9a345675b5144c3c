/** What one crowd process counts: totals for the end, and what came since the last second, for the parent to add up. */
import type { ErrorCode } from '../../schemas/errors.ts';
import { MEASURES, type SecondPart, type Tallies, type Tally } from './crowd-messages.ts';
import type { CrowdResult, Measure } from './types.ts';

type Gap = { -readonly [Key in keyof CrowdResult['gaps'][number]]: CrowdResult['gaps'][number][Key] };

export class Ledger {
  readonly gaps: Gap[] = [];
  readonly acknowledged: CrowdResult['acknowledged'][number][] = [];
  readonly refused = new Map<string, number>();
  readonly dropped = new Map<string, number>();
  /** Ids of all lines that any fan here was shown. */
  readonly shown = new Set<string>();
  unanswered = 0;
  frames = 0;
  bytes = 0;
  wrong = 0;
  shownTwice = 0;
  sentAgain = 0;
  linesDelivered = 0;
  joined = 0;
  peakLagMs = 0;
  #tallies: Tallies = emptyTallies();
  #since = { joins: 0, frames: 0, bytes: 0, lagMs: 0 };

  /** One value, or `count` equal ones; in µs for `cueSkewUs`, else in ms. */
  record(measure: Measure, value: number, count = 1): void {
    add(this.#tallies[measure], rounded(Math.max(0, value)), count);
  }

  lag(ms: number): void {
    this.record('generatorLag', ms);
    this.peakLagMs = Math.max(this.peakLagMs, ms);
    this.#since.lagMs = Math.max(this.#since.lagMs, ms);
  }

  join(): void {
    this.joined += 1;
    this.#since.joins += 1;
  }

  frame(bytes: number): void {
    this.frames += 1;
    this.bytes += bytes;
    this.#since.frames += 1;
    this.#since.bytes += bytes;
  }

  /** How far off its moment a cue was applied. */
  cue(offMs: number): void {
    this.record('cueSkewUs', Math.abs(offMs) * 1_000);
  }

  refuse(code: ErrorCode): void {
    add(this.refused, code, 1);
  }

  drop(code: number): void {
    add(this.dropped, String(code), 1);
  }

  /** What came since the last time. */
  takeSecond(): Pick<SecondPart, 'tallies' | 'joins' | 'frames' | 'bytes' | 'lagMs'> {
    const taken = { tallies: this.#tallies, ...this.#since };
    this.#tallies = emptyTallies();
    this.#since = { joins: 0, frames: 0, bytes: 0, lagMs: 0 };
    return taken;
  }
}

function emptyTallies(): Tallies {
  return Object.fromEntries(MEASURES.map((measure): [Measure, Tally] => [measure, new Map()])) as Tallies;
}

export function add<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** To three digits: as exact as the histograms, and few distinct values. */
function rounded(value: number): number {
  if (value < 1_000) return Math.round(value);
  const grain = 10 ** (Math.floor(Math.log10(value)) - 2);
  return Math.round(value / grain) * grain;
}
