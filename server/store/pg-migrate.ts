/** Brings a PostgreSQL database to the newest schema: one migrator at a time, all or nothing. */
import { Kysely, type Migration, PostgresDialect, sql } from 'kysely';
import { NewerSchemaError } from './newer-schema-error.ts';
import { openPgPool, type PgOptions } from './pg-pool.ts';
import { PG_MIGRATIONS } from './pg-schema.ts';

/** Any number that no other program on the database uses: the lock that one migrator holds. */
const MIGRATION_LOCK = 7_236_901;
/** A migration may rewrite tables, and waits for another process's. */
const MIGRATION_MS = 60_000;

/**
 * Does nothing when all is done; refuses, unchanged, a database that knows migrations that we do not.
 * Kysely's own migrator locks by session, which a pooler in transaction mode hands to whoever comes next: this one locks, looks
 * and migrates in one transaction.
 */
export async function migratePg(
  options: PgOptions,
  migrations: Readonly<Record<string, Migration>> = PG_MIGRATIONS,
): Promise<void> {
  const pool = openPgPool({ ...options, max: 1, statementMs: MIGRATION_MS });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const known = Object.keys(migrations).toSorted();
  try {
    await db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(trx);
      await sql`create table if not exists front_row_migrations (name text primary key, migrated_at timestamptz not null)`.execute(
        trx,
      );
      const { rows } = await sql<{ name: string }>`select name from front_row_migrations`.execute(trx);
      const done = new Set(rows.map(({ name }) => name));
      const foreign = [...done].toSorted().findLast((name) => !known.includes(name));
      if (foreign !== undefined) throw new NewerSchemaError('The database', foreign, known.at(-1) ?? 'none');
      for (const name of known) {
        if (done.has(name)) continue;
        await migrations[name]?.up(trx);
        await sql`insert into front_row_migrations values (${name}, now())`.execute(trx);
      }
    });
  } finally {
    await db.destroy();
  }
}
