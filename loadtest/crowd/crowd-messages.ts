/** What the steering process and the crowd's processes say to each other. Structured clones: maps are maps. */
import type { CrowdOptions, CrowdOrder, CrowdResult, CrowdStatus, Measure } from './types.ts';

export const MEASURES = [
  'join',
  'chatAck',
  'delivery',
  'deliveryLessBeat',
  'cueSkewUs',
  'generatorLag',
] as const satisfies readonly Measure[];

/** Values to how often they came. */
export type Tally = Map<number, number>;
export type Tallies = Record<Measure, Tally>;

export type ToCrew =
  | {
      readonly kind: 'muster';
      readonly options: CrowdOptions;
      /** Which of the processes this is. */
      readonly index: number;
      readonly run: string;
      readonly emojis: readonly string[];
      /** Where connections begin; null: wherever the system likes. */
      readonly localAddresses: readonly string[];
    }
  /** `startAtMs`: true time from which arrivals count. */
  | { readonly kind: 'go'; readonly startAtMs: number }
  | { readonly kind: 'order'; readonly n: number; readonly order: CrowdOrder }
  | { readonly kind: 'end' };

export type FromCrew =
  | { readonly kind: 'ready' }
  | { readonly kind: 'second'; readonly part: SecondPart }
  | { readonly kind: 'done'; readonly n: number }
  | { readonly kind: 'result'; readonly part: ResultPart };

/** A process's share of a status, and what came since its last one. */
export interface SecondPart extends Omit<CrowdStatus, 'generatorLagMs' | 'revision' | 'eventLane'> {
  readonly atMs: number;
  /** Live fans by the newest revision that they have. */
  readonly revisions: Map<number, number>;
  /** Live fans by the digest of the event lane's last lines. */
  readonly eventLanes: Map<string, number>;
  readonly joins: number;
  readonly bytes: number;
  readonly framesInAll: number;
  readonly lagMs: number;
  readonly tallies: Tallies;
}

export interface ResultPart
  extends Omit<
    CrowdResult,
    'failed' | 'dropped' | 'refused' | 'revisions' | 'eventLanes' | 'histograms' | 'perSecond' | 'neverShown'
  > {
  readonly failed: Map<string, number>;
  readonly dropped: Map<string, number>;
  readonly refused: Map<string, number>;
  readonly revisions: Map<number, number>;
  readonly eventLanes: Map<string, number>;
  readonly shownIds: readonly string[];
}
