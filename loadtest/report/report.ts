/** The report's shape: the keys of the contract, and what stands behind them. Times in ms unless the name says otherwise. */

import type { CrowdSecond } from '../crowd/types.ts';
import type { MachineFacts } from './facts.ts';
import type { CurvePoint } from './histogram.ts';

export interface Target {
  readonly name: string;
  readonly about: 'correctness' | 'speed';
  /** What `measured` has to be, at most or at least. */
  readonly target: number;
  readonly is: 'at most' | 'at least';
  readonly unit: string;
  readonly measured: number;
  readonly met: boolean;
}

/** One moment of the run; what nobody could see then is null. */
export interface SecondRow extends Omit<CrowdSecond, 'atMs'> {
  /** Since the first fan was due. */
  readonly atS: number;
}

/** The same of one process of the house. */
export interface ProcessRow {
  readonly atS: number;
  /** Share of one core. */
  readonly cpu: number | null;
  readonly rssMb: number | null;
  readonly loopP99Ms: number | null;
  readonly fans: number | null;
}

export interface Report {
  readonly profile: string;
  readonly seconds: number;
  readonly fans: {
    readonly requested: number;
    readonly joined: number;
    readonly waiting: number;
    readonly failed: number;
    readonly dropped: number;
  };
  readonly join: {
    readonly perSecond: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
    readonly allInS: number | null;
  };
  readonly chat: {
    readonly acknowledged: number;
    /** Null: there was nowhere to look. */
    readonly lost: number | null;
    readonly duplicated: number;
    readonly neverShown: number;
    readonly ackP99Ms: number;
    readonly deliveryP99Ms: number;
    readonly deliveryLessBeatP99Ms: number;
    readonly linesDelivered: number;
    readonly shownTwice: number;
    /** Lines that a fan's next section sent as new although the one before had: a page recognises them. */
    readonly sentAgain: number;
    readonly unshipped: number | null;
    readonly unanswered: number;
    readonly refused: Readonly<Record<string, number>>;
  };
  readonly command: { readonly count: number; readonly refused: number; readonly ackP99Ms: number; readonly maxMs: number };
  readonly cue: { readonly count: number; readonly skewP99Ms: number; readonly skewP999Ms: number; readonly lateFans: number };
  readonly cost: {
    readonly floorUsPerFrame: number | null;
    readonly serverUsPerFrame: number | null;
    readonly serverKBPerFan: number | null;
    readonly idleUsPerFanSecond: number | null;
    readonly serverCpuS: number | null;
    readonly generatorCpuS: number;
    readonly machineBusyS: number | null;
    /** Of that, what the host of a virtual machine gave to others. */
    readonly machineStolenS: number | null;
    readonly floorBeforeUs: number | null;
    readonly floorAfterUs: number | null;
  };
  readonly targets: readonly Target[];
  /** Every target met. */
  readonly met: boolean;
  readonly notes: readonly string[];
  readonly seed: number;
  readonly pace: number;
  readonly sprint: boolean;
  readonly startedAt: string;
  readonly house: { readonly kind: string; readonly processes: number };
  /** How the count of fans came about. */
  readonly counted: {
    readonly byServer: number;
    readonly seated: number;
    readonly serverAtEnd: number | null;
    readonly seatedAtEnd: number;
  };
  readonly failedBy: Readonly<Record<string, number>>;
  readonly droppedBy: Readonly<Record<string, number>>;
  readonly frames: { readonly received: number; readonly bytes: number; readonly wrong: number };
  /** Seats that were lost, whoever took them, and how long until their fans were in sync again. */
  readonly gaps: {
    readonly count: number;
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
    readonly neverBack: number;
  };
  /** How the full clients fared, whose fans see pages: p99s, and what they showed at the end. */
  readonly pages: {
    readonly clients: number;
    readonly joinP99Ms: number;
    readonly ackP99Ms: number;
    readonly lineAgeP99Ms: number;
    readonly cueSkewP99Ms: number;
    readonly sameState: number;
    readonly sawLastLine: number;
    readonly lastLineMs: number | null;
  };
  readonly generator: { readonly cpuS: number; readonly peakLagMs: number; readonly lagP99Ms: number };
  /** p99 with ten fans, in the same event, just before. */
  readonly asTen: {
    readonly joinMs: number;
    readonly ackMs: number;
    readonly commandMs: number;
    readonly deliveryLessBeatMs: number;
    readonly deliveryMs: number;
  };
  readonly acts: readonly {
    readonly what: string;
    readonly atS: number;
    readonly tookMs: number | null;
    readonly outcast: readonly string[];
  }[];
  readonly commands: readonly { readonly name: string; readonly atS: number; readonly tookMs: number; readonly result: string }[];
  readonly curves: Readonly<
    Record<'join' | 'chatAck' | 'delivery' | 'deliveryLessBeat' | 'cueSkew' | 'generatorLag', readonly CurvePoint[]>
  >;
  readonly perSecond: readonly SecondRow[];
  readonly perProcess: readonly (readonly ProcessRow[])[];
  readonly machine: MachineFacts;
  /** HDR histograms as hdr-histogram-js encodes them, for whoever wants to ask more. */
  readonly histograms: Readonly<Record<string, string>>;
}
