import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventStore } from '../../server/store/sqlite-event-store.ts';
import { describeEventStore } from './event-store.ts';

describeEventStore('SQLite', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'front-row-events-'));
  const { store, close } = await openSqliteEventStore(join(dir, 'events.sqlite'));
  return {
    store,
    async dispose() {
      await close();
      await rm(dir, { recursive: true });
    },
  };
});
