/** Everything that a journal's thread can be asked. Synchronous; the promises are made in `worker-thread.ts`. */
import type { DatabaseSync } from 'node:sqlite';
import { commandTable } from './command-table.ts';
import { factTable } from './fact-table.ts';
import { lineTable } from './line-table.ts';
import { recordTable } from './record-table.ts';
import { shipTable } from './ship-table.ts';

export function journalTables(db: DatabaseSync) {
  return { ...lineTable(db), ...commandTable(db), ...factTable(db), ...recordTable(db), ...shipTable(db) };
}
export type JournalTables = ReturnType<typeof journalTables>;

/** Those that write by one statement at most, which undoes itself when it fails. */
export const SINGLE_STATEMENTS: ReadonlySet<string> = new Set<keyof JournalTables>([
  'appendLine',
  'findByKey',
  'findLine',
  'removeLine',
  'removeLinesOf',
  'removeAllLines',
]);
