/** What PostgreSQL has besides the tables that every dialect has: page rows, and the journals of all processes in one place. */
import { type Kysely, type Migration, sql } from 'kysely';
import { EVENT_MIGRATIONS, type EventDatabase, type EventPageTable } from './event-schema.ts';

/** What is known of an event's stage: the newest epoch that was claimed, and the newest snapshot. */
export interface StageTable {
  event_id: string;
  epoch: number;
  snapshot_epoch: number;
  snapshot_seq: number;
  /** JSON; null before the first commit, and again once it is past its retention. */
  snapshot: string | null;
  saved_at_ms: number | null;
}

/** A transaction's type does not widen by itself: where the code of every dialect is meant, say so. */
export function sharedTables(db: Kysely<PgDatabase>): Kysely<EventDatabase> {
  return db;
}

export interface PgDatabase extends EventDatabase {
  event_pages: EventPageTable;
  stages: StageTable;
}

const PAGE_COLUMNS = sql.raw('id, label_id, slug, title, artist, theme, doors_at_ms, state, emojis, allowed_origins');
const PAGE_CHANGES = sql.raw(
  'title, artist, theme, doors_at_ms, state, emojis, allowed_origins'
    .split(', ')
    .map((column) => `${column} = excluded.${column}`)
    .join(', '),
);

/**
 * Kept by triggers, so that whoever writes an event keeps its page: this version, an older one during a deploy, and a hand at
 * psql. The label's row is locked first: a rename and a new event at the same moment wait for each other.
 */
async function pages(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table event_pages (
      slug text primary key, id text not null unique, label_id text not null, label_name text not null, title text not null,
      artist text not null, theme text not null, doors_at_ms double precision not null, state text not null,
      emojis text not null, allowed_origins text not null
    )`.execute(db);
  await sql`create index event_pages_by_label on event_pages (label_id)`.execute(db);
  await sql`create index event_pages_by_doors on event_pages (doors_at_ms) where state <> 'ended'`.execute(db);
  await sql`
    create function keep_event_page() returns trigger language plpgsql as $$
    declare the_label text;
    begin
      if tg_op <> 'INSERT' then
        delete from event_pages where slug = old.slug and (tg_op = 'DELETE' or slug <> new.slug);
        if tg_op = 'DELETE' then return null; end if;
      end if;
      select name into the_label from labels where id = new.label_id for share;
      insert into event_pages (${PAGE_COLUMNS}, label_name)
      values (new.id, new.label_id, new.slug, new.title, new.artist, new.theme, new.doors_at_ms, new.state, new.emojis,
        new.allowed_origins, the_label)
      on conflict (slug) do update set label_id = excluded.label_id, label_name = excluded.label_name, ${PAGE_CHANGES};
      return null;
    end $$`.execute(db);
  await sql`
    create trigger keep_event_page after insert or update or delete on events
    for each row execute function keep_event_page()`.execute(db);
  await sql`
    create function keep_label_pages() returns trigger language plpgsql as $$
    begin
      update event_pages set label_name = new.name where label_id = new.id;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger keep_label_pages after update of name on labels
    for each row when (old.name is distinct from new.name) execute function keep_label_pages()`.execute(db);
  await sql`
    insert into event_pages (${PAGE_COLUMNS}, label_name)
    select e.id, e.label_id, e.slug, e.title, e.artist, e.theme, e.doors_at_ms, e.state, e.emojis, e.allowed_origins, l.name
    from events e join labels l on l.id = e.label_id`.execute(db);
}

/**
 * Lines are unique by id alone: a key that was sent twice, to a process that died before it could answer and to another, is two
 * lines, and the one that was acknowledged must be here.
 */
async function journal(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table journal_lines (
      id text primary key, event_id text not null, author_id text not null, key text not null, name text not null,
      role text not null, text text not null, folded text not null, at_ms double precision not null, reply_to text not null,
      section text not null, seq bigint not null, fate text not null, address_hash text
    )`.execute(db);
  await sql`create index journal_lines_by_time on journal_lines (event_id, at_ms)`.execute(db);
  await sql`create index journal_lines_by_author on journal_lines (author_id, event_id)`.execute(db);
  await sql`
    create table journal_removals (
      event_id text not null, kind text not null, target text not null, before_ms double precision not null,
      primary key (event_id, kind, target)
    )`.execute(db);
  await sql`
    create table journal_commands (
      id text primary key, event_id text not null, epoch bigint not null, seq bigint not null, at_ms double precision not null,
      staff_id text not null, staff_name text not null, command text not null, payload text not null, reason text not null,
      result text not null, key text, reply text not null
    )`.execute(db);
  await sql`create index journal_commands_by_place on journal_commands (event_id, epoch, seq)`.execute(db);
  await sql`create index journal_commands_by_key on journal_commands (event_id, staff_id, key) where key is not null`.execute(db);
  await sql`
    create table journal_facts (
      event_id text not null, section text not null, at_ms double precision not null, fans integer not null,
      joins integer not null, leaves integer not null, lines integer not null, reactions integer not null,
      primary key (event_id, at_ms, section)
    )`.execute(db);
  await sql`create table journal_erasures (fan_id text primary key, at_ms double precision not null)`.execute(db);
  await sql`
    create table stages (
      event_id text primary key, epoch integer not null, snapshot_epoch integer not null, snapshot_seq integer not null,
      snapshot text, saved_at_ms double precision
    )`.execute(db);
}

/** By number, those that every dialect has first. */
export const PG_MIGRATIONS: Readonly<Record<string, Migration>> = {
  ...EVENT_MIGRATIONS,
  'pg-0001-event-pages': { up: pages },
  'pg-0002-journal': { up: journal },
};
