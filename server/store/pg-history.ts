/** What the journals of all processes say together, as far as they were shipped. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Journal } from '../../rooms/ports.ts';
import type { CommandEntry } from '../../schemas/stage.ts';
import { containing } from './line-table.ts';
import type { PgDatabase } from './pg-schema.ts';

/** What is read of a journal, other than by a fan's key. */
export type History = Pick<Journal, 'findLine' | 'lastShown' | 'history' | 'lastCommands' | 'findCommandByKey' | 'facts'>;

const LINE = sql.raw(`l.id, l.event_id as "eventId", l.author_id as "fanId", l.key, l.name, l.role, l.text, l.at_ms as "atMs",
  l.reply_to as "replyTo", l.section, l.seq::double precision as seq, l.fate, l.address_hash as "addressHash"`);

const REMOVED = sql.raw(`exists (
  select from journal_removals r where r.event_id = l.event_id and (
    (r.kind = 'line' and r.target = l.id)
    or (r.kind = 'fan' and r.target = l.author_id and r.before_ms >= l.at_ms)
    or (r.kind = 'all' and r.target = '' and r.before_ms >= l.at_ms)))`);

const ENTRY = sql.raw(`id, event_id as "eventId", epoch::double precision as epoch, seq::double precision as seq,
  at_ms as "atMs", staff_id as "staffId", staff_name as "staffName", command, payload, reason, result, key, reply`);

export function pgHistory(db: Kysely<PgDatabase>): History {
  const all = async <Row>(query: RawBuilder<unknown>): Promise<Row[]> => (await query.execute(db)).rows as Row[];
  return {
    async findLine(eventId, lineId) {
      const [line] = await all<never>(
        sql`select ${LINE} from journal_lines l where l.id = ${lineId} and l.event_id = ${eventId}`,
      );
      return line ?? null;
    },
    async lastShown(eventId, limit) {
      const lines = await all<never>(sql`
        select ${LINE} from journal_lines l where l.event_id = ${eventId} and l.fate = 'event' and not ${REMOVED}
        order by l.at_ms desc, l.section desc, l.seq desc limit ${limit}`);
      return lines.toReversed();
    },
    history(eventId, { fanId = null, text, beforeMs = null, limit }) {
      const pattern = text === undefined ? null : containing(text);
      return all(sql`
        select l.id, l.author_id as "fanId", l.name, l.role, l.text, l.at_ms as "atMs", l.reply_to as "replyTo", l.section, l.fate,
          ${REMOVED} as removed
        from journal_lines l
        where l.event_id = ${eventId}
          and (${fanId}::text is null or l.author_id = ${fanId})
          and (${beforeMs}::double precision is null or l.at_ms < ${beforeMs})
          and (${pattern}::text is null or l.folded like ${pattern} escape '\\')
        order by l.at_ms desc, l.section desc, l.seq desc limit ${limit}`);
    },
    async lastCommands(eventId, limit) {
      const rows = await all<StoredEntry>(sql`
        select ${ENTRY} from journal_commands where event_id = ${eventId}
        order by epoch desc, seq desc, at_ms desc limit ${limit}`);
      return rows.map(entryOf).toReversed();
    },
    async findCommandByKey(eventId, staffId, key) {
      const [row] = await all<StoredEntry>(sql`
        select ${ENTRY} from journal_commands where event_id = ${eventId} and staff_id = ${staffId} and key = ${key}
        order by result = 'done' desc, at_ms limit 1`);
      return row === undefined ? null : entryOf(row);
    },
    facts(eventId, sinceMs, stepMs) {
      return all(sql`
        select step * ${stepMs}::double precision as "atMs", sum(fans)::double precision as fans,
          sum(joins)::double precision as joins, sum(leaves)::double precision as leaves,
          sum(lines)::double precision as lines, sum(reactions)::double precision as reactions
        from (
          select floor(at_ms / ${stepMs}) as step, section, (array_agg(fans order by at_ms desc))[1] as fans,
            sum(joins) as joins, sum(leaves) as leaves, sum(lines) as lines, sum(reactions) as reactions
          from journal_facts where event_id = ${eventId} and at_ms >= ${sinceMs} group by step, section
        ) steps group by step order by step`);
    },
  };
}

type StoredEntry = Omit<CommandEntry, 'payload' | 'reply'> & { readonly payload: string; readonly reply: string };

function entryOf({ payload, reply, ...entry }: StoredEntry): CommandEntry {
  return { ...entry, payload: JSON.parse(payload) as CommandEntry['payload'], reply: JSON.parse(reply) as CommandEntry['reply'] };
}
