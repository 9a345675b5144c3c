/** All that the house keeps of a fan, wherever it is: every journal of DATA_DIR, the event store, and the database if there is one. */
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import type { FanRecord, LabelBan, Log, PersonalBans, PersonalRecords } from '../rooms/ports.ts';
import type { FanId } from '../schemas/ids.ts';
import type { Config } from './config.ts';
import { openJournal } from './store/journal.ts';
import { openPgEventStore } from './store/pg-event-store.ts';
import { openPgRecords } from './store/pg-records.ts';
import { journalPaths } from './store/ship-slots.ts';
import { openSqliteEventStore } from './store/sqlite-event-store.ts';

export interface HouseRecords {
  export(fanId: FanId): Promise<FanRecord & { readonly labelBans: readonly LabelBan[] }>;
  /** What holds goes on holding: a ban keeps the fan's id and network until it is over. */
  erase(fanId: FanId): Promise<{ readonly lines: number; readonly labelBans: number }>;
  close(): Promise<void>;
}

/** Runs beside the processes of the house, or while none does. Rejects when there is nothing at DATA_DIR or in the database. */
export async function openHouseRecords(
  { dataDir, databaseUrl }: Pick<Config, 'dataDir' | 'databaseUrl'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<HouseRecords> {
  const journals: PersonalRecords[] = [];
  const closing: (() => Promise<void>)[] = [];
  const open = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const opened = await opening;
    closing.push(() => opened.close());
    return opened;
  };
  const close = async () => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    for (const path of journalPaths(dataDir)) journals.push((await open(openJournal({ path, clock, log }))).journal);
    let bans: PersonalBans;
    if (databaseUrl === undefined) {
      if (journals.length === 0) throw new Error(`there is no journal in ${dataDir}`);
      bans = (await open(openSqliteEventStore(join(dataDir, 'events.sqlite')))).store;
    } else {
      bans = (await open(openPgEventStore({ url: databaseUrl, clock, log }))).store;
      journals.push((await open(Promise.resolve(openPgRecords({ url: databaseUrl, clock, log })))).records);
    }
    return { ...over(journals, bans, clock), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function over(journals: readonly PersonalRecords[], bans: PersonalBans, clock: Clock): Omit<HouseRecords, 'close'> {
  const records: Omit<HouseRecords, 'close'> = {
    async export(fanId) {
      const kept = await Promise.all(journals.map((journal) => journal.export(fanId)));
      const once = <T extends { readonly id: string; readonly atMs: number }>(rows: readonly T[]): T[] =>
        [...new Map(rows.map((row) => [row.id, row])).values()].toSorted((a, b) => a.atMs - b.atMs);
      return {
        lines: once(kept.flatMap(({ lines }) => lines)),
        commands: once(kept.flatMap(({ commands }) => commands)),
        labelBans: await bans.labelBansOf(fanId),
      };
    },
    async erase(fanId) {
      const { lines } = await records.export(fanId);
      for (const journal of journals) await journal.erase(fanId);
      return { lines: lines.length, labelBans: await bans.eraseFan(fanId, clock.nowMs()) };
    },
  };
  return records;
}
