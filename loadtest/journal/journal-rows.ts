/** Reads the journals of a house as they lie on the disk and in the database, by nobody's leave but the file system's. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

const JOURNAL = /^journal(?:-\d+)?\.sqlite$/;
const BUSY_MS = 5_000;

/** How often each line is in the journals of a DATA_DIR, those of processes that run included. */
export function localLines(dataDir: string): Map<string, number> {
  const counts = new Map<string, number>();
  const names = existsSync(dataDir) ? readdirSync(dataDir).filter((name) => JOURNAL.test(name)) : [];
  for (const name of names) {
    const db = new DatabaseSync(join(dataDir, name), { readOnly: true, timeout: BUSY_MS });
    try {
      for (const { id } of db.prepare('SELECT id FROM lines').iterate())
        counts.set(String(id), (counts.get(String(id)) ?? 0) + 1);
    } finally {
      db.close();
    }
  }
  return counts;
}

/** The lines that were shipped to PostgreSQL. */
export async function shippedLines(databaseUrl: string): Promise<Set<string>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('select id from journal_lines');
    return new Set(rows.map(({ id }) => id));
  } finally {
    await client.end();
  }
}
