/** The journal and the stage's memory in one local SQLite file, behind two threads: one writes, one answers searches. */
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../core/clock.ts';
import type { Journal, Log, PersonalRecords, StageRecords, StageStore } from '../../rooms/ports.ts';
import type { EventId } from '../../schemas/ids.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';
import type { JournalTables } from './journal-tables.ts';
import type { ShippedJournal } from './ship-journal.ts';
import type { ThreadData } from './thread-messages.ts';
import { WorkerThread } from './worker-thread.ts';

/** Every port call is answered by then, be it by `unavailable`. */
const DEADLINE_MS = 500;
/** A line may take so many times as long: when thousands speak at once, late is better than refused, and their pages wait for 8 s. */
const LINE_PATIENCE = 4;
/** Exports and retention are asked by whoever runs the house, not by a room that waits. */
const HOUSEKEEPING_DEADLINE_MS = 30_000;

export interface JournalOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadlineMs?: number;
  /** Injected by tests that end a thread. */
  readonly spawn?: (data: ThreadData) => Worker;
}

export interface OpenJournal {
  readonly journal: Journal & PersonalRecords;
  readonly stageStore: StageStore;
  /** The same memory as seen by a process whose stages commit elsewhere. */
  readonly stageRecords: StageRecords;
  /** For whoever copies the journal elsewhere. */
  readonly shipping: ShippedJournal;
  /** Why the process is not ready because of its journal; null when all is well. */
  unready(): string | null;
  /** Calls under way, for the metrics. */
  waiting(): number;
  /** Everything asked before is on disk when it resolves. */
  close(): Promise<void>;
}

function spawnThread(data: ThreadData): Worker {
  return new Worker(new URL('./journal-worker.ts', import.meta.url), { workerData: data, name: 'journal' });
}

/** Rejects with a clear message when the file cannot be opened or was written by a newer version. */
export async function openJournal(options: JournalOptions): Promise<OpenJournal> {
  const { path, clock, log, deadlineMs = DEADLINE_MS, spawn = spawnThread } = options;
  const thread = (readOnly: boolean) =>
    new WorkerThread<JournalTables>({
      name: readOnly ? 'reader' : 'writer',
      clock,
      log,
      deadlineMs,
      spawn: () => spawn({ path, readOnly }),
    });

  const writer = thread(false);
  await writer.opened.catch(async (error: unknown) => {
    await writer.close();
    throw error;
  });
  const reader = thread(true);
  await reader.opened.catch(async (error: unknown) => {
    await Promise.all([reader.close(), writer.close()]);
    throw error;
  });

  return {
    journal: {
      ...lines(writer, reader, clock, deadlineMs * LINE_PATIENCE),
      ...commands(writer, reader),
      ...records(writer, reader, clock),
    },
    stageStore: stages(writer, clock),
    stageRecords: {
      newest: (...args) => writer.call('newest', args),
      keep: (snapshot, entry) => writer.call('keep', [snapshot, entry, clock.nowMs()]),
      keepCommands: (...args) => writer.call('keepCommands', args),
    },
    shipping: {
      unshipped: (...args) => reader.call('unshipped', args, HOUSEKEEPING_DEADLINE_MS),
      markShipped: (...args) => writer.call('markShipped', args),
      backlog: () => reader.call('backlog', []),
    },
    unready: () => (writer.ready && reader.ready ? null : 'the journal is not running'),
    waiting: () => writer.waiting + reader.waiting,
    async close() {
      await reader.close();
      await writer.close();
    },
  };
}

type Thread = WorkerThread<JournalTables>;

/** Look-ups by id and key go to the writer, in order behind the appends that they ask about; searches must not delay appends. */
function lines(writer: Thread, reader: Thread, clock: Clock, lineDeadlineMs: number) {
  return {
    appendLine: (...args) => writer.call('appendLine', args, lineDeadlineMs),
    // Asked about a line that waits, and behind it.
    findByKey: (...args) => writer.call('findByKey', args, lineDeadlineMs),
    findLine: (...args) => writer.call('findLine', args),
    removeLine: (eventId, lineId) => writer.call('removeLine', [eventId, lineId, clock.nowMs()]),
    removeLinesOf: (...args) => writer.call('removeLinesOf', args),
    removeAllLines: (...args) => writer.call('removeAllLines', args),
    lastShown: (...args) => reader.call('lastShown', args),
    history: (...args) => reader.call('history', args),
    appendFacts: (...args) => writer.call('appendFacts', args),
    facts: (...args) => reader.call('facts', args),
  } satisfies Partial<Journal>;
}

/**
 * A commit that is refused because the disk was late may be written after all. Its stage does not have what it says and must not
 * go on as if nothing were: its next commit finds it, is fenced, and the stage begins anew from what is stored.
 */
function stages(writer: Thread, clock: Clock): StageStore {
  const known = new Map<EventId, Pick<StageSnapshot, 'epoch' | 'seq'>>();
  return {
    acquire: (eventId, atLeastEpoch = 0) => writer.call('acquire', [eventId, atLeastEpoch]),
    load: (...args) => writer.call('load', args),
    async commit(snapshot, entry) {
      const { eventId, epoch, seq } = snapshot;
      const last = known.get(eventId);
      const knownSeq = last?.epoch === epoch ? last.seq : null;
      const outcome = await writer.call('commit', [snapshot, entry, knownSeq, clock.nowMs()]);
      if (outcome === 'committed') known.set(eventId, { epoch, seq });
      return outcome;
    },
  };
}

function commands(writer: Thread, reader: Thread) {
  return {
    appendCommand: (...args) => writer.call('appendCommand', args),
    findCommandByKey: (...args) => writer.call('findCommandByKey', args),
    lastCommands: (...args) => reader.call('lastCommands', args),
  } satisfies Partial<Journal>;
}

function records(writer: Thread, reader: Thread, clock: Clock): PersonalRecords {
  return {
    export: (fanId) => reader.call('export', [fanId], HOUSEKEEPING_DEADLINE_MS),
    erase: (fanId) => writer.call('eraseRows', [fanId, clock.nowMs()], HOUSEKEEPING_DEADLINE_MS),
    async prune(beforeMs) {
      let total = 0;
      for (;;) {
        const gone = await writer.call('pruneSome', [beforeMs], HOUSEKEEPING_DEADLINE_MS);
        if (gone === 0) return total;
        total += gone;
      }
    },
  };
}
