/** Brings an event store to the newest schema, in whichever dialect it speaks. */
import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { NewerSchemaError } from './newer-schema-error.ts';

const TABLE = 'front_row_migrations';

/** Does nothing when all are done; refuses, before any change, a database that knows migrations that we do not. */
export async function migrateEvents(
  db: Kysely<never>,
  what: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const known = Object.keys(migrations).toSorted();
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (tables.some(({ name }) => name === TABLE)) {
    const { rows } = await sql<{ name: string }>`select name from ${sql.table(TABLE)} order by name`.execute(db);
    const foreign = rows.findLast(({ name }) => !known.includes(name));
    if (foreign !== undefined) throw new NewerSchemaError(what, foreign.name, known.at(-1) ?? 'none');
  }
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: TABLE,
    migrationLockTableName: `${TABLE}_lock`,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('the migration failed', { cause: error });
}
