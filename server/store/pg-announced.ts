/** Writes that are told to every process's page cache, after they are done, so that whoever asks anew sees them. */
import type { EventStore, Log, PartyEvent } from '../../rooms/ports.ts';
import type { PageChanged } from '../../schemas/bus-messages.ts';

/** A failure is logged, never the writer's: a page that was not told expires. */
export type PublishPage = (change: PageChanged) => Promise<void>;

/** The event store as those who book use it. */
export function announced(events: EventStore, publish: PublishPage, log: Log): EventStore {
  return {
    ...announcedState(events, events, publish, log),
    async saveEvent(event) {
      const saved = await events.saveEvent(event);
      announce(Promise.resolve(saved), publish, log);
      return saved;
    },
  };
}

/** The same for what stages write: an end is seen on every page. `events` is asked what the page says. */
export function announcedState<Writes extends Pick<EventStore, 'setEventState'>>(
  writes: Writes,
  events: Pick<EventStore, 'eventById'>,
  publish: PublishPage,
  log: Log,
): Writes {
  return {
    ...writes,
    async setEventState(id, state) {
      await writes.setEventState(id, state);
      announce(events.eventById(id), publish, log);
    },
  };
}

function announce(event: Promise<PartyEvent | null>, publish: PublishPage, log: Log): void {
  event
    .then((saved) => {
      if (saved === null) return;
      const { slug, labelId, labelName } = saved;
      return publish({ kind: 'page-changed', slug, labelId, labelName });
    })
    .catch((err: unknown) => log.warn({ err }, 'a change of a page was not announced'));
}
