/** Personal data in PostgreSQL, where the journals of all processes come together: what is kept of a fan, and its end. */
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { FanRecord, PersonalRecords } from '../../rooms/ports.ts';
import { StageSnapshot } from '../../schemas/stage.ts';
import { openPgJournal } from './pg-journal.ts';
import { openPgPool, type PgOptions } from './pg-pool.ts';
import type { PgDatabase } from './pg-schema.ts';
import { withoutFan } from './record-table.ts';

/** Whoever runs the house waits for this, no room does. */
const STATEMENT_MS = 30_000;
/** Rows that one statement deletes at most: short enough to be in nobody's way. */
const PRUNE_ROWS = 5_000;

export interface OpenPgRecords {
  readonly records: PersonalRecords;
  close(): Promise<void>;
}

/** The database must be migrated; it is not reached before the first call. */
export function openPgRecords(options: PgOptions): OpenPgRecords {
  const patient = { ...options, statementMs: STATEMENT_MS };
  const db = new Kysely<PgDatabase>({ dialect: new PostgresDialect({ pool: openPgPool({ ...patient, max: 1 }) }) });
  const sink = openPgJournal(patient);
  const { clock } = options;

  const records: PersonalRecords = {
    async export(fanId) {
      const lines = await sql<FanRecord['lines'][number]>`
        select event_id as "eventId", id, name, text, at_ms as "atMs", reply_to as "replyTo", section, fate,
          address_hash as "addressHash"
        from journal_lines where author_id = ${fanId} order by at_ms`.execute(db);
      const commands = await sql<FanRecord['commands'][number] & { payload: string; reply: string }>`
        select id, event_id as "eventId", epoch::double precision as epoch, seq::double precision as seq, at_ms as "atMs",
          staff_id as "staffId", staff_name as "staffName", command, payload, reason, result, key, reply
        from journal_commands where strpos(payload, ${`"fanId":"${fanId}"`}) > 0 order by at_ms`.execute(db);
      return {
        lines: lines.rows,
        commands: commands.rows.map((row) => ({ ...row, payload: JSON.parse(row.payload), reply: JSON.parse(row.reply) })),
      };
    },

    async erase(fanId) {
      const { rows } = await sql<{ lines: number }>`
        select count(*)::integer as lines from journal_lines where author_id = ${fanId}`.execute(db);
      await sink.take('erasures', JSON.stringify([{ fan_id: fanId, at_ms: clock.nowMs() }]));
      const stages = await sql<{ eventId: string; snapshot: string }>`
        select event_id as "eventId", snapshot from stages where strpos(snapshot, ${fanId}) > 0`.execute(db);
      for (const { eventId, snapshot } of stages.rows) {
        const held = StageSnapshot.parse(JSON.parse(snapshot));
        if (!held.ended) continue;
        const kept = JSON.stringify(withoutFan(held, fanId));
        await sql`update stages set snapshot = ${kept} where event_id = ${eventId} and snapshot = ${snapshot}`.execute(db);
      }
      return rows[0]?.lines ?? 0;
    },

    async prune(beforeMs) {
      const events = await db.selectFrom('events').select('id').execute();
      let total = 0;
      // In this order: a mark goes after every line that it could have removed.
      for (const { id } of events) {
        for (const [table, moment] of PRUNED) {
          for (let gone = PRUNE_ROWS; gone === PRUNE_ROWS; total += gone) {
            const { numAffectedRows } = await sql`
              delete from ${sql.table(table)} where ctid = any(array(
                select ctid from ${sql.table(table)} where event_id = ${id} and ${sql.ref(moment)} < ${beforeMs}
                limit ${PRUNE_ROWS}))`.execute(db);
            gone = Number(numAffectedRows);
          }
        }
      }
      // The epoch stays: it must never be given twice.
      const rest = [
        sql`update stages set snapshot = null
          where saved_at_ms < ${beforeMs} and snapshot is not null and (snapshot::json ->> 'ended')::boolean`,
        sql`delete from journal_erasures where at_ms < ${beforeMs}`,
      ];
      for (const query of rest) total += Number((await query.execute(db)).numAffectedRows);
      return total;
    },
  };
  return {
    records,
    async close() {
      await sink.close();
      await db.destroy();
    },
  };
}

const PRUNED = [
  ['journal_lines', 'at_ms'],
  ['journal_commands', 'at_ms'],
  ['journal_facts', 'at_ms'],
  ['journal_removals', 'before_ms'],
] as const;
