/** Personal data over all tables: what is kept of a fan, and its end. Synchronous: runs inside the journal's threads. */
import type { DatabaseSync } from 'node:sqlite';
import type { FanRecord } from '../../rooms/ports.ts';
import type { FanId } from '../../schemas/ids.ts';
import { StageSnapshot } from '../../schemas/stage.ts';
import { entryOf } from './command-table.ts';
import { prepare } from './statement.ts';

/** Rows that one step of `pruneSome` deletes from a table at most: a step is short, so that lines never wait long behind it. */
const PRUNE_ROWS = 1_000;

/** What a fan's id becomes in the commands that named them. */
const ERASED = 'erased';

/** Each event id of `lines`, found by index instead of by reading every line. */
const LINE_EVENTS = `WITH RECURSIVE e (id) AS (
  SELECT min(event_id) FROM lines
  UNION ALL SELECT (SELECT min(event_id) FROM lines WHERE event_id > e.id) FROM e WHERE e.id IS NOT NULL)`;

export function recordTable(db: DatabaseSync) {
  const lines = prepare(
    db,
    `SELECT event_id AS eventId, id, name, text, at_ms AS atMs, reply_to AS replyTo, section, fate, address_hash AS addressHash
     FROM lines WHERE author_id = :fanId ORDER BY at_ms, rowid`,
  );
  const commands = prepare(
    db,
    `SELECT id, event_id AS eventId, epoch, seq, at_ms AS atMs, staff_id AS staffId, staff_name AS staffName, command, payload,
       reason, result, key, reply
     FROM commands WHERE json_extract(payload, '$.fanId') = :fanId ORDER BY at_ms, rowid`,
  );
  const deleteLines = prepare(db, 'DELETE FROM lines WHERE author_id = :fanId');
  // What was shipped is to be erased there too. The note is deleted as soon as it was shipped itself.
  const noteErasure = prepare(
    db,
    'INSERT INTO erasures (fan_id, at_ms) SELECT :fanId, :atMs WHERE EXISTS (SELECT 1 FROM shipped)',
  );
  const deleteMarks = prepare(db, "DELETE FROM removals WHERE kind = 'fan' AND target = :fanId");
  const blankCommands = prepare(
    db,
    `UPDATE commands SET payload = json_object('fanId', :erased), reason = '', reply = '{}'
     WHERE json_extract(payload, '$.fanId') = :fanId`,
  );
  const snapshots = prepare(db, 'SELECT event_id AS eventId, snapshot FROM stages WHERE instr(snapshot, :fanId) > 0');
  const saveSnapshot = prepare(db, 'UPDATE stages SET snapshot = :snapshot WHERE event_id = :eventId');

  // In this order: a mark goes after every line that it could have removed.
  const pruneSteps = [
    `DELETE FROM lines WHERE rowid IN (${LINE_EVENTS}
       SELECT l.rowid FROM e JOIN lines l ON l.event_id = e.id AND l.at_ms < :beforeMs LIMIT :rows)`,
    'DELETE FROM commands WHERE rowid IN (SELECT rowid FROM commands WHERE at_ms < :beforeMs LIMIT :rows)',
    `DELETE FROM facts WHERE (event_id, at_ms, section) IN
       (SELECT event_id, at_ms, section FROM facts WHERE at_ms < :beforeMs LIMIT :rows)`,
    `DELETE FROM removals WHERE (event_id, kind, target) IN
       (SELECT event_id, kind, target FROM removals WHERE before_ms < :beforeMs LIMIT :rows)`,
    // The epoch stays: it must never be given twice.
    `UPDATE stages SET snapshot = NULL WHERE saved_at_ms < :beforeMs AND json_extract(snapshot, '$.ended') = 1`,
    'DELETE FROM erasures WHERE n IN (SELECT n FROM erasures WHERE at_ms < :beforeMs LIMIT :rows)',
  ].map((sql) => prepare(db, sql));

  return {
    export(fanId: FanId): FanRecord {
      return {
        lines: lines.all({ fanId }) as unknown as FanRecord['lines'],
        commands: commands.all({ fanId }).map(entryOf),
      };
    },
    eraseRows(fanId: FanId, atMs: number): number {
      noteErasure.run({ fanId, atMs });
      const erased = deleteLines.run({ fanId }).changes;
      deleteMarks.run({ fanId });
      blankCommands.run({ fanId, erased: ERASED });
      for (const row of snapshots.all({ fanId })) {
        const snapshot = StageSnapshot.parse(JSON.parse(String(row['snapshot'])));
        if (snapshot.ended)
          saveSnapshot.run({ eventId: snapshot.eventId, snapshot: JSON.stringify(withoutFan(snapshot, fanId)) });
      }
      return erased;
    },
    /** How many rows went; 0 when none are left. */
    pruneSome(beforeMs: number): number {
      for (const step of pruneSteps) {
        const gone = step.run({ beforeMs, rows: PRUNE_ROWS }).changes;
        if (gone > 0) return gone;
      }
      return 0;
    },
  };
}

/** An ended event's snapshot without what it says of this fan. */
export function withoutFan(snapshot: StageSnapshot, fanId: FanId): StageSnapshot {
  const { pinnedLine } = snapshot.policy;
  return {
    ...snapshot,
    sanctions: snapshot.sanctions.filter((sanction) => sanction.fanId !== fanId),
    removals: snapshot.removals.filter(({ removal }) => removal.kind !== 'fan' || removal.fanId !== fanId),
    policy: { ...snapshot.policy, pinnedLine: pinnedLine?.fanId === fanId ? null : pinnedLine },
  };
}
