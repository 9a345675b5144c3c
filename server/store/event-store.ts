/** The event store over Kysely: the same code for every dialect that passes `tests/contract/event-store.ts`. */
import type { Kysely } from 'kysely';
import type { EventStore, Invite, PartyEvent, PersonalBans } from '../../rooms/ports.ts';
import { banOf, banRow, eventOf, eventRow, inviteHash, staffOfRow, staffRow } from './event-rows.ts';
import type { EventDatabase } from './event-schema.ts';

export interface OpenEventStore {
  readonly store: EventStore & PersonalBans;
  close(): Promise<void>;
}

/** `db` is migrated already; closing the store closes it. */
export function openEventStore(db: Kysely<EventDatabase>): OpenEventStore {
  return { store: eventStoreOver(db), close: () => db.destroy() };
}

/** The store over a database, or within a transaction that its caller ends. */
export function eventStoreOver(db: Kysely<EventDatabase>): EventStore & PersonalBans {
  return { ...events(db), ...invites(db), ...labelBans(db), ...personalBans(db) };
}

/** Joins the caller's transaction if there is one. */
function together<T>(db: Kysely<EventDatabase>, run: (trx: Kysely<EventDatabase>) => Promise<T>): Promise<T> {
  return db.isTransaction ? run(db) : db.transaction().execute(run);
}

function events(db: Kysely<EventDatabase>) {
  const all = (from: Kysely<EventDatabase> = db) =>
    from
      .selectFrom('events')
      .innerJoin('labels', 'labels.id', 'events.label_id')
      .selectAll('events')
      .select('labels.name as label_name');

  return {
    async eventBySlug(slug) {
      const row = await all().where('slug', '=', slug).executeTakeFirst();
      return row === undefined ? null : eventOf(row);
    },
    async eventById(id) {
      const row = await all().where('events.id', '=', id).executeTakeFirst();
      return row === undefined ? null : eventOf(row);
    },
    async openEvents() {
      const rows = await all().where('state', '<>', 'ended').orderBy('doors_at_ms').orderBy('slug').execute();
      return rows.map(eventOf);
    },
    /** The label's id, too, stays that of the first: bans hang on it. */
    saveEvent(event: PartyEvent): Promise<PartyEvent> {
      return together(db, async (trx) => {
        const known = await trx.selectFrom('events').select('label_id').where('slug', '=', event.slug).executeTakeFirst();
        const label = { id: known?.label_id ?? event.labelId, name: event.labelName };
        await trx
          .insertInto('labels')
          .values(label)
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ name: label.name }))
          .execute();
        const { id, label_id: _labelId, ...row } = eventRow(event);
        await trx
          .insertInto('events')
          .values({ ...row, id, label_id: label.id })
          .onConflict((conflict) => conflict.column('slug').doUpdateSet(row))
          .execute();
        return eventOf(await all(trx).where('slug', '=', event.slug).executeTakeFirstOrThrow());
      });
    },
    async setEventState(id, state) {
      await db.updateTable('events').set({ state }).where('id', '=', id).execute();
    },
  } satisfies Partial<EventStore>;
}

