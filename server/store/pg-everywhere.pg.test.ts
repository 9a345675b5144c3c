import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { command, eventId, fanId, line, lineId, snapshot, staffId } from '../../tests/contract/samples.ts';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { type PostgresServer, startPostgres } from '../../tests/support/postgres-server.ts';
import { until } from '../../tests/support/until.ts';
import { openJournal } from './journal.ts';
import { openPgEventStore } from './pg-event-store.ts';
import { journalEverywhere, recordsEverywhere } from './pg-everywhere.ts';
import { openPgJournal } from './pg-journal.ts';
import { shipSome } from './ship-journal.ts';

const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id);

describe('the journals of all processes', function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let databases = 0;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  /** Two processes on two machines: folders of their own, one database. */
  async function makeTwo() {
    databases += 1;
    const url = await server.createDatabase(`everywhere_${databases}`);
    const common = { clock: systemClock(), log: silentLog };
    const dir = await mkdtemp(join(tmpdir(), 'front-row-everywhere-'));
    const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true })];
    const make = async (name: string) => {
      const local = await openJournal({ path: join(dir, `${name}.sqlite`), ...common, deadlineMs: 10_000 });
      const store = await openPgEventStore({ url, ...common, statementMs: 5_000, deadlineMs: 5_000 });
      const sink = openPgJournal({ url, ...common });
      closing.unshift(store.close, sink.close, local.close);
      return {
        journal: journalEverywhere(local.journal, store.history, silentLog),
        records: recordsEverywhere(local.stageRecords, store.stages, silentLog),
        local,
        store,
        async ship() {
          while (!(await shipSome(local.shipping, sink, silentLog)).isAll) {}
        },
      };
    };
    const two = { a: await make('a'), b: await make('b') };
    return {
      ...two,
      async [Symbol.asyncDispose]() {
        for (const close of closing) await close();
      },
    };
  }

  it('PG29 staff find what was said in any process, and what they took away is marked, whoever kept it', async () => {
    await using made = await makeTwo();
    const { a, b } = made;
    await a.journal.appendLine(line(1));
    await a.journal.appendLine(line(2, { fanId: fanId(2) }));
    await a.ship();
    await b.journal.appendLine(line(3, { fanId: fanId(2) }));
    assert.deepEqual(ids(await b.journal.history(eventId(1), { limit: 10 })), [lineId(3), lineId(2), lineId(1)]);
    assert.deepEqual(ids(await b.journal.history(eventId(1), { limit: 10, fanId: fanId(1) })), [lineId(1)]);
    assert.deepEqual(ids(await b.journal.history(eventId(1), { limit: 2, beforeMs: 3_000 })), [lineId(2), lineId(1)]);
    assert.equal((await b.journal.findLine(eventId(1), lineId(1)))?.id, lineId(1));

    // The stage's process keeps the mark; the line is another's.
    await b.journal.removeLine(eventId(1), lineId(1));
    await b.ship();
    const [, , first] = await a.journal.history(eventId(1), { limit: 10 });
    assert.deepEqual([first?.id, first?.removed], [lineId(1), true]);
    assert.deepEqual(ids(await a.journal.lastShown(eventId(1), 10)), [lineId(2), lineId(3)]);
  });

  it('PG29 a command sent twice to two processes is found, and what was done goes before a refusal', async () => {
    await using made = await makeTwo();
    const { a, b } = made;
    await a.journal.appendCommand(command(1));
    await a.ship();
    await b.journal.appendCommand(command(2, { key: 'key-1', result: 'not_allowed', epoch: 2 }));
    assert.equal((await b.journal.findCommandByKey(eventId(1), staffId(1), 'key-1'))?.id, 'cmd-1');
    assert.deepEqual(ids(await b.journal.lastCommands(eventId(1), 10)), ['cmd-1', 'cmd-2']);
    assert.deepEqual(ids(await b.journal.lastCommands(eventId(1), 1)), ['cmd-2']);
  });

  it('PG26 a stage of another process is known to the database at once, and to whoever takes over', async () => {
    await using made = await makeTwo();
    const { a, b } = made;
    await a.records.keep(snapshot(4, 7), null);
    await until('the database knows', async () => (await a.store.stages.newest(eventId(1))).epoch === 4);
    assert.deepEqual(await b.records.newest(eventId(1)), { epoch: 4, snapshot: snapshot(4, 7) });
    await b.local.stageRecords.keep(snapshot(4, 9), null);
    assert.deepEqual(await b.records.newest(eventId(1)), { epoch: 4, snapshot: snapshot(4, 9) });
    assert.deepEqual(await a.records.newest(eventId(1)), { epoch: 4, snapshot: snapshot(4, 7) });
  });

  it('PG29 while the database is away everybody knows what they wrote themselves', async () => {
    await using made = await makeTwo();
    const { a, b } = made;
    await a.journal.appendLine(line(1));
    await a.ship();
    await b.journal.appendLine(line(2));
    await server.stop();
    try {
      await b.records.keep(snapshot(1, 1), command(1));
      assert.deepEqual(ids(await b.journal.history(eventId(1), { limit: 10 })), [lineId(2)]);
      assert.deepEqual(ids(await b.journal.lastShown(eventId(1), 10)), [lineId(2)]);
      assert.equal(await b.journal.findLine(eventId(1), lineId(1)), null);
      assert.deepEqual(ids(await b.journal.lastCommands(eventId(1), 10)), ['cmd-1']);
      assert.equal(await b.journal.findCommandByKey(eventId(1), staffId(1), 'other'), null);
      assert.deepEqual(await b.journal.facts(eventId(1), 0, 1_000), []);
      assert.deepEqual(await b.records.newest(eventId(1)), { epoch: 1, snapshot: snapshot(1, 1) });
    } finally {
      await server.start();
    }
  });
});
