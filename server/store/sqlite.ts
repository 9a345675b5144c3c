/** Opens our SQLite files: WAL, a named durability, numbered migrations. Used inside the journal's threads and by the event store. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NewerSchemaError } from './newer-schema-error.ts';

/**
 * FULL: every commit is flushed to the disk itself, so that what was acknowledged survives a power cut and not only a killed
 * process (NORMAL in WAL mode keeps the file whole but may lose the last commits). Group commit pays for it once per many lines.
 */
const SYNCHRONOUS = 'FULL';

/** How long a write waits for another process that holds the file, in ms. */
const BUSY_MS = 2_000;

export interface OpenOptions {
  /** A second connection that only reads: it neither creates nor changes the file. */
  readonly readOnly?: boolean;
}

export function openSqlite(path: string, { readOnly = false }: OpenOptions = {}): DatabaseSync {
  if (!readOnly) mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path, { readOnly, timeout: BUSY_MS, enableForeignKeyConstraints: true });
  if (readOnly) return db;
  // secure_delete: what is erased is overwritten, not merely unlinked.
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${SYNCHRONOUS}; PRAGMA secure_delete = ON;`);
  return db;
}

/**
 * Brings a file to the newest schema; the file's number is how many of `steps` it has taken.
 * Each step and its number are one transaction, so that a start that dies half-way, or two at once, repeat nothing.
 */
export function migrateSqlite(db: DatabaseSync, path: string, steps: readonly string[]): void {
  for (;;) {
    db.exec('BEGIN IMMEDIATE');
    try {
      const found = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
      if (found > steps.length) throw new NewerSchemaError(path, String(found), String(steps.length));
      const step = steps[found];
      if (step !== undefined) db.exec(`${step}; PRAGMA user_version = ${found + 1};`);
      db.exec('COMMIT');
      if (step === undefined) return;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
}