function invites(db: Kysely<EventDatabase>) {
  return {
    /** Saved again, it takes the new staff record; what was opened stays opened. */
    async saveInvite({ id, eventId, staff, rank, openedAtMs }) {
      const { event_id: _eventId, id: _id, ...member } = staffRow(eventId, { ...staff, rank });
      await together(db, async (trx) => {
        await trx
          .insertInto('staff')
          .values({ event_id: eventId, id: staff.id, ...member })
          .onConflict((conflict) => conflict.columns(['event_id', 'id']).doUpdateSet(member))
          .execute();
        await trx
          .insertInto('invites')
          .values({ id_hash: inviteHash(id), event_id: eventId, staff_id: staff.id, opened_at_ms: openedAtMs })
          .onConflict((conflict) => conflict.column('id_hash').doNothing())
          .execute();
      });
    },
    async openInvite(eventId, id, nowMs): Promise<Invite | null> {
      const hash = inviteHash(id);
      // One statement decides: of two who open it at once, one finds it opened.
      const { numUpdatedRows } = await db
        .updateTable('invites')
        .set({ opened_at_ms: nowMs })
        .where('id_hash', '=', hash)
        .where('event_id', '=', eventId)
        .where('opened_at_ms', 'is', null)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('staff')
              .select('staff.id')
              .whereRef('staff.event_id', '=', 'invites.event_id')
              .whereRef('staff.id', '=', 'invites.staff_id')
              .where('staff.revoked', '=', 0)
              .where(({ or, eb }) => or([eb('staff.until_ms', 'is', null), eb('staff.until_ms', '>', nowMs)])),
          ),
        )
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return null;
      const row = await db
        .selectFrom('invites')
        .innerJoin('staff', (join) =>
          join.onRef('staff.event_id', '=', 'invites.event_id').onRef('staff.id', '=', 'invites.staff_id'),
        )
        .selectAll('staff')
        .where('id_hash', '=', hash)
        .executeTakeFirstOrThrow();
      const staff = staffOfRow(row);
      return { id, eventId, staff, rank: staff.rank, openedAtMs: nowMs };
    },
    async staffOf(eventId) {
      const rows = await db
        .selectFrom('staff')
        .selectAll()
        .where('event_id', '=', eventId)
        .orderBy('name')
        .orderBy('id')
        .execute();
      return rows.map(staffOfRow);
    },
    async revokeStaff(eventId, staffId) {
      await db.updateTable('staff').set({ revoked: 1 }).where('event_id', '=', eventId).where('id', '=', staffId).execute();
    },
  } satisfies Partial<EventStore>;
}

function labelBans(db: Kysely<EventDatabase>) {
  return {
    async saveLabelBan(ban) {
      const { label_id, fan_id, ...rest } = banRow(ban);
      await db
        .insertInto('label_bans')
        .values({ label_id, fan_id, ...rest })
        .onConflict((conflict) => conflict.columns(['label_id', 'fan_id']).doUpdateSet(rest))
        .execute();
    },
    async liftLabelBan(labelId, fanId) {
      await db.deleteFrom('label_bans').where('label_id', '=', labelId).where('fan_id', '=', fanId).execute();
    },
    async labelBans(labelId, nowMs) {
      const rows = await db
        .selectFrom('label_bans')
        .selectAll()
        .where('label_id', '=', labelId)
        .where(({ or, eb }) => or([eb('until_ms', 'is', null), eb('until_ms', '>', nowMs)]))
        .orderBy('at_ms')
        .orderBy('fan_id')
        .execute();
      return rows.map(banOf);
    },
  } satisfies Partial<EventStore>;
}

function personalBans(db: Kysely<EventDatabase>): PersonalBans {
  return {
    async labelBansOf(fanId) {
      const rows = await db.selectFrom('label_bans').selectAll().where('fan_id', '=', fanId).orderBy('at_ms').execute();
      return rows.map(banOf);
    },
    /** What holds goes on holding: the fan's id and network say enough for that. */
    eraseFan(fanId, nowMs) {
      return together(db, async (trx) => {
        const over = await trx
          .deleteFrom('label_bans')
          .where('fan_id', '=', fanId)
          .where('until_ms', '<=', nowMs)
          .executeTakeFirstOrThrow();
        const held = await trx
          .updateTable('label_bans')
          .set({ name: '', reason: '' })
          .where('fan_id', '=', fanId)
          .executeTakeFirstOrThrow();
        return Number(over.numDeletedRows + held.numUpdatedRows);
      });
    },
    async pruneLabelBans(beforeMs) {
      const { numDeletedRows } = await db.deleteFrom('label_bans').where('until_ms', '<', beforeMs).executeTakeFirstOrThrow();
      return Number(numDeletedRows);
    },
  };
}
