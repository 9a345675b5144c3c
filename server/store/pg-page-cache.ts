/**
 * Pages of events that no link of this process follows, in memory. However many ask at once, the database is asked once; an edit
 * anywhere is heard over the bus, and what the bus loses is cured by expiry.
 */
import { jitterMs } from '../../core/backoff.ts';
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { type BucketRule, fullBucket, take } from '../../core/token-bucket.ts';
import type { Log } from '../../rooms/ports.ts';
import type { PageChanged } from '../../schemas/bus-messages.ts';
import { Slug } from '../../schemas/ids.ts';
import type { EventPage } from './event-rows.ts';
import type { EventPages } from './pg-pages.ts';

/**
 * A page that nobody changed, and a slug that nobody booked, are asked for anew after this long, ±20%, so that what was loaded
 * together does not expire together.
 */
const EXPIRY_MS = 30_000;
/** While the database is away it is asked again for a page after this long, ±20%. */
const RETRY_MS = 2_000;
const JITTER = 0.2;
const PAGES_MAX = 5_000;
const UNKNOWN_MAX = 2_000;
/** Slugs that are looked up at once. */
const LOOKUPS_MAX = 16;
/** Slugs that were never heard of are looked up no faster: guessing cannot become load on the database. */
const STRANGERS: BucketRule = { capacity: 100, perS: 100 };
/** Pages that are loaded before the process says that it is ready. */
const WARM_PAGES = 1_000;

export interface PageCacheDeps {
  readonly clock: Clock;
  readonly eventNowMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly pages: EventPages;
  readonly log: Log;
}

export interface PageCache {
  /** Undefined when there is no such event. While the database is away the last known page is still given. */
  find(slug: string): Promise<EventPage | undefined>;
  /** What was known of these pages is asked for anew when next wanted: an event was saved, or its label renamed. */
  invalidate(change: PageChanged): void;
  /** Loads what is likely to be asked for, in one query. */
  warm(): Promise<void>;
}

interface Known {
  readonly page: EventPage | undefined;
  readonly expiresAtMs: number;
}

export function createPageCache({ clock, eventNowMs, random, pages, log }: PageCacheDeps): PageCache {
  const known = boundedMap<EventPage>(PAGES_MAX);
  const unknown = boundedMap<undefined>(UNKNOWN_MAX);
  const lookups = new Map<string, Promise<EventPage | undefined>>();
  let strangers = fullBucket(STRANGERS, clock.nowMs());

  function boundedMap<Page extends EventPage | undefined>(max: number) {
    const entries = new Map<string, Known & { readonly page: Page }>();
    return {
      get: (slug: string) => entries.get(slug),
      delete: (slug: string) => entries.delete(slug),
      values: () => entries.values(),
      set(slug: string, page: Page, expiryMs: number) {
        // Deleted first: what was asked for longest ago is what goes.
        entries.delete(slug);
        const [oldest] = entries.keys();
        if (entries.size >= max && oldest !== undefined) entries.delete(oldest);
        entries.set(slug, { page, expiresAtMs: clock.nowMs() + jitterMs(expiryMs, JITTER, random) });
      },
    };
  }

  function remember(slug: string, page: EventPage | undefined): void {
    if (page !== undefined) {
      unknown.delete(slug);
      known.set(slug, page, EXPIRY_MS);
    } else {
      known.delete(slug);
      unknown.set(slug, undefined, EXPIRY_MS);
    }
  }

  function lookUp(slug: Slug): Promise<EventPage | undefined> {
    const running = lookups.get(slug);
    if (running !== undefined) return running;
    const crowded = () => Promise.reject(new PartyError('unavailable', 'Too much is asked at once.', 1_000));
    if (lookups.size >= LOOKUPS_MAX) return crowded();
    if (known.get(slug) === undefined) {
      const { taken, bucket } = take(strangers, STRANGERS, clock.nowMs());
      strangers = bucket;
      if (!taken) return crowded();
    }
    const lookup = pages
      .pageBySlug(slug)
      .then((found) => {
        const page = found ?? undefined;
        // One that was invalidated meanwhile may have read what was there before.
        if (lookups.get(slug) === lookup) remember(slug, page);
        return page;
      })
      .finally(() => {
        if (lookups.get(slug) === lookup) lookups.delete(slug);
      });
    lookups.set(slug, lookup);
    return lookup;
  }

  return {
    async find(slug) {
      const entry = known.get(slug) ?? unknown.get(slug);
      if (entry !== undefined && clock.nowMs() < entry.expiresAtMs) return entry.page;
      const parsed = Slug.safeParse(slug);
      if (!parsed.success) return undefined;
      try {
        return await lookUp(parsed.data);
      } catch (error) {
        if (entry?.page === undefined) throw error;
        log.warn({ err: error, slug }, 'a page is shown as it was last known');
        known.set(slug, entry.page, RETRY_MS);
        return entry.page;
      }
    },
    invalidate({ slug, labelId, labelName }) {
      const renamed = [...known.values()].filter(({ page }) => page.labelId === labelId && page.labelName !== labelName);
      for (const each of [slug, ...renamed.map(({ page }) => page.slug)]) {
        lookups.delete(each);
        unknown.delete(each);
        const entry = known.get(each);
        // Kept, expired, for while the database is away.
        if (entry !== undefined) known.set(each, entry.page, Number.NEGATIVE_INFINITY);
      }
    },
    async warm() {
      for (const page of await pages.likelyPages(eventNowMs(), WARM_PAGES)) remember(page.slug, page);
    },
  };
}
