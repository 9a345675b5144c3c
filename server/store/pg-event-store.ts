/** The event store over PostgreSQL: the same code as embedded, with deadlines, page rows and the stages' fence. */
import { Kysely, PostgresDialect } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { PORT_DEADLINE_MS, withDeadline } from '../../rooms/deadline.ts';
import { eventStoreOver, type OpenEventStore } from './event-store.ts';
import { type History, pgHistory } from './pg-history.ts';
import { migratePg } from './pg-migrate.ts';
import { pgWrittenPages, type WrittenPages } from './pg-page-watch.ts';
import { type EventPages, pgPages } from './pg-pages.ts';
import { openPgPool, type PgOptions } from './pg-pool.ts';
import type { PgDatabase } from './pg-schema.ts';
import { type PgStages, pgStages } from './pg-stages.ts';

export interface OpenPgEventStore extends OpenEventStore {
  readonly pages: EventPages;
  readonly written: WrittenPages;
  readonly stages: PgStages;
  /** The journals of all processes, as far as they were shipped. */
  readonly history: History;
}

/**
 * Brings the database to the newest schema, then opens it. Every call is answered within `deadlineMs`, if need be by
 * `unavailable`; a write answered so may still have been done, and each may be asked again. Rejects when the database cannot be
 * reached or was written by a newer version.
 */
export async function openPgEventStore(options: PgOptions & { readonly deadlineMs?: number }): Promise<OpenPgEventStore> {
  await migratePg(options);
  const db = new Kysely<PgDatabase>({ dialect: new PostgresDialect({ pool: openPgPool(options) }) });
  const { clock, deadlineMs = PORT_DEADLINE_MS } = options;
  const stages = pgStages(db);
  return {
    store: inTime(eventStoreOver(db), clock, deadlineMs),
    pages: inTime(pgPages(db), clock, deadlineMs),
    written: inTime(pgWrittenPages(db), clock, deadlineMs),
    history: inTime(pgHistory(db), clock, deadlineMs),
    stages: {
      ...inTime(stages, clock, deadlineMs),
      asStage: (...args) => inTime(stages.asStage(...args), clock, deadlineMs),
    },
    close: () => db.destroy(),
  };
}

/** The same port, every call of which is answered in time. */
function inTime<Port extends object>(port: Port, clock: Clock, deadlineMs: number): Port {
  const late = () => Promise.reject(new PartyError('unavailable', 'The database did not answer in time.', 1_000));
  const bounded = Object.entries(port).map(([name, call]: [string, (...args: unknown[]) => Promise<unknown>]) => [
    name,
    (...args: unknown[]) => withDeadline(clock, call(...args), late, deadlineMs),
  ]);
  return Object.fromEntries(bounded) as Port;
}
