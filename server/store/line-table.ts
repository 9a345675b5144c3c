/** Lines and their removal marks. Synchronous: runs inside the journal's threads. */
import type { DatabaseSync } from 'node:sqlite';
import { PartyError } from '../../core/errors.ts';
import type { HistoryQuery, JournalLine } from '../../rooms/ports.ts';
import type { EventId, FanId, LineId } from '../../schemas/ids.ts';
import type { Key } from '../../schemas/section-messages.ts';
import type { HistoryLine } from '../../schemas/stage.ts';
import { prepare } from './statement.ts';

/** What a search compares: compatibility forms and case are the same letter. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** A LIKE pattern that finds `text` anywhere, taken literally; used with ESCAPE '\'. */
export function containing(text: string): string {
  return `%${fold(text).replace(/[\\%_]/g, '\\$&')}%`;
}

const LINE = `l.id, l.event_id AS eventId, l.author_id AS fanId, l.key, l.name, l.role, l.text, l.at_ms AS atMs,
  l.reply_to AS replyTo, l.section, l.seq, l.fate, l.address_hash AS addressHash`;

/**
 * Marks are kept apart from lines and joined when read: a mark holds for a line that reaches the journal after it, be it
 * late in the queue or taken over from another process.
 */
const REMOVED = `(
  EXISTS (SELECT 1 FROM removals r WHERE r.event_id = l.event_id AND r.kind = 'line' AND r.target = l.id)
  OR EXISTS (SELECT 1 FROM removals r WHERE r.event_id = l.event_id AND r.kind = 'fan' AND r.target = l.author_id AND r.before_ms >= l.at_ms)
  OR EXISTS (SELECT 1 FROM removals r WHERE r.event_id = l.event_id AND r.kind = 'all' AND r.target = '' AND r.before_ms >= l.at_ms))`;

export function lineTable(db: DatabaseSync) {
  const insert = prepare(
    db,
    `INSERT INTO lines (id, event_id, author_id, key, name, role, text, folded, at_ms, reply_to, section, seq, fate, address_hash)
     VALUES (:id, :eventId, :fanId, :key, :name, :role, :text, :folded, :atMs, :replyTo, :section, :seq, :fate, :addressHash)
     ON CONFLICT DO NOTHING`,
  );
  const byKey = prepare(
    db,
    `SELECT ${LINE} FROM lines l WHERE l.author_id = :authorId AND l.event_id = :eventId AND l.key = :key`,
  );
  const byId = prepare(db, `SELECT ${LINE} FROM lines l WHERE l.id = :lineId AND l.event_id = :eventId`);
  const shown = prepare(
    db,
    `SELECT ${LINE} FROM lines l WHERE l.event_id = :eventId AND l.fate = 'event' AND NOT ${REMOVED}
     ORDER BY l.at_ms DESC, l.rowid DESC LIMIT :limit`,
  );
  const search = prepare(
    db,
    `SELECT l.id, l.author_id AS fanId, l.name, l.role, l.text, l.at_ms AS atMs, l.reply_to AS replyTo, l.section, l.fate,
       ${REMOVED} AS removed
     FROM lines l
     WHERE l.event_id = :eventId
       AND (:fanId IS NULL OR l.author_id = :fanId)
       AND (:beforeMs IS NULL OR l.at_ms < :beforeMs)
       AND (:pattern IS NULL OR l.folded LIKE :pattern ESCAPE '\\')
     ORDER BY l.at_ms DESC, l.rowid DESC LIMIT :limit`,
  );
  const mark = prepare(
    db,
    `INSERT INTO removals (event_id, kind, target, before_ms) VALUES (:eventId, :kind, :target, :beforeMs)
     ON CONFLICT (event_id, kind, target) DO UPDATE SET before_ms = max(before_ms, excluded.before_ms)`,
  );

  return {
    appendLine(line: JournalLine): void {
      const { changes } = insert.run({ ...line, folded: fold(line.text) });
      if (changes === 1 || byId.get({ eventId: line.eventId, lineId: line.id }) !== undefined) return;
      throw new PartyError('repeated', 'This key was used for another line already.');
    },
    findByKey(eventId: EventId, authorId: string, key: Key): JournalLine | null {
      return (byKey.get({ eventId, authorId, key }) as JournalLine | undefined) ?? null;
    },
    findLine(eventId: EventId, lineId: LineId): JournalLine | null {
      return (byId.get({ eventId, lineId }) as JournalLine | undefined) ?? null;
    },
    lastShown(eventId: EventId, limit: number): JournalLine[] {
      return (shown.all({ eventId, limit }) as unknown as JournalLine[]).toReversed();
    },
    /** Marked `atMs`; the line is older, so whatever outlives the mark's retention cannot be the line. */
    removeLine(eventId: EventId, lineId: LineId, atMs: number): void {
      mark.run({ eventId, kind: 'line', target: lineId, beforeMs: atMs });
    },
    removeLinesOf(eventId: EventId, fanId: FanId, beforeMs: number): void {
      mark.run({ eventId, kind: 'fan', target: fanId, beforeMs });
    },
    removeAllLines(eventId: EventId, beforeMs: number): void {
      mark.run({ eventId, kind: 'all', target: '', beforeMs });
    },
    history(eventId: EventId, { fanId, text, beforeMs, limit }: HistoryQuery): HistoryLine[] {
      const pattern = text === undefined ? null : containing(text);
      const rows = search.all({ eventId, fanId: fanId ?? null, beforeMs: beforeMs ?? null, pattern, limit });
      return rows.map((row) => ({ ...row, removed: row['removed'] === 1 })) as unknown as HistoryLine[];
    },
  };
}
