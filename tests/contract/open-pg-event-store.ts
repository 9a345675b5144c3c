/** A process that starts on a database, waiting for its cue on stdin so that many start at once; prints the events it finds. */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { systemClock } from '../../core/clock.ts';
import { openPgEventStore } from '../../server/store/pg-event-store.ts';
import { silentLog } from './silent-log.ts';

writeSync(1, 'here\n');
await once(process.stdin, 'data');
const { store, close } = await openPgEventStore({
  url: process.argv[2] ?? '',
  clock: systemClock(),
  log: silentLog,
  statementMs: 10_000,
  deadlineMs: 20_000,
});
writeSync(1, `${(await store.openEvents()).length} events\n`);
await close();
process.exit(0);
