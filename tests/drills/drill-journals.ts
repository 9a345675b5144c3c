/** What was kept of the chat, read from outside: every journal of the folder, and the database. */
import { DatabaseSync } from 'node:sqlite';
import { journalPaths } from '../../server/store/ship-slots.ts';
import type { PostgresServer } from '../support/postgres-server.ts';

/** A line as a journal has it. */
export interface KeptLine {
  readonly id: string;
  readonly fanId: string;
  readonly key: string;
  readonly text: string;
  readonly atMs: number;
}

const LINE = 'id, author_id AS "fanId", key, text, at_ms AS "atMs"';

/** All lines of all journals in `dataDir`, those of dead processes too; a line in two journals is here twice. */
export function linesInJournals(dataDir: string): KeptLine[] {
  return journalPaths(dataDir).flatMap((path) => {
    const journal = new DatabaseSync(path, { readOnly: true });
    try {
      return journal.prepare(`SELECT ${LINE} FROM lines ORDER BY n`).all() as unknown as KeptLine[];
    } finally {
      journal.close();
    }
  });
}

/** All lines that were shipped so far. */
export function linesInDatabase(postgres: PostgresServer, database: string): Promise<KeptLine[]> {
  return postgres.query<KeptLine>(`SELECT ${LINE} FROM journal_lines`, database);
}

/** Those of `acknowledged` that are not in `kept`: lost lines. */
export function missingFrom<Line extends { readonly id: string }>(
  kept: readonly KeptLine[],
  acknowledged: readonly Line[],
): Line[] {
  const ids = new Set(kept.map(({ id }) => id));
  return acknowledged.filter(({ id }) => !ids.has(id));
}

/** Texts that one fan said under two ids: said once, there twice. Drills give every line a text of its own. */
export function keptTwice(kept: readonly KeptLine[]): string[] {
  const idsByLine = new Map<string, Set<string>>();
  for (const { id, fanId, text } of kept) {
    const line = `${fanId} ${text}`;
    idsByLine.set(line, (idsByLine.get(line) ?? new Set()).add(id));
  }
  return [...idsByLine].filter(([, ids]) => ids.size > 1).map(([line]) => line);
}
