/** What an event's pages need, from one row that the database keeps. */
import type { Kysely } from 'kysely';
import type { EventStore } from '../../rooms/ports.ts';
import type { Slug } from '../../schemas/ids.ts';
import { type EventPage, pageOf } from './event-rows.ts';
import type { PgDatabase } from './pg-schema.ts';

export interface EventPages {
  /** One query, one row. */
  pageBySlug(slug: Slug): Promise<EventPage | null>;
  /** Pages that are likely to be asked for: not over, those whose doors open (or opened) closest to `aroundMs` first. */
  likelyPages(aroundMs: number, limit: number): Promise<EventPage[]>;
}

export function pgPages(db: Kysely<PgDatabase>): EventPages {
  const all = () => db.selectFrom('event_pages').selectAll();
  return {
    async pageBySlug(slug) {
      const row = await all().where('slug', '=', slug).executeTakeFirst();
      return row === undefined ? null : pageOf(row);
    },
    async likelyPages(aroundMs, limit) {
      const rows = await all()
        .where('state', '<>', 'ended')
        .orderBy(({ fn, eb }) => fn('abs', [eb('doors_at_ms', '-', aroundMs)]))
        .limit(limit)
        .execute();
      return rows.map(pageOf);
    },
  };
}

/** The same from a store that keeps no such rows. */
export function storedPages(events: Pick<EventStore, 'eventBySlug' | 'openEvents'>): EventPages {
  return {
    pageBySlug: (slug) => events.eventBySlug(slug),
    async likelyPages(aroundMs, limit) {
      const open = await events.openEvents();
      return open.toSorted((a, b) => Math.abs(a.doorsAtMs - aroundMs) - Math.abs(b.doorsAtMs - aroundMs)).slice(0, limit);
    },
  };
}
