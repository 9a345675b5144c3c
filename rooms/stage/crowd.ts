/** What the stage knows of the crowd: added up from the batches of all processes, which may be lost or come twice. */
import { cueLeadMs } from '../../core/beat.ts';
import { percentile } from '../../core/statistics.ts';
import type { SectionFacts, UpBatch } from '../../schemas/bus-messages.ts';
import type { UpLine } from '../../schemas/chat.ts';
import type { RoomId } from '../../schemas/ids.ts';

/** A process that says nothing for this long has no fans any more; it would speak every second. */
const PROCESS_TTL_MS = 3_000;
const SYNC_WINDOW_MS = 60_000;
const SYNC_MAX = 5_000;
const JOINS_WINDOW_MS = 5_000;
/** Batches of one process that may overtake each other. */
const REORDER_MAX = 64;

interface Process {
  heardAtMs: number;
  newest: number;
  readonly seen: Set<number>;
  sections: ReadonlyMap<RoomId, { readonly fans: number; readonly fanOutMs: number }>;
}

export interface CrowdFigures {
  readonly fans: number;
  readonly sections: number;
  readonly joinsPerS: number;
  /** −1 while nobody has reported. */
  readonly syncP50Ms: number;
  readonly syncP95Ms: number;
}

export class Crowd {
  readonly #processes = new Map<string, Process>();
  readonly #reactions: Record<string, number>;
  #sync: { readonly errorMs: number; readonly atMs: number }[] = [];
  #joins: { readonly count: number; readonly atMs: number }[] = [];
  #accepted = new Map<RoomId, number>();
  #candidates: UpLine[] = [];
  /** Of a second ago at most: thousands of errors are sorted for it. */
  #syncFigures: Pick<CrowdFigures, 'syncP50Ms' | 'syncP95Ms'> = { syncP50Ms: -1, syncP95Ms: -1 };

  /** `reactions`: the totals that a stage before this one had come to. */
  constructor(reactions: Readonly<Record<string, number>> = {}) {
    this.#reactions = { ...reactions };
  }

  /** False: this batch was counted before. */
  hear(batch: UpBatch, nowMs: number): boolean {
    const process = this.#processOf(batch.processId, nowMs);
    if (process.seen.has(batch.n) || batch.n <= process.newest - REORDER_MAX) return false;
    process.seen.add(batch.n);
    process.seen.delete(batch.n - REORDER_MAX);
    process.heardAtMs = nowMs;
    if (batch.n > process.newest) {
      process.newest = batch.n;
      process.sections = new Map(batch.sections.map(({ roomId, fans, fanOutMs }) => [roomId, { fans, fanOutMs }]));
    }
    for (const section of batch.sections) {
      this.#accept(section);
      if (section.joins > 0) this.#joins.push({ count: section.joins, atMs: nowMs });
      for (const [emoji, count] of Object.entries(section.reactions)) {
        this.#reactions[emoji] = (this.#reactions[emoji] ?? 0) + count;
      }
    }
    this.#candidates.push(...batch.lines);
    for (const errorMs of batch.syncErrorsMs) this.#sync.push({ errorMs: Math.abs(errorMs), atMs: nowMs });
    return true;
  }

  /** Lines since the last call: those that may be shown to everyone, and how many each section accepted, if any. */
  drain(): { readonly candidates: readonly UpLine[]; readonly accepted: ReadonlyMap<RoomId, number> } {
    const drained = { candidates: this.#candidates, accepted: this.#accepted };
    this.#candidates = [];
    this.#accepted = new Map();
    return drained;
  }

  /** To be called every second: forgets processes that are gone and figures that are old. */
  expire(nowMs: number): void {
    for (const [id, process] of this.#processes) if (nowMs - process.heardAtMs > PROCESS_TTL_MS) this.#processes.delete(id);
    this.#sync = this.#sync.filter(({ atMs }) => nowMs - atMs <= SYNC_WINDOW_MS).slice(-SYNC_MAX);
    this.#joins = this.#joins.filter(({ atMs }) => nowMs - atMs <= JOINS_WINDOW_MS);
    const errors = this.#sync.map(({ errorMs }) => errorMs);
    this.#syncFigures = { syncP50Ms: percentile(errors, 0.5) ?? -1, syncP95Ms: percentile(errors, 0.95) ?? -1 };
  }

  get processes(): number {
    return this.#processes.size;
  }

  /** Running totals since doors. */
  get reactions(): Readonly<Record<string, number>> {
    return { ...this.#reactions };
  }

  get fans(): number {
    return this.sections().reduce((sum, { fans }) => sum + fans, 0);
  }

  sections(): { readonly roomId: RoomId; readonly fans: number }[] {
    return [...this.#processes.values()].flatMap((process) => {
      return [...process.sections].map(([roomId, { fans }]) => ({ roomId, fans }));
    });
  }

  get joinsPerS(): number {
    return (this.#joins.reduce((sum, { count }) => sum + count, 0) * 1_000) / JOINS_WINDOW_MS;
  }

  figures(): CrowdFigures {
    const sections = this.sections();
    const fans = sections.reduce((sum, { fans }) => sum + fans, 0);
    return { fans, sections: sections.length, joinsPerS: this.joinsPerS, ...this.#syncFigures };
  }

  /** How far ahead a cue is scheduled: the slowest process must have told all its fans by then. `lengthMs`: of a beat. */
  cueLeadMs(lengthMs: number): number {
    let slowestMs = 0;
    for (const { sections } of this.#processes.values()) {
      let fanOutMs = 0;
      for (const section of sections.values()) fanOutMs += section.fanOutMs;
      slowestMs = Math.max(slowestMs, fanOutMs);
    }
    return cueLeadMs(slowestMs, this.fans, lengthMs);
  }

  #accept({ roomId, accepted }: SectionFacts): void {
    if (accepted > 0) this.#accepted.set(roomId, (this.#accepted.get(roomId) ?? 0) + accepted);
  }

  #processOf(id: string, nowMs: number): Process {
    const known = this.#processes.get(id);
    if (known !== undefined) return known;
    const made: Process = { heardAtMs: nowMs, newest: 0, seen: new Set(), sections: new Map() };
    this.#processes.set(id, made);
    return made;
  }
}
