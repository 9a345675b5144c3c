/** Staff commands and the stage's snapshot, which are written together. Synchronous: runs inside the journal's threads. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { EventId, StaffId } from '../../schemas/ids.ts';
import type { Key } from '../../schemas/section-messages.ts';
import { type CommandEntry, StageSnapshot } from '../../schemas/stage.ts';
import { prepare } from './statement.ts';

const ENTRY = `id, event_id AS eventId, epoch, seq, at_ms AS atMs, staff_id AS staffId, staff_name AS staffName, command,
  payload, reason, result, key, reply`;

export function entryOf(row: Record<string, SQLOutputValue>): CommandEntry {
  return {
    ...row,
    payload: JSON.parse(String(row['payload'])),
    reply: JSON.parse(String(row['reply'])),
  } as unknown as CommandEntry;
}

export function commandTable(db: DatabaseSync) {
  const insert = prepare(
    db,
    `INSERT INTO commands (id, event_id, epoch, seq, at_ms, staff_id, staff_name, command, payload, reason, result, key, reply)
     VALUES (:id, :eventId, :epoch, :seq, :atMs, :staffId, :staffName, :command, :payload, :reason, :result, :key, :reply)
     ON CONFLICT (id) DO NOTHING`,
  );
  const last = prepare(
    db,
    `SELECT ${ENTRY} FROM commands WHERE event_id = :eventId ORDER BY epoch DESC, seq DESC, rowid DESC LIMIT :limit`,
  );
  // A refusal may be followed by the same key done: what was done is the answer that a repeat must get.
  const byKey = prepare(
    db,
    `SELECT ${ENTRY} FROM commands WHERE event_id = :eventId AND staff_id = :staffId AND key = :key
     ORDER BY result = 'done' DESC, rowid LIMIT 1`,
  );
  const nextEpoch = prepare(
    db,
    `INSERT INTO stages (event_id, epoch) VALUES (:eventId, :atLeastEpoch + 1)
     ON CONFLICT (event_id) DO UPDATE SET epoch = max(epoch, :atLeastEpoch) + 1 RETURNING epoch`,
  );
  const read = prepare(db, 'SELECT epoch, snapshot FROM stages WHERE event_id = :eventId');
  const keep = prepare(
    db,
    `INSERT INTO stages (event_id, epoch, snapshot, saved_at_ms) VALUES (:eventId, :epoch, :snapshot, :savedAtMs)
     ON CONFLICT (event_id) DO UPDATE SET epoch = excluded.epoch, snapshot = excluded.snapshot, saved_at_ms = excluded.saved_at_ms
     WHERE excluded.epoch >= stages.epoch AND (stages.snapshot IS NULL OR
       (excluded.epoch, excluded.snapshot ->> 'seq') >= (stages.snapshot ->> 'epoch', stages.snapshot ->> 'seq'))`,
  );
  const write = prepare(
    db,
    `UPDATE stages SET snapshot = :snapshot, saved_at_ms = :savedAtMs WHERE event_id = :eventId AND epoch = :epoch
     AND (:knownSeq IS NULL OR snapshot ->> 'epoch' <> :epoch OR snapshot ->> 'seq' = :knownSeq)`,
  );

  function appendCommand(entry: CommandEntry): void {
    insert.run({ ...entry, payload: JSON.stringify(entry.payload), reply: JSON.stringify(entry.reply) });
  }

  function newest(eventId: EventId): { epoch: number; snapshot: StageSnapshot | null } {
    const row = read.get({ eventId });
    const snapshot = row?.['snapshot'];
    return {
      epoch: Number(row?.['epoch'] ?? 0),
      snapshot: typeof snapshot === 'string' ? StageSnapshot.parse(JSON.parse(snapshot)) : null,
    };
  }

  return {
    appendCommand,
    lastCommands(eventId: EventId, limit: number): CommandEntry[] {
      return last.all({ eventId, limit }).map(entryOf).toReversed();
    },
    findCommandByKey(eventId: EventId, staffId: StaffId, key: Key): CommandEntry | null {
      const row = byKey.get({ eventId, staffId, key });
      return row === undefined ? null : entryOf(row);
    },
    acquire(eventId: EventId, atLeastEpoch: number): number {
      return Number(nextEpoch.get({ eventId, atLeastEpoch })?.['epoch']);
    },
    load(eventId: EventId): StageSnapshot | null {
      return newest(eventId).snapshot;
    },
    newest,
    /** What a stage committed elsewhere; older than what is here, it leaves the snapshot alone. */
    keep(snapshot: StageSnapshot, entry: CommandEntry | null, savedAtMs: number): void {
      const { eventId, epoch } = snapshot;
      keep.run({ eventId, epoch, snapshot: JSON.stringify(snapshot), savedAtMs });
      if (entry !== null) appendCommand(entry);
    },
    keepCommands(entries: readonly CommandEntry[]): void {
      for (const entry of entries) appendCommand(entry);
    },
    /** `knownSeq`: what its stage knows to be stored, null before its first commit. Anything else was stored behind its back. */
    commit(
      snapshot: StageSnapshot,
      entry: CommandEntry | null,
      knownSeq: number | null,
      savedAtMs: number,
    ): 'committed' | 'fenced' {
      const { eventId, epoch } = snapshot;
      const { changes } = write.run({ eventId, epoch, snapshot: JSON.stringify(snapshot), knownSeq, savedAtMs });
      if (changes === 0) return 'fenced';
      if (entry !== null) appendCommand(entry);
      return 'committed';
    },
  };
}
