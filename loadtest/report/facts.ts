/** All that a run found out, raw: what the report is made from. */

import type { CrowdResult } from '../crowd/types.ts';
import type { CommandFact } from '../host/host-console.ts';
import type { JournalVerdict } from '../journal/journal-check.ts';
import type { Plan } from '../plan.ts';
import type { MachineTime } from '../sampling/proc-files.ts';
import type { ProcessSample } from '../sampling/sampler.ts';
import type { WatchResult } from '../watch/messages.ts';

/** One stretch in which the server's own CPU was measured while nothing else was asked of it. */
export interface CostWindows {
  /** µs of server CPU per second, without and with the crowd sitting still. */
  readonly emptyUsPerS: number | null;
  readonly idleUsPerS: number | null;
  /** A few frames to everybody: what they cost beyond sitting still, and how many there were. */
  readonly frames: number | null;
  readonly framesUs: number | null;
  /** Memory of all processes before the crowd and with it, in bytes. */
  readonly rssBeforeBytes: number | null;
  readonly rssFullBytes: number | null;
  /** µs of the sender's CPU per frame over bare sockets, before and after; null: not measured. */
  readonly floorBeforeUs: number | null;
  readonly floorAfterUs: number | null;
}

export interface ActFact {
  readonly what: string;
  readonly atMs: number;
  /** Null: it was done at once. */
  readonly tookMs: number | null;
  /** What doors answered meanwhile to somebody who had been banned before. */
  readonly outcast: readonly string[];
}

export interface RunFacts {
  readonly plan: Plan;
  readonly seed: number;
  readonly house: { readonly kind: 'cluster' | 'one' | 'remote'; readonly processes: number };
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Ten fans alone, before the crowd, in the same event. */
  readonly baseline: { readonly crowd: CrowdResult; readonly commands: readonly CommandFact[] };
  readonly crowd: CrowdResult;
  readonly watchers: WatchResult;
  readonly commands: readonly CommandFact[];
  readonly samples: readonly ProcessSample[];
  readonly machineTime: MachineTime | null;
  /** The most that the house reported at one time, and how many sat by the tickets they used, when both were asked at the end. */
  readonly fansByServer: { readonly most: number; readonly atEnd: number | null; readonly seatedAtEnd: number };
  /** Null: there was nowhere to look. */
  readonly journal: JournalVerdict | null;
  readonly cost: CostWindows;
  readonly acts: readonly ActFact[];
  /** How many full clients ended with the same state as the host's console, and saw its last line. */
  readonly agreement: {
    readonly clients: number;
    readonly sameState: number;
    readonly sawLastLine: number;
    readonly lastLineMs: number | null;
  };
  readonly machine: MachineFacts;
  readonly notes: readonly string[];
}

export interface MachineFacts {
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly descriptors: string;
  readonly loadBefore: number;
  readonly loadAfter: number;
}
