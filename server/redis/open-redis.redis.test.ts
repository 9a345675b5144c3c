import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matchMaker } from '@colyseus/core';
import { systemClock } from '../../core/clock.ts';
import { startServer } from '../../tests/support/colyseus-server.ts';
import { silentLog } from '../../tests/support/quiet.ts';
import { type RedisServer, startRedis } from '../../tests/support/redis-server.ts';
import { until } from '../../tests/support/until.ts';
import { type OpenJournal, openJournal } from '../store/journal.ts';
import { type OpenRedis, openRedis } from './open-redis.ts';

const clock = systemClock();

describe('Redis as one process opens it', () => {
  let redis: RedisServer;
  const wrong: unknown[] = [];
  let journal: OpenJournal;
  let dir: string;
  beforeEach(async () => {
    wrong.length = 0;
    redis = await startRedis();
    dir = await mkdtemp(join(tmpdir(), 'front-row-open-redis-'));
    journal = await openJournal({ path: join(dir, 'journal.sqlite'), clock, log: silentLog });
  });
  afterEach(async () => {
    await journal.close();
    await redis.stop();
    await rm(dir, { recursive: true });
    assert.deepEqual(wrong, []);
  });

  const open = (): Promise<OpenRedis> =>
    openRedis({
      url: redis.url,
      prefix: 'test:',
      clock,
      log: silentLog,
      processId: () => matchMaker.processId,
      publicAddress: () => null,
      records: journal.stageRecords,
      onListenerError: (error) => wrong.push(error),
      connectWithinMs: 500,
    });
  const connections = async () =>
    String(await redis.probe.client('LIST'))
      .trim()
      .split('\n').length;

  it('RD33 is ready when it opens, and leaves no connection behind when it closes', async () => {
    const opened = await open();
    assert.equal(opened.connection.unready(), null);
    assert.ok(opened.eventTime.errorMs() < 1_000);
    assert.equal(await connections(), 3);
    await opened.close();
    await until('the probe is alone', async () => (await connections()) === 1);
  });

  it('RD33 a start without Redis fails and stops dialling', async () => {
    await redis.kill();
    await assert.rejects(open(), /Redis is away/);
    await redis.start();
    assert.equal(await connections(), 1);
  });

  it('RD24 after Redis was emptied this process is known to take rooms again', async () => {
    const opened = await open();
    const server = await startServer(opened);
    try {
      await until('it is known', async () => (await redis.probe.hlen('test:roomcount')) === 1);
      await redis.kill();
      await redis.start();
      await until('it is known again', async () => (await redis.probe.hlen('test:roomcount')) === 1);
      assert.deepEqual(await redis.probe.hkeys('test:roomcount'), [matchMaker.processId]);
    } finally {
      await server.stop();
      await opened.close();
    }
  });
});
