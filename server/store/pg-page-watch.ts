/**
 * Looks once a second at which page rows were written since, so that a change that nobody told of over the bus (a hand at psql,
 * another program, a message that was lost) is seen too.
 */
import { type Kysely, sql } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import { inBackground } from '../../rooms/in-background.ts';
import type { Log } from '../../rooms/ports.ts';
import { PageChanged } from '../../schemas/bus-messages.ts';
import type { PgDatabase } from './pg-schema.ts';

const LOOK_EVERY_MS = 1_000;

export interface PageWrite {
  /** Differs from one write of the row to the next. */
  readonly version: string;
  readonly change: PageChanged;
}

export interface PageWrites {
  readonly writes: readonly PageWrite[];
  /** To be given with the next question. */
  readonly mark: string;
}

export interface WrittenPages {
  /**
   * Every row that a transaction wrote which was not over at `mark`: none is missed, some come twice. Without a mark there are no
   * writes yet.
   */
  pagesSince(mark: string | undefined): Promise<PageWrites>;
}

/**
 * By the transaction that wrote the row, which PostgreSQL keeps with it: no column, no trigger, no session. A row is asked for by
 * its age in transactions, since their numbers wrap around.
 */
export function pgWrittenPages(db: Kysely<PgDatabase>): WrittenPages {
  return {
    async pagesSince(mark) {
      const { rows } = await sql<{ mark: string; slug: string | null; labelId: string; labelName: string; version: string }>`
        with now as (select pg_snapshot_xmin(pg_current_snapshot())::xid as mark)
        select mark::text, slug, label_id as "labelId", label_name as "labelName", event_pages.xmin::text as version
        from now left join event_pages on age(event_pages.xmin) <= age(${mark ?? null}::text::xid)`.execute(db);
      const writes = rows
        .filter(({ slug }) => slug !== null)
        .map(({ slug, labelId, labelName, version }) => ({
          version,
          change: PageChanged.parse({ kind: 'page-changed', slug, labelId, labelName }),
        }));
      return { writes, mark: rows[0]?.mark ?? '' };
    },
  };
}

export interface PageWatchDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly written: WrittenPages;
  readonly onChange: (change: PageChanged) => void;
}

/** Resolves once it knows where it begins: what is written from then on is told, each write once. Call the result to stop. */
export async function watchPages({ clock, log, written, onChange }: PageWatchDeps): Promise<() => void> {
  let { mark } = await written.pagesSince(undefined);
  let told = new Set<string>();
  let isLooking = false;
  const look = async () => {
    const { writes, mark: next } = await written.pagesSince(mark);
    const fresh = writes.filter((write) => !told.has(nameOf(write)));
    told = new Set(writes.map(nameOf));
    mark = next;
    for (const { change } of fresh) onChange(change);
  };
  return clock.every(LOOK_EVERY_MS, () => {
    if (isLooking) return;
    isLooking = true;
    const looking = look().finally(() => {
      isLooking = false;
    });
    inBackground(looking, log, 'could not see which pages were written');
  });
}

function nameOf({ version, change }: PageWrite): string {
  return `${version} ${change.slug}`;
}
