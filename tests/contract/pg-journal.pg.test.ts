/** The journal's contract, written to the local journal and read from PostgreSQL: whatever is shipped reads the same. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import type { Journal } from '../../rooms/ports.ts';
import { openJournal } from '../../server/store/journal.ts';
import { openPgEventStore } from '../../server/store/pg-event-store.ts';
import { openPgJournal } from '../../server/store/pg-journal.ts';
import { shipSome } from '../../server/store/ship-journal.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { describeJournal } from './journal.ts';
import { silentLog } from './silent-log.ts';
import { describeStageRecords } from './stage-store.ts';

describe('PostgreSQL as the journal of all processes', function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let databases = 0;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  async function make() {
    databases += 1;
    const url = await server.createDatabase(`journal_${databases}`);
    const common = { clock: systemClock(), log: silentLog, deadlineMs: 20_000 };
    const dir = await mkdtemp(join(tmpdir(), 'front-row-journal-'));
    const local = await openJournal({ path: join(dir, 'journal.sqlite'), ...common });
    const store = await openPgEventStore({ url, ...common, statementMs: 10_000 });
    const sink = openPgJournal({ url, clock: common.clock, log: silentLog });
    /** Reads what was written before the read was asked for, as the contract has it. */
    const shipped =
      <Args extends unknown[], Result>(read: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        while (!(await shipSome(local.shipping, sink, silentLog)).isAll) {}
        return read(...args);
      };
    const { history } = store;
    const journal: Journal = {
      ...local.journal,
      findLine: shipped(history.findLine),
      lastShown: shipped(history.lastShown),
      history: shipped(history.history),
      lastCommands: shipped(history.lastCommands),
      findCommandByKey: shipped(history.findCommandByKey),
      facts: shipped(history.facts),
    };
    return {
      journal,
      stageRecords: store.stages,
      async dispose() {
        await sink.close();
        await store.close();
        await local.close();
        await rm(dir, { recursive: true });
      },
    };
  }

  describeJournal('PG28 shipped to PostgreSQL', make);
  describeStageRecords('PG26 PostgreSQL', make);
});
