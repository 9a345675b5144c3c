import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { seeded } from '../../core/seeded.ts';
import { command, eventId, fanId, line, lineId, snapshot } from '../../tests/contract/samples.ts';
import { silentLog } from '../../tests/contract/silent-log.ts';
import { type PostgresServer, startPostgres } from '../../tests/support/postgres-server.ts';
import { until } from '../../tests/support/until.ts';
import { type OpenJournal, openJournal } from './journal.ts';
import { type JournalSink, openPgJournal } from './pg-journal.ts';
import { migratePg } from './pg-migrate.ts';
import { shipSome } from './ship-journal.ts';
import { type Shipper, startShipper } from './shipper.ts';

const clock = systemClock();
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));

describe('journal shipping', function () {
  this.timeout(120_000);
  let server: PostgresServer;
  let databases = 0;
  let url: string;
  let dir: string;
  let journal: OpenJournal;
  let sink: JournalSink;
  let shipper: Shipper | undefined;
  before(async () => {
    console.log(`      SEED=${seed}`);
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    databases += 1;
    url = await server.createDatabase(`ship_${databases}`);
    await migratePg({ url, clock, log: silentLog });
    dir = await mkdtemp(join(tmpdir(), 'front-row-ship-'));
    journal = await openJournal({ path: join(dir, 'journal.sqlite'), clock, log: silentLog, deadlineMs: 10_000 });
    sink = openPgJournal({ url, clock, log: silentLog });
  });
  afterEach(async () => {
    if (shipper === undefined) await sink.close();
    else await shipper.close();
    shipper = undefined;
    await journal.close();
    await rm(dir, { recursive: true });
  });

  const rows = <Row extends object>(text: string) => server.query<Row>(text, `ship_${databases}`);
  const idsIn = async (table: string) => (await rows<{ id: string }>(`select id from ${table} order by id`)).map(({ id }) => id);
  const shipAll = async (to: Pick<JournalSink, 'take'> = sink) => {
    while (!(await shipSome(journal.shipping, to, silentLog)).isAll) {}
  };
  const start = () => {
    shipper = startShipper({
      clock,
      random: seeded(seed),
      log: silentLog,
      own: journal.shipping,
      sink,
      // Nothing to adopt.
      dir,
      openJournal: () => Promise.reject(new Error('nothing to adopt')),
    });
    return shipper;
  };

  it('PG20 every kind of record arrives as it was written', async () => {
    const said = line(1, {
      text: "O'Hara: 100% 🎸 \\u0000 \\o/",
      replyTo: lineId(7),
      addressHash: null,
      atMs: 1_763_770_000_123.456,
    });
    await journal.journal.appendLine(said);
    await journal.journal.removeLine(eventId(1), said.id);
    await journal.journal.removeLinesOf(eventId(1), fanId(2), 5_000);
    await journal.journal.removeLinesOf(eventId(1), fanId(2), 4_000);
    const epoch = await journal.stageStore.acquire(eventId(1));
    await journal.stageStore.commit(snapshot(epoch, 3), command(3, { payload: { toMs: 7, deep: ['"'] } }));
    await journal.journal.appendFacts([
      { eventId: eventId(1), section: 's', atMs: 1_000.5, fans: 1, joins: 2, leaves: 3, lines: 4, reactions: 5 },
    ]);
    await shipAll();
    assert.deepEqual(await rows('select id, author_id, text, at_ms, reply_to, address_hash, seq::int from journal_lines'), [
      {
        id: said.id,
        author_id: said.fanId,
        text: said.text,
        at_ms: said.atMs,
        reply_to: said.replyTo,
        address_hash: null,
        seq: 1,
      },
    ]);
    assert.deepEqual(await rows("select kind, target, before_ms from journal_removals where kind = 'fan'"), [
      { kind: 'fan', target: fanId(2), before_ms: 5_000 },
    ]);
    assert.deepEqual(await rows("select target from journal_removals where kind = 'line'"), [{ target: said.id }]);
    const [shipped] = await rows<{ payload: string }>('select payload from journal_commands');
    assert.deepEqual(JSON.parse(shipped?.payload ?? ''), { toMs: 7, deep: ['"'] });
    assert.deepEqual(await rows('select section, at_ms, fans, joins, leaves, lines, reactions from journal_facts'), [
      { section: 's', at_ms: 1_000.5, fans: 1, joins: 2, leaves: 3, lines: 4, reactions: 5 },
    ]);
    const [stage] = await rows<{ epoch: number; snapshot: string }>('select epoch, snapshot from stages');
    assert.equal(stage?.epoch, epoch);
    assert.deepEqual(JSON.parse(stage?.snapshot ?? ''), snapshot(epoch, 3));
    assert.deepEqual(await journal.shipping.backlog(), { rows: 0, oldestAtMs: null });
  });

  it('PG21 what was sent and not noted is sent again, and is there once', async () => {
    for (let n = 1; n <= 1_200; n += 1) void journal.journal.appendLine(line(n)).catch(assert.fail);
    await journal.journal.appendLine(line(1_201));
    const forgetful = { ...journal.shipping, markShipped: () => Promise.reject(new Error('died here')) };
    await assert.rejects(shipSome(forgetful, sink, silentLog), /died here/);
    assert.equal((await idsIn('journal_lines')).length, 500, 'a batch was taken before it died');
    await shipAll();
    await shipAll();
    assert.equal((await idsIn('journal_lines')).length, 1_201);
  });

  it('PG22 every line acknowledged while the database is away is in it later, once', async () => {
    const random = seeded(seed);
    const shipping = start();
    const acknowledged: string[] = [];
    let n = 0;
    const append = async (count: number) => {
      for (const end = n + count; n < end; ) {
        n += 1;
        const said = line(n);
        await journal.journal.appendLine(said);
        acknowledged.push(said.id);
      }
    };
    for (const stop of [() => server.stop(), () => server.kill()]) {
      await append(50 + Math.floor(random() * 100));
      await until('some lines are there', async () => (await idsIn('journal_lines')).length > 0);
      const stopped = stop();
      await append(50 + Math.floor(random() * 100));
      await stopped;
      await append(50);
      const failed = shipping.status().failures;
      await until('shipping has been tried in vain, twice', () => shipping.status().failures >= failed + 2, 30_000);
      assert.ok((await journal.shipping.backlog()).rows >= 50);
      assert.ok(shipping.status().backlog.oldestAtMs !== null);
      await append(50);
      await server.start();
      await append(20);
    }
    await until(
      'all is shipped',
      async () => (await journal.shipping.backlog()).rows === 0 && shipping.status().failures === 0,
      30_000,
    );
    assert.deepEqual(await idsIn('journal_lines'), acknowledged.toSorted());
    assert.equal(shipping.status().refused, 0);
  });

  it('PG23 a line after an erasure, or after everything was pruned, is shipped as any other', async () => {
    await journal.journal.appendLine(line(1));
    await journal.journal.appendLine(line(2, { fanId: fanId(2), atMs: 2_000 }));
    await shipAll();
    await journal.journal.erase(fanId(2));
    await journal.journal.appendLine(line(3));
    await shipAll();
    assert.deepEqual(await idsIn('journal_lines'), [lineId(1), lineId(3)]);
    await journal.journal.prune(Number.MAX_SAFE_INTEGER);
    await journal.journal.appendLine(line(4));
    await shipAll();
    assert.deepEqual(await idsIn('journal_lines'), [lineId(1), lineId(3), lineId(4)]);
  });

  it('PG24 an erasure erases what was shipped, and what an adopted journal brings of it later', async () => {
    const { journal: kept } = journal;
    await kept.appendLine(line(1, { fanId: fanId(2) }));
    await kept.appendCommand(command(1, { command: 'mute', payload: { fanId: fanId(2), forMs: 1 }, reason: 'rude' }));
    await kept.appendCommand(command(2, { command: 'say', payload: { text: `"fanId":"${fanId(2)}"` } }));
    await kept.removeLinesOf(eventId(1), fanId(2), 500);
    await shipAll();
    await kept.erase(fanId(2));
    await shipAll();
    assert.deepEqual(await idsIn('journal_lines'), []);
    assert.deepEqual(await rows('select * from journal_removals'), []);
    const commands = await rows<{ payload: string; reason: string }>('select payload, reason from journal_commands order by id');
    assert.deepEqual(
      commands.map(({ payload, reason }) => [JSON.parse(payload), reason]),
      [
        [{ fanId: 'erased' }, ''],
        [{ text: `"fanId":"${fanId(2)}"` }, ''],
      ],
    );
    const late = await openJournal({ path: join(dir, 'late.sqlite'), clock, log: silentLog, deadlineMs: 10_000 });
    await late.journal.appendLine(line(5, { fanId: fanId(2) }));
    await late.journal.appendLine(line(6));
    await late.journal.appendLine(line(7, { fanId: fanId(2), atMs: clock.nowMs() + 60_000 }));
    await shipSome(late.shipping, sink, silentLog);
    await late.close();
    assert.deepEqual(await idsIn('journal_lines'), [lineId(6), lineId(7)]);
  });

  it('PG25 a row that the database refuses is left out alone; its neighbours arrive', async () => {
    for (let n = 1; n <= 40; n += 1) await journal.journal.appendLine(line(n, { text: n === 23 ? 'a\0b' : `line ${n}` }));
    await shipAll({
      // PostgreSQL itself takes every line that we can write; this one it is told to refuse.
      take: (kind, text) => sink.take(kind, text.includes('line 17"') ? text.replace('"at_ms":17000', '"at_ms":"soon"') : text),
    });
    const expected = Array.from({ length: 40 }, (_, n) => n + 1).filter((n) => n !== 17);
    assert.deepEqual(await idsIn('journal_lines'), expected.map(lineId).toSorted());
    assert.deepEqual(await rows(`select text from journal_lines where id = '${lineId(23)}'`), [{ text: 'a\ufffdb' }]);
    assert.equal((await journal.shipping.backlog()).rows, 0);
  });

  it('PG26 a stage that was overtaken changes nothing: neither epoch nor snapshot go back', async () => {
    const stageOf = async () => {
      const [row] = await rows<{ epoch: number; snapshot: string | null }>('select epoch, snapshot from stages');
      const { epoch, seq } = JSON.parse(row?.snapshot ?? '{}') as { epoch?: number; seq?: number };
      return [row?.epoch, epoch, seq];
    };
    await journal.stageRecords.keep(snapshot(2, 5), null);
    await shipAll();
    const woken = await openJournal({ path: join(dir, 'woken.sqlite'), clock, log: silentLog, deadlineMs: 10_000 });
    await woken.stageRecords.keep(snapshot(1, 9), command(9, { epoch: 1 }));
    await shipSome(woken.shipping, sink, silentLog);
    assert.deepEqual(await stageOf(), [2, 2, 5]);
    assert.deepEqual(await idsIn('journal_commands'), ['cmd-9'], 'what was acknowledged stays in the record');
    await woken.stageRecords.keep(snapshot(3, 0), null);
    await shipSome(woken.shipping, sink, silentLog);
    await woken.close();
    await journal.stageRecords.keep(snapshot(2, 50), null);
    await shipAll();
    assert.deepEqual(await stageOf(), [3, 3, 0]);
    // A stage that began and has not committed: its epoch counts, and the snapshot stays.
    assert.equal(await journal.stageStore.acquire(eventId(1), 6), 7);
    await shipAll();
    assert.deepEqual(await stageOf(), [7, 3, 0]);
  });

  it('PG27 a process on its way out ships what is left', async () => {
    const shipping = start();
    for (let n = 1; n <= 700; n += 1) void journal.journal.appendLine(line(n)).catch(assert.fail);
    await journal.journal.appendLine(line(701));
    await shipping.close();
    shipper = { status: shipping.status, close: async () => undefined };
    assert.equal((await idsIn('journal_lines')).length, 701);
  });
});
