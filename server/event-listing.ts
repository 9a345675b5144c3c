/** Events as doors and pages see them: followed in memory, cached, and told of every change. */
import type { Clock } from '../core/clock.ts';
import { inBackground } from '../rooms/in-background.ts';
import type { EventStore, Log, PartyEvent, StageBus } from '../rooms/ports.ts';
import type { PageChanged } from '../schemas/bus-messages.ts';
import { createEventDirectory, type EventDirectory } from './http/event-directory.ts';
import type { ShutdownStep } from './shutdown.ts';
import type { Storage } from './storage.ts';
import { createPageCache } from './store/pg-page-cache.ts';
import { watchPages } from './store/pg-page-watch.ts';
import { whenAvailable } from './when-available.ts';

export interface EventListingDeps {
  readonly clock: Clock;
  readonly eventNowMs: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly bus: Pick<StageBus, 'onPage'>;
  readonly events: Pick<EventStore, 'openEvents'>;
  readonly storage: Pick<Storage, 'pages' | 'written'>;
  readonly keepOpen: (event: PartyEvent) => void;
  readonly onClose: (name: string, run: ShutdownStep['run']) => void;
}

/** Resolves when it hears of changes and has the pages that are likely to be wanted; nothing is kept open before `refresh`. */
export async function openEventListing(deps: EventListingDeps): Promise<EventDirectory> {
  const { clock, log, bus, events, storage, keepOpen, onClose } = deps;
  const pages = createPageCache({ ...deps, pages: storage.pages });
  const directory = createEventDirectory({ clock, events, pages, keepOpen, log });
  onClose('event directory', async () => directory.stop());
  const onChange = (change: PageChanged) => {
    pages.invalidate(change);
    inBackground(directory.refresh(), log, 'could not look at what was booked');
  };
  const unsubscribe = await bus.onPage(onChange);
  onClose('announcements', unsubscribe);
  const { written } = storage;
  if (written !== undefined) {
    const unwatch = await whenAvailable(deps, () => watchPages({ clock, log, written, onChange }));
    onClose('page watch', async () => unwatch());
  }
  await whenAvailable(deps, () => pages.warm());
  return directory;
}
