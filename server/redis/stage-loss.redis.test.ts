import assert from 'node:assert/strict';
import type { CommandEntry, StageSnapshot } from '../../schemas/stage.ts';
import { command, eventId, snapshot } from '../../tests/contract/samples.ts';
import { startDeafProxy } from '../../tests/support/deaf-proxy.ts';
import { type RedisProcess, startRedisProcess } from '../../tests/support/redis-process.ts';
import { type RedisServer, startRedis } from '../../tests/support/redis-server.ts';
import { until } from '../../tests/support/until.ts';

const EVENT = eventId(1);
const ignore = () => undefined;

/** Commits until Redis takes it; resolves with its answer. */
async function commits({ store }: RedisProcess, what: StageSnapshot, entry: CommandEntry | null = null): Promise<string> {
  let outcome: string | undefined;
  await until('a commit is decided', async () => {
    outcome = await store.commit(what, entry).catch(ignore);
    return outcome !== undefined;
  });
  return outcome ?? '';
}

async function acquires({ store }: RedisProcess, atLeastEpoch = 0): Promise<number> {
  let epoch: number | undefined;
  await until('the event is given', async () => {
    epoch = await store.acquire(EVENT, atLeastEpoch).catch(ignore);
    return epoch !== undefined;
  });
  return epoch ?? 0;
}

