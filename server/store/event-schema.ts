/**
 * The event store's tables, in types and SQL that SQLite and PostgreSQL share: times as double precision in ms, JSON and
 * flags as text and integers. A migration, once released, never changes: append another with the next number.
 */
import type { Kysely, Migration } from 'kysely';

export interface LabelTable {
  id: string;
  name: string;
}

export interface EventTable {
  id: string;
  label_id: string;
  slug: string;
  title: string;
  artist: string;
  /** JSON, as are `emojis`, `reserved_names`, `allowed_origins` and `setlist`. */
  theme: string;
  doors_at_ms: number;
  state: string;
  emojis: string;
  reserved_names: string;
  allowed_origins: string;
  setlist: string;
  autoplay: number;
}

/** All that an event's pages need; in PostgreSQL a table of its own. */
export interface EventPageTable extends Omit<EventTable, 'reserved_names' | 'setlist' | 'autoplay'> {
  label_name: string;
}

export interface StaffTable {
  event_id: string;
  id: string;
  name: string;
  rank: string;
  until_ms: number | null;
  revoked: number;
}

export interface InviteTable {
  /** SHA-256 of the invitation's id: whoever reads the database cannot walk in with it. */
  id_hash: string;
  event_id: string;
  staff_id: string;
  opened_at_ms: number | null;
}

export interface LabelBanTable {
  label_id: string;
  fan_id: string;
  name: string;
  address_hash: string | null;
  at_ms: number;
  until_ms: number | null;
  by_staff_id: string;
  reason: string;
}

export interface EventDatabase {
  labels: LabelTable;
  events: EventTable;
  staff: StaffTable;
  invites: InviteTable;
  label_bans: LabelBanTable;
}

async function first(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('labels')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('events')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('label_id', 'text', (column) => column.notNull().references('labels.id'))
    .addColumn('slug', 'text', (column) => column.notNull().unique())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('artist', 'text', (column) => column.notNull())
    .addColumn('theme', 'text', (column) => column.notNull())
    .addColumn('doors_at_ms', 'double precision', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('emojis', 'text', (column) => column.notNull())
    .addColumn('reserved_names', 'text', (column) => column.notNull())
    .addColumn('allowed_origins', 'text', (column) => column.notNull())
    .addColumn('setlist', 'text', (column) => column.notNull())
    .addColumn('autoplay', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('staff')
    .addColumn('event_id', 'text', (column) => column.notNull().references('events.id'))
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('rank', 'text', (column) => column.notNull())
    .addColumn('until_ms', 'double precision')
    .addColumn('revoked', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('staff_pk', ['event_id', 'id'])
    .execute();
  await db.schema
    .createTable('invites')
    .addColumn('id_hash', 'text', (column) => column.primaryKey())
    .addColumn('event_id', 'text', (column) => column.notNull())
    .addColumn('staff_id', 'text', (column) => column.notNull())
    .addColumn('opened_at_ms', 'double precision')
    .addForeignKeyConstraint('invites_staff_fk', ['event_id', 'staff_id'], 'staff', ['event_id', 'id'])
    .execute();
  await db.schema
    .createTable('label_bans')
    .addColumn('label_id', 'text', (column) => column.notNull())
    .addColumn('fan_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('address_hash', 'text')
    .addColumn('at_ms', 'double precision', (column) => column.notNull())
    .addColumn('until_ms', 'double precision')
    .addColumn('by_staff_id', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('label_bans_pk', ['label_id', 'fan_id'])
    .execute();
}

/** By number; the name is what the database remembers. */
export const EVENT_MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-labels-events-staff': { up: first },
};
