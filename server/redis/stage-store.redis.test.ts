import assert from 'node:assert/strict';
import { command, eventId, snapshot, staffId } from '../../tests/contract/samples.ts';
import { describeStageStore } from '../../tests/contract/stage-store.ts';
import { type RedisProcess, startRedisProcess } from '../../tests/support/redis-process.ts';
import { type RedisServer, startRedis } from '../../tests/support/redis-server.ts';
import { until } from '../../tests/support/until.ts';
import { stageScripts } from './stage-scripts.ts';

const EVENT = eventId(1);

const refusedWith = (code: string) => (error: { code?: string }) => error.code === code;
const tries = (act: () => Promise<unknown>) => () =>
  act().then(
    () => true,
    () => false,
  );

describeStageStore('Redis', async () => {
  const redis = await startRedis();
  const process = await startRedisProcess(redis, 'one');
  return {
    stageStore: process.store,
    journal: process.journal,
    async dispose() {
      await process[Symbol.asyncDispose]();
      await redis.stop();
    },
  };
});

describe('the stage store in Redis', () => {
  let redis: RedisServer;
  const wrong: unknown[] = [];
  let one: RedisProcess;
  let two: RedisProcess;
  beforeEach(async () => {
    wrong.length = 0;
    redis = await startRedis();
    [one, two] = await Promise.all([startRedisProcess(redis, 'one'), startRedisProcess(redis, 'two')]);
  });
  afterEach(async () => {
    redis.resume();
    await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()]);
    await redis.stop();
    assert.deepEqual(wrong, []);
  });

  it('RD10 of two processes that ask at once one gets the event, and the other learns when to ask again', async () => {
    const asked = await Promise.allSettled([one.store.acquire(EVENT), two.store.acquire(EVENT)]);
    const given = asked.filter(({ status }) => status === 'fulfilled');
    assert.equal(given.length, 1);
    const refused = asked.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    assert.equal(refused.reason.code, 'stage_unavailable');
    assert.ok(refused.reason.retryInMs > 0 && refused.reason.retryInMs <= 1_500);
  });

  it('RD10 says who runs the stage, until the lease is given back', async () => {
    assert.equal(await two.store.holder(EVENT), null);
    const epoch = await one.store.acquire(EVENT);
    const release = one.store.hold(EVENT, epoch, () => {});
    assert.deepEqual(await two.store.holder(EVENT), { processId: 'one', publicAddress: null, epoch });
    await release();
    assert.equal(await two.store.holder(EVENT), null);
    assert.equal(await two.store.acquire(EVENT), epoch + 1);
  });

  it('RD11 a lease that is held does not run out; of a process that is gone it does, and another takes over', async () => {
    await using brief = await startRedisProcess(redis, 'brief', { leaseMs: 300 });
    const epoch = await brief.store.acquire(EVENT);
    const release = brief.store.hold(EVENT, epoch, () => wrong.push('lost'));
    let renewals = 0;
    await redis.forgetCalls();
    await until('it was renewed for longer than the lease', async () => {
      renewals = (await redis.calls())['evalsha'] ?? 0;
      return renewals > 8;
    });
    await assert.rejects(two.store.acquire(EVENT), refusedWith('stage_unavailable'));
    brief.die();
    await until(
      'two gets the event',
      tries(() => two.store.acquire(EVENT)),
    );
    assert.equal((await two.store.holder(EVENT))?.epoch, epoch + 1);
    await release();
    assert.equal((await two.store.holder(EVENT))?.processId, 'two');
  });

  it('RD12 a stage that slept through its lease is told, and changes nothing any more', async () => {
    const old = await one.store.acquire(EVENT);
    assert.equal(await one.store.commit(snapshot(old, 1), command(1)), 'committed');
    await redis.probe.del(`test:lease:${EVENT}`); // its time ran out while the process was stopped
    const young = await two.store.acquire(EVENT);
    let lost = 0;
    const release = one.store.hold(EVENT, old, () => lost++);
    await until('it is told', () => lost > 0);
    assert.equal(await one.store.commit(snapshot(old, 2), command(2)), 'fenced');
    await release();
    assert.equal((await two.store.holder(EVENT))?.epoch, young);
    assert.deepEqual(await two.store.load(EVENT), snapshot(old, 1));
    assert.deepEqual(await one.journal.lastCommands(EVENT, 10), [command(1)]);
    assert.equal(lost, 1);
  });

  it('RD13 whoever takes over has the commands of the one before in its own journal, once', async () => {
    const old = await one.store.acquire(EVENT);
    await one.store.commit(snapshot(old, 1), command(1));
    await one.store.commit(snapshot(old, 2), command(2));
    await one.store.hold(EVENT, old, () => {})();
    await two.store.acquire(EVENT);
    assert.deepEqual(await two.journal.lastCommands(EVENT, 10), [command(1), command(2)]);
    assert.deepEqual(await two.journal.findCommandByKey(EVENT, staffId(1), 'key-2'), command(2));
    assert.deepEqual(await two.store.load(EVENT), snapshot(old, 2));
  });

  it('RD14 while Redis is away every call is refused in time, and the lease is kept on trust', async () => {
    const epoch = await one.store.acquire(EVENT);
    await one.store.commit(snapshot(epoch, 1), null);
    let lost = 0;
    const release = one.store.hold(EVENT, epoch, () => lost++);
    const assertRefused = async () => {
      await assert.rejects(one.store.load(EVENT), refusedWith('unavailable'));
      await assert.rejects(one.store.holder(EVENT), refusedWith('unavailable'));
      await assert.rejects(two.store.acquire(EVENT), refusedWith('unavailable'));
    };
    await redis.pause();
    await assertRefused();
    await redis.kill();
    await assertRefused();
    await assert.rejects(one.store.commit(snapshot(epoch, 2), command(2)), refusedWith('unavailable'));
    assert.deepEqual(await one.journal.lastCommands(EVENT, 10), []);
    await redis.start();
    await until(
      'it commits again',
      tries(() => one.store.commit(snapshot(epoch, 2), command(2))),
    );
    assert.deepEqual(await one.journal.lastCommands(EVENT, 10), [command(2)]);
    assert.equal(lost, 0);
    await release();
  });

  it('RD15 a commit that never reached Redis is called off, and the stage goes on', async () => {
    await using durable = await startRedis({ durable: true });
    await using process = await startRedisProcess(durable, 'three');
    const epoch = await process.store.acquire(EVENT);
    await process.store.commit(snapshot(epoch, 1), null);
    await durable.pause();
    await assert.rejects(process.store.commit(snapshot(epoch, 2), command(2)), refusedWith('unavailable'));
    await assert.rejects(process.store.commit(snapshot(epoch, 2), command(3)), refusedWith('unavailable'));
    await durable.kill();
    await durable.start();
    let outcome = '';
    await until(
      'the next one is decided',
      tries(async () => {
        outcome = await process.store.commit(snapshot(epoch, 2), command(4));
      }),
    );
    assert.equal(outcome, 'committed');
    assert.deepEqual(await process.journal.lastCommands(EVENT, 10), [command(4)]);
  });

  it('RD15 a commit that comes after its stage was told otherwise is refused', async () => {
    const epoch = await one.store.acquire(EVENT);
    const { settle, commit } = stageScripts(one.connection.commands);
    assert.equal(await settle(EVENT, epoch, 7), 'unwritten');
    assert.equal(
      await commit(EVENT, { epoch, seq: 1, attempt: 7 }, JSON.stringify(snapshot(epoch, 1)), '', Date.now() + 60_000),
      'barred',
    );
    assert.equal(await one.store.load(EVENT), null);
  });
});
