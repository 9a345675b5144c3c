/** What was kept of staff commands, read from outside: every journal of the folder, the database, and Redis. */
import { DatabaseSync } from 'node:sqlite';
import { CommandEntry } from '../../schemas/stage.ts';
import { journalPaths } from '../../server/store/ship-slots.ts';
import type { DrillRun } from './drill-run.ts';

const COLUMNS = `id, event_id AS "eventId", epoch, seq, at_ms AS "atMs", staff_id AS "staffId", staff_name AS "staffName", command,
  payload, reason, result, key, reply`;

/** Every command that any journal has, each once, by epoch and seq. */
export function commandsInJournals({ dataDir }: Pick<DrillRun, 'dataDir'>): CommandEntry[] {
  const rows = journalPaths(dataDir).flatMap((path) => {
    const journal = new DatabaseSync(path, { readOnly: true });
    try {
      return journal.prepare(`SELECT ${COLUMNS} FROM commands`).all();
    } finally {
      journal.close();
    }
  });
  return inOrder(rows);
}

/** Every command that was shipped so far. */
export async function commandsInDatabase({
  services: { postgres, database },
}: Pick<DrillRun, 'services'>): Promise<CommandEntry[]> {
  return inOrder(await postgres.query(`SELECT ${COLUMNS} FROM journal_commands`, database));
}

/** The commands that Redis keeps for whoever takes over. */
export async function commandsInRedis({ redis: { probe } }: Pick<DrillRun, 'redis'>): Promise<CommandEntry[]> {
  const [key = ''] = await probe.keys('*commands:evt_*');
  const entries = await probe.xrange(key, '-', '+');
  return entries.map(([, fields]) => CommandEntry.parse(JSON.parse(fields[1] ?? '')));
}

/** The newest epoch that Redis gave, and that of the snapshot it keeps. */
export async function epochsInRedis({ redis: { probe } }: Pick<DrillRun, 'redis'>): Promise<{ given: number; stored: number }> {
  const [key = ''] = await probe.keys('*stage:evt_*');
  const [given, stored] = await probe.hmget(key, 'epoch', 'snapshotEpoch');
  return { given: Number(given), stored: Number(stored) };
}

/** Announcements that took effect, oldest first. */
export function announced(
  entries: readonly CommandEntry[],
): { readonly text: string; readonly epoch: number; readonly atMs: number }[] {
  return entries
    .filter(({ command, result }) => command === 'announce' && result === 'done')
    .map(({ payload, epoch, atMs }) => ({ text: String(payload['text']), epoch, atMs }));
}

function inOrder(rows: readonly object[]): CommandEntry[] {
  const byId = new Map<string, CommandEntry>();
  for (const row of rows as {
    readonly payload: string;
    readonly reply: string;
    readonly epoch: unknown;
    readonly seq: unknown;
  }[]) {
    const entry = CommandEntry.parse({
      ...row,
      epoch: Number(row.epoch),
      seq: Number(row.seq),
      payload: JSON.parse(row.payload),
      reply: JSON.parse(row.reply),
    });
    byId.set(entry.id, entry);
  }
  return [...byId.values()].toSorted((a, b) => a.epoch - b.epoch || a.seq - b.seq || a.atMs - b.atMs);
}
