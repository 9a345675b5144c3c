/** What the process of the full clients is told, and what it found out. Moments are event time in ms. */
import type { ArrivalCurve } from '../crowd/types.ts';

export interface WatchOptions {
  readonly slug: string;
  readonly origins: readonly string[];
  readonly seed: number;
  readonly count: number;
  /** Names are told apart by it. */
  readonly first: number;
  readonly arrivals: ArrivalCurve;
  readonly startAtMs: number;
  /** Null: they only watch. */
  readonly sayEveryMs: number | null;
}

export type WatchOrder =
  | { readonly kind: 'start'; readonly options: WatchOptions }
  | { readonly kind: 'hush' }
  /** Resolves with what each of them has on its screen. */
  | { readonly kind: 'look'; readonly lineId: string }
  | { readonly kind: 'end' };

export type WatchReply =
  | { readonly kind: 'status'; readonly live: number; readonly due: number }
  | { readonly kind: 'looked'; readonly screens: readonly Screen[] }
  | { readonly kind: 'ended'; readonly result: WatchResult };

/** What one full client shows. */
export interface Screen {
  readonly digest: string;
  readonly hasLine: boolean;
}

export interface Timed {
  readonly atMs: number;
  readonly ms: number;
}

export interface WatchResult {
  readonly requested: number;
  readonly joined: number;
  /** Closed by the house, by why. */
  readonly closed: Readonly<Record<string, number>>;
  /** From the moment that each was due to its first whole state. */
  readonly joins: readonly Timed[];
  /** From the moment that a line was to be said to its answer. */
  readonly acks: readonly Timed[];
  /** A sample of the lines that were shown: age by their own `atMs` when they reached the page. */
  readonly ages: readonly Timed[];
  /** |applied − applyAtMs| in true time: the clock's error, and how late the page learned of the cue. */
  readonly cues: readonly Timed[];
  /** How long each was without its seat. */
  readonly gaps: readonly Timed[];
  readonly acknowledged: readonly { readonly id: string; readonly fanId: string; readonly atMs: number }[];
  readonly refused: Readonly<Record<string, number>>;
  readonly linesShown: number;
  readonly cpuS: number;
}
