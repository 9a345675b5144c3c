/**
 * The events this process knows. Those that are open it follows, and answers from memory; a page of any other comes from the page
 * cache, which asks the store once for however many want it.
 */
import type { Clock } from '../../core/clock.ts';
import { inBackground } from '../../rooms/in-background.ts';
import type { EventStore, Log, PartyEvent } from '../../rooms/ports.ts';
import type { EventView } from '../../rooms/venue.ts';
import type { EventState } from '../../schemas/http.ts';
import type { EventId } from '../../schemas/ids.ts';
import type { EventPage } from '../store/event-rows.ts';
import type { PageCache } from '../store/pg-page-cache.ts';

const REFRESH_MS = 5_000;

export interface EventDirectory {
  /** Events that were open at some time since the start. */
  byId(id: EventId): PartyEvent | undefined;
  /** Events that are not over. */
  open(): readonly PartyEvent[];
  /** Rejects with `unavailable` when the event is not known here and the store cannot say. */
  find(slug: string): Promise<EventPage | undefined>;
  /** Looks at what was booked; resolves when everything that was written before the call is known here. */
  refresh(): Promise<void>;
  stop(): void;
}

export interface EventDirectoryDeps {
  readonly clock: Clock;
  readonly events: Pick<EventStore, 'openEvents'>;
  readonly pages: Pick<PageCache, 'find'>;
  /** Called for every open event at every refresh: whatever an event needs here is found running or started again. */
  readonly keepOpen: (event: PartyEvent) => void;
  readonly log: Log;
}

export function createEventDirectory({ clock, events, pages, keepOpen, log }: EventDirectoryDeps): EventDirectory {
  const byId = new Map<EventId, PartyEvent>();
  let open: ReadonlyMap<string, PartyEvent> = new Map();
  let current: Promise<void> | undefined;
  let following: Promise<void> | undefined;

  const look = async () => {
    const found = await events.openEvents();
    open = new Map(found.map((event) => [event.slug, event]));
    for (const event of found) byId.set(event.id, event);
    found.forEach(keepOpen);
  };
  const run = () => {
    current = look().finally(() => {
      current = undefined;
    });
    return current;
  };
  /** However many changes are told at once: one look that may have missed some is followed by one that cannot. */
  const refresh = () => {
    if (current === undefined) return run();
    following ??= current
      .catch(() => undefined)
      .then(() => {
        following = undefined;
        return run();
      });
    return following;
  };
  const stop = clock.every(REFRESH_MS, () => inBackground(refresh(), log, 'could not refresh the events'));

  return {
    byId: (id) => byId.get(id),
    open: () => [...open.values()],
    find: async (slug) => open.get(slug) ?? pages.find(slug),
    refresh,
    stop,
  };
}

/** Ended counts whoever says so first: the stage, which knows at once, or the store. */
export function stateOf(
  event: Pick<EventPage, 'state' | 'doorsAtMs'>,
  view: Pick<EventView, 'snapshot'> | undefined,
  nowMs: number,
): EventState {
  if (event.state === 'ended' || view?.snapshot.ended) return 'ended';
  return nowMs < event.doorsAtMs ? 'before' : 'open';
}
