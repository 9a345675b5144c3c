import { after, before, describe } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { openPgEventStore } from '../../server/store/pg-event-store.ts';
import { type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { describeEventStore } from './event-store.ts';
import { silentLog } from './silent-log.ts';

describe('PostgreSQL', function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let bouncer: PgBouncer;
  let databases = 0;
  before(async () => {
    server = await startPostgres();
    bouncer = await startPgBouncer(server, { poolSize: 1 });
  });
  after(async () => {
    await bouncer[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function make(urlOf: (name: string) => string) {
    databases += 1;
    const name = `contract_${databases}`;
    await server.createDatabase(name);
    const { store, close } = await openPgEventStore({
      url: urlOf(name),
      clock: systemClock(),
      log: silentLog,
      statementMs: 10_000,
      deadlineMs: 20_000,
    });
    return { store, dispose: close };
  }

  describeEventStore('PG1 PostgreSQL', () => make((name) => server.url(name)));
  describeEventStore('PG2 PostgreSQL through PgBouncer in transaction mode', () => make((name) => bouncer.url(name)));
});
