/**
 * What outlives the process: what was booked, and the journal. In DATA_DIR, or with DATABASE_URL in PostgreSQL too, where the
 * journals of all processes come together.
 */
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import type { EventStore, Journal, Log, StageRecords, StageStore } from '../rooms/ports.ts';
import type { VenueDeps } from '../rooms/venue.ts';
import type { Config } from './config.ts';
import type { ShutdownStep } from './shutdown.ts';
import { openJournal } from './store/journal.ts';
import { openPgEventStore } from './store/pg-event-store.ts';
import { journalEverywhere, recordsEverywhere } from './store/pg-everywhere.ts';
import { openPgJournal } from './store/pg-journal.ts';
import type { WrittenPages } from './store/pg-page-watch.ts';
import { type EventPages, storedPages } from './store/pg-pages.ts';
import { openPgRecords } from './store/pg-records.ts';
import { measureShipping } from './store/ship-metrics.ts';
import { claimJournal } from './store/ship-slots.ts';
import { startShipper } from './store/shipper.ts';
import { openSqliteEventStore } from './store/sqlite-event-store.ts';

export interface Storage {
  readonly events: EventStore;
  readonly journal: Journal;
  /** For a process that is alone. */
  readonly stageStore: StageStore;
  /** For one whose stages commit elsewhere. */
  readonly stageRecords: StageRecords;
  readonly stageEvents: VenueDeps['stageEvents'];
  /** What pages need of events that nobody follows here. */
  readonly pages: EventPages;
  /** What others wrote without a word; undefined: there are no others. */
  readonly written: WrittenPages | undefined;
  /** Deletes what is from before, and bans that were over by `nowMs`; resolves with the number of rows. */
  readonly prune: (beforeMs: number, nowMs: number) => Promise<number>;
  unready(): string | null;
  /** Calls under way. */
  waiting(): number;
  /** Registers the figures of what waits to be shipped, where anything is. `nowMs` is event time. */
  measureShipping(registry: Registry, nowMs: () => number): void;
}

export interface StorageDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onClose: (name: string, run: ShutdownStep['run']) => void;
}

/** What it opened is closed by the steps it leaves with `onClose`, also when it rejects. */
export async function openStorage(config: Pick<Config, 'dataDir' | 'databaseUrl'>, deps: StorageDeps): Promise<Storage> {
  const { clock, random, log, onClose } = deps;
  const { dataDir, databaseUrl } = config;
  const slot = claimJournal(dataDir);
  onClose('journal slot', async () => slot.release());
  const local = await openJournal({ path: slot.path, clock, log });
  onClose('journal', () => local.close());
  const embedded = {
    stageStore: local.stageStore,
    unready: () => local.unready(),
    waiting: () => local.waiting(),
  };
  if (databaseUrl === undefined) {
    const events = await openSqliteEventStore(join(dataDir, 'events.sqlite'));
    onClose('event store', () => events.close());
    const { journal, stageRecords } = local;
    const pages = storedPages(events.store);
    const nothing = { stageEvents: undefined, written: undefined, measureShipping: () => undefined };
    const prune = async (beforeMs: number, nowMs: number) =>
      (await journal.prune(beforeMs)) + (await events.store.pruneLabelBans(nowMs));
    return { ...embedded, ...nothing, events: events.store, pages, journal, stageRecords, prune };
  }
  const database = await openPgEventStore({ url: databaseUrl, clock, log });
  onClose('database', () => database.close());
  const shipper = startShipper({
    clock,
    random,
    log,
    own: local.shipping,
    sink: openPgJournal({ url: databaseUrl, clock, log }),
    dir: dataDir,
    openJournal: async (path) => {
      const adopted = await openJournal({ path, clock, log });
      return { ...adopted.shipping, close: () => adopted.close() };
    },
  });
  onClose('shipper', () => shipper.close());
  const together = openPgRecords({ url: databaseUrl, clock, log });
  onClose('records', () => together.close());
  return {
    ...embedded,
    events: database.store,
    journal: journalEverywhere(local.journal, database.history, log),
    stageRecords: recordsEverywhere(local.stageRecords, database.stages, log),
    stageEvents: (eventId, epoch) => database.stages.asStage(eventId, epoch),
    pages: database.pages,
    written: database.written,
    async prune(beforeMs, nowMs) {
      const here = await local.journal.prune(beforeMs);
      return here + (await together.records.prune(beforeMs)) + (await database.store.pruneLabelBans(nowMs));
    },
    measureShipping: (registry, nowMs) => measureShipping(registry, () => shipper.status(), nowMs),
  };
}
