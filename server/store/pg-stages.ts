/** What the database knows of the stages: the newest epoch and snapshot of each event, and the fence that a woken stage meets. */
import { type Kysely, sql, type Transaction } from 'kysely';
import { PartyError } from '../../core/errors.ts';
import type { EventStore, StageRecords } from '../../rooms/ports.ts';
import type { EventId } from '../../schemas/ids.ts';
import { type CommandEntry, StageSnapshot } from '../../schemas/stage.ts';
import { eventStoreOver } from './event-store.ts';
import { type PgDatabase, sharedTables } from './pg-schema.ts';

/** The writes of `EventStore` that a stage does. */
export type StageWrites = Pick<EventStore, 'setEventState' | 'saveInvite' | 'revokeStaff' | 'saveLabelBan' | 'liftLabelBan'>;

export interface PgStages extends StageRecords {
  /** What the stage of this epoch writes to the event store; refused with `stage_unavailable` once a newer one was seen. */
  asStage(eventId: EventId, epoch: number): StageWrites;
}

export function pgStages(db: Kysely<PgDatabase>): PgStages {
  return {
    async newest(eventId) {
      const row = await db.selectFrom('stages').select(['epoch', 'snapshot']).where('event_id', '=', eventId).executeTakeFirst();
      if (row === undefined) return { epoch: 0, snapshot: null };
      return { epoch: row.epoch, snapshot: row.snapshot === null ? null : StageSnapshot.parse(JSON.parse(row.snapshot)) };
    },
    async keep(snapshot, entry) {
      const { eventId: event_id, epoch, seq } = snapshot;
      const row = { event_id, epoch, snapshot_epoch: epoch, snapshot_seq: seq, snapshot: JSON.stringify(snapshot) };
      await takeStages(db, JSON.stringify([row]));
      if (entry !== null) await takeCommands(db, rowsOf([entry]));
    },
    async keepCommands(entries) {
      await takeCommands(db, rowsOf(entries));
    },
    asStage(eventId, epoch) {
      const fenced = <T>(write: (events: EventStore) => Promise<T>): Promise<T> =>
        db.transaction().execute(async (trx) => {
          await assertNewest(trx, eventId, epoch);
          return write(eventStoreOver(sharedTables(trx)));
        });
      return {
        setEventState: (...args) => fenced((events) => events.setEventState(...args)),
        saveInvite: (...args) => fenced((events) => events.saveInvite(...args)),
        revokeStaff: (...args) => fenced((events) => events.revokeStaff(...args)),
        saveLabelBan: (...args) => fenced((events) => events.saveLabelBan(...args)),
        liftLabelBan: (...args) => fenced((events) => events.liftLabelBan(...args)),
      };
    },
  };
}

/** Locks the event's row until the transaction ends: a newer stage's record waits for the write, or the write is refused. */
async function assertNewest(trx: Transaction<PgDatabase>, eventId: EventId, epoch: number): Promise<void> {
  const row = await trx.selectFrom('stages').select('epoch').where('event_id', '=', eventId).forShare().executeTakeFirst();
  if (row !== undefined && row.epoch > epoch) {
    throw new PartyError('stage_unavailable', 'Another stage has taken the event over.');
  }
}

/** Equal counts as newer: the same snapshot without somebody who was erased. */
const isNewer = sql`(excluded.snapshot is not null
  and (excluded.snapshot_epoch, excluded.snapshot_seq) >= (s.snapshot_epoch, s.snapshot_seq))`;

/**
 * Takes rows of stages as JSON: of each event the newest, by epoch and seq. One that is older than the newest epoch is refused,
 * whichever way it comes.
 */
export async function takeStages(db: Kysely<PgDatabase>, rows: string): Promise<void> {
  await sql`
    insert into stages as s (event_id, epoch, snapshot_epoch, snapshot_seq, snapshot, saved_at_ms)
    select event_id, epoch, snapshot_epoch, snapshot_seq, snapshot, saved_at_ms
    from json_populate_recordset(null::stages, ${rows}::json)
    on conflict (event_id) do update set
      epoch = excluded.epoch,
      snapshot_epoch = case when ${isNewer} then excluded.snapshot_epoch else s.snapshot_epoch end,
      snapshot_seq = case when ${isNewer} then excluded.snapshot_seq else s.snapshot_seq end,
      snapshot = case when ${isNewer} then excluded.snapshot else s.snapshot end,
      saved_at_ms = case when ${isNewer} then excluded.saved_at_ms else s.saved_at_ms end
    where excluded.epoch >= s.epoch`.execute(db);
}

/** Takes rows of commands as JSON, each once. */
export async function takeCommands(db: Kysely<PgDatabase>, rows: string): Promise<void> {
  await sql`
    insert into journal_commands select * from json_populate_recordset(null::journal_commands, ${rows}::json)
    on conflict (id) do nothing`.execute(db);
}

function rowsOf(entries: readonly CommandEntry[]): string {
  return JSON.stringify(
    entries.map(({ eventId, atMs, staffId, staffName, payload, reply, ...rest }) => ({
      ...rest,
      event_id: eventId,
      at_ms: atMs,
      staff_id: staffId,
      staff_name: staffName,
      payload: JSON.stringify(payload),
      reply: JSON.stringify(reply),
    })),
  );
}