describe('a Redis that forgets', () => {
  let redis: RedisServer;
  const wrong: unknown[] = [];
  const running: RedisProcess[] = [];
  beforeEach(async () => {
    wrong.length = 0;
    redis = await startRedis();
  });
  afterEach(async () => {
    redis.resume();
    for (const process of running.splice(0)) await process[Symbol.asyncDispose]();
    await redis.stop();
    assert.deepEqual(wrong, []);
  });

  async function start(name: string, settleMs = 300): Promise<RedisProcess> {
    const process = await startRedisProcess(redis, name, { settleMs });
    running.push(process);
    return process;
  }
  async function emptied(): Promise<void> {
    await redis.kill();
    await redis.start();
  }

  it('RD16 the stage that runs goes on under its epoch, and Redis has its snapshot again', async () => {
    const [one, two] = [await start('one'), await start('two')];
    const epoch = await acquires(one, 4);
    const release = one.store.hold(EVENT, epoch, () => wrong.push('lost'));
    assert.equal(await commits(one, snapshot(epoch, 3), command(1)), 'committed');
    await emptied();
    await until('it holds the event again', async () => (await two.store.holder(EVENT).catch(ignore))?.epoch === epoch);
    await until('its snapshot is back', async () => (await two.store.load(EVENT).catch(ignore))?.seq === 3);
    assert.equal(await commits(one, snapshot(epoch, 4), command(2)), 'committed');
    assert.deepEqual(await two.store.load(EVENT), snapshot(epoch, 4));
    await release();
  });

  it('RD16 so it does when Redis only lost its last moments', async () => {
    const [one, two] = [await start('one', 0), await start('two', 0)];
    const epoch = await acquires(one);
    const release = one.store.hold(EVENT, epoch, () => wrong.push('lost'));
    await one.store.commit(snapshot(epoch, 1), null);
    const before = await redis.probe.hgetall(`test:stage:${EVENT}`);
    await one.store.commit(snapshot(epoch, 2), null);
    await redis.probe.hset(`test:stage:${EVENT}`, before);
    await until('Redis has the newest again', async () => (await two.store.load(EVENT))?.seq === 2);
    await release();
  });

  it('RD17 of two that believe to be the stage the newer one stays, whichever speaks first', async () => {
    for (const olderFirst of [true, false]) {
      const [older, newer] = [await start(`older ${olderFirst}`), await start(`newer ${olderFirst}`)];
      const event = eventId(olderFirst ? 1 : 2);
      const at = (epoch: number, seq: number) => snapshot(epoch, seq, { eventId: event });
      let low = 0;
      await until('the older one has it', async () => (low = (await older.store.acquire(event).catch(ignore)) ?? 0) > 0);
      await redis.probe.del(`test:lease:${event}`);
      const high = await newer.store.acquire(event);
      assert.equal(await newer.store.commit(at(high, 1), null), 'committed');
      await redis.probe.flushall();
      let lost = 0;
      const holdOlder = () => older.store.hold(event, low, () => lost++);
      const holdNewer = () => newer.store.hold(event, high, () => wrong.push('lost'));
      const releases = olderFirst ? [holdOlder(), holdNewer()] : [holdNewer(), holdOlder()];
      await until('the older one is told', () => lost === 1);
      assert.equal(await older.store.commit(at(low, 9), command(9, { eventId: event })), 'fenced');
      await until(
        'Redis has what the newer one stored',
        async () => (await redis.probe.hget(`test:stage:${event}`, 'snapshotEpoch')) === `${high}`,
      );
      for (const release of releases) await release();
    }
  });

  it('RD17 while it settles nobody takes an event and nobody commits', async () => {
    const one = await start('one', 60_000);
    await redis.probe.set('test:born', 1);
    const epoch = await one.store.acquire(EVENT);
    await redis.probe.flushall();
    await assert.rejects(one.store.acquire(EVENT), (error: { code: string; retryInMs: number }) => {
      return error.code === 'stage_unavailable' && error.retryInMs > 50_000;
    });
    const stranger = await start('stranger', 60_000);
    await assert.rejects(stranger.store.acquire(EVENT), { code: 'stage_unavailable' });
    const release = one.store.hold(EVENT, epoch, () => wrong.push('lost'));
    await until('it holds the event again', async () => (await stranger.store.holder(EVENT))?.epoch === epoch);
    await assert.rejects(one.store.commit(snapshot(epoch, 1), command(1)), { code: 'unavailable' });
    assert.deepEqual(await one.journal.lastCommands(EVENT, 10), []);
    await release();
  });

  it('RD18 after every process and Redis have died, the event resumes from the newest journal, above every epoch', async () => {
    const first = await start('first');
    const low = await acquires(first);
    await commits(first, snapshot(low, 5), command(1, { epoch: low }));
    first.die();
    const second = await start('second');
    const high = await acquires(second);
    assert.ok(high > low);
    await commits(second, snapshot(high, 1), command(2, { epoch: high }));
    second.die();
    await emptied();
    // Their journals are on two machines; the one that knows less asks first, and again.
    const revive = async (name: string, { records }: RedisProcess) => {
      const process = await startRedisProcess(redis, name, { settleMs: 300, records });
      running.push(process);
      return process;
    };
    const [firstAgain, secondAgain] = [await revive('first again', first), await revive('second again', second)];
    await assert.rejects(firstAgain.store.acquire(EVENT), { code: 'stage_unavailable' });
    await assert.rejects(secondAgain.store.acquire(EVENT), { code: 'stage_unavailable' });
    const epoch = await acquires(firstAgain);
    assert.ok(epoch > high, `${epoch} is not above ${high}`);
    assert.deepEqual(await firstAgain.store.load(EVENT), snapshot(high, 1));
  });

  it('RD15 a commit that Redis reads only after its host was told that it failed is not stored, and the stage goes on', async () => {
    const one = await start('one', 0);
    const epoch = await one.store.acquire(EVENT);
    await one.store.commit(snapshot(epoch, 1), null);
    let lost = 0;
    const release = one.store.hold(EVENT, epoch, () => lost++);
    await redis.pause();
    await assert.rejects(one.store.commit(snapshot(epoch, 2), command(2)), { code: 'unavailable' });
    redis.resume();
    assert.equal(await commits(one, snapshot(epoch, 2), command(3)), 'committed');
    assert.equal(lost, 0);
    await release();
    assert.deepEqual(await one.journal.lastCommands(EVENT, 10), [command(3)]);
    assert.deepEqual(await redis.probe.xlen(`test:commands:${EVENT}`), 1);
  });

  it('RD15 a refused command that was stored after all ends the stage, without waiting for the next command', async () => {
    await using proxy = await startDeafProxy(Number(new URL(redis.url).port));
    const one = await startRedisProcess({ ...redis, url: `redis://127.0.0.1:${proxy.port}` }, 'one', { settleMs: 0 });
    running.push(one);
    const two = await start('two', 0);
    const epoch = await one.store.acquire(EVENT);
    await one.store.commit(snapshot(epoch, 1), null);
    let lost = 0;
    const release = one.store.hold(EVENT, epoch, () => lost++);
    const letThrough = proxy.holdAnswers();
    await assert.rejects(one.store.commit(snapshot(epoch, 2), command(2)), { code: 'unavailable' });
    letThrough();
    await until('it is told', () => lost === 1);
    assert.equal(await one.store.commit(snapshot(epoch, 2), command(3)), 'fenced');
    await release();
    const next = await two.store.acquire(EVENT);
    assert.equal(next, epoch + 1);
    assert.deepEqual(await two.store.load(EVENT), snapshot(epoch, 2));
    assert.deepEqual(await two.journal.lastCommands(EVENT, 10), [command(2)]);
  });
});
