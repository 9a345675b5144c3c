/** The event store embedded: `node:sqlite` behind Kysely's own SQLite dialect. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely';
import { EVENT_MIGRATIONS, type EventDatabase } from './event-schema.ts';
import { type OpenEventStore, openEventStore } from './event-store.ts';
import { migrateEvents } from './migrate-events.ts';
import { openSqlite } from './sqlite.ts';

/**
 * Runs in the caller's thread, unlike the journal: what it writes is staff's doing, a handful of rows per event, and what
 * fans do is answered from memory.
 */
export async function openSqliteEventStore(path: string): Promise<OpenEventStore> {
  const db = new Kysely<EventDatabase>({ dialect: new SqliteDialect({ database: forKysely(openSqlite(path)) }) });
  try {
    await migrateEvents(db as unknown as Kysely<never>, path, EVENT_MIGRATIONS);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return openEventStore(db);
}

/** `node:sqlite` in the shape of `better-sqlite3`, which is what Kysely's dialect expects. */
function forKysely(db: DatabaseSync): SqliteDatabase {
  return {
    close: () => db.close(),
    prepare(text) {
      const statement = db.prepare(text);
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)),
      };
    },
  };
}
