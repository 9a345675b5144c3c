/** The journals of all processes in one place. Whatever is taken twice is there once. */
import { Kysely, PostgresDialect, sql } from 'kysely';
import { openPgPool, type PgOptions } from './pg-pool.ts';
import type { PgDatabase } from './pg-schema.ts';
import { takeCommands, takeStages } from './pg-stages.ts';
import type { ShippedKind } from './ship-table.ts';

/** Nobody waits for a shipment: it may take longer than a page load, and still ends. */
const SHIPMENT_MS = 10_000;

export interface JournalSink {
  /**
   * Takes rows of one kind, all or none; those that it has stay as they are. Rejects with `unavailable` while the database is
   * away: then they may or may not have been taken, and are sent again.
   */
  take(kind: ShippedKind, rows: string): Promise<void>;
  close(): Promise<void>;
}

/** The database must be migrated; it is not reached before the first shipment. One connection. */
export function openPgJournal(options: PgOptions): JournalSink {
  const pool = openPgPool({ statementMs: SHIPMENT_MS, ...options, max: 1 });
  const db = new Kysely<PgDatabase>({ dialect: new PostgresDialect({ pool }) });

  async function erase(rows: string): Promise<void> {
    const fans = sql`select fan_id, max(at_ms) as at_ms from json_populate_recordset(null::journal_erasures, ${rows}::json) group by fan_id`;
    await db.transaction().execute(async (trx) => {
      // Kept, so that the fan's lines in the journal of a process that is adopted later do not come back.
      await sql`
        insert into journal_erasures as e (fan_id, at_ms) ${fans}
        on conflict (fan_id) do update set at_ms = greatest(e.at_ms, excluded.at_ms)`.execute(trx);
      await sql`delete from journal_lines l using (${fans}) f where l.author_id = f.fan_id and l.at_ms <= f.at_ms`.execute(trx);
      await sql`delete from journal_removals r using (${fans}) f where r.kind = 'fan' and r.target = f.fan_id`.execute(trx);
      // Compact JSON by us, and ids need no escape: no text that somebody typed can look like the field.
      await sql`
        update journal_commands c set payload = '{"fanId":"erased"}', reason = '', reply = '{}'
        from (${fans}) f where strpos(c.payload, '"fanId":"' || f.fan_id || '"') > 0`.execute(trx);
    });
  }

  const takers: Readonly<Record<ShippedKind, (rows: string) => Promise<unknown>>> = {
    lines: (rows) =>
      sql`
        insert into journal_lines
        select l.* from json_populate_recordset(null::journal_lines, ${rows}::json) l
        where not exists (select from journal_erasures e where e.fan_id = l.author_id and e.at_ms >= l.at_ms)
        on conflict (id) do nothing`.execute(db),
    removals: (rows) =>
      sql`
        insert into journal_removals as r
        select * from json_populate_recordset(null::journal_removals, ${rows}::json)
        on conflict (event_id, kind, target) do update set before_ms = excluded.before_ms
        where r.before_ms < excluded.before_ms`.execute(db),
    commands: (rows) => takeCommands(db, rows),
    facts: (rows) =>
      sql`
        insert into journal_facts
        select * from json_populate_recordset(null::journal_facts, ${rows}::json)
        on conflict do nothing`.execute(db),
    stages: (rows) => takeStages(db, rows),
    erasures: erase,
  };

  return {
    async take(kind, rows) {
      await takers[kind](rows);
    },
    close: () => db.destroy(),
  };
}
