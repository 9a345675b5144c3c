/** Books an event at a house from outside, as a label's tool would: in the folder of one process, or in the cluster's database. */
import { join } from 'node:path';
import { systemClock } from '../../core/clock.ts';
import type { EventStore } from '../../rooms/ports.ts';
import { openPgEventStore } from '../../server/store/pg-event-store.ts';
import { openSqliteEventStore } from '../../server/store/sqlite-event-store.ts';
import { databaseOfHouse } from './cluster-house.ts';
import { isClusterHouse } from './house-kind.ts';
import { silentLog } from './quiet.ts';

/** `dataDir`: the house's own; it need not be open yet. */
export async function bookAt(dataDir: string, book: (events: EventStore) => Promise<unknown>): Promise<void> {
  const { store, close } = isClusterHouse
    ? await openPgEventStore({ url: await databaseOfHouse(dataDir), clock: systemClock(), log: silentLog, max: 1 })
    : await openSqliteEventStore(join(dataDir, 'events.sqlite'));
  try {
    await book(store);
  } finally {
    await close();
  }
}
