import assert from 'node:assert/strict';
import { systemClock } from '../../core/clock.ts';
import { presenceBus } from '../../rooms/bus/presence-bus.ts';
import { DownStream } from '../../rooms/link/down-stream.ts';
import type { StageBus } from '../../rooms/ports.ts';
import type { DownMessage } from '../../schemas/bus-messages.ts';
import { RoomId } from '../../schemas/ids.ts';
import { StageSnapshot } from '../../schemas/stage.ts';
import { eventId, snapshot } from '../../tests/contract/samples.ts';
import { countingMetrics, silentLog } from '../../tests/support/quiet.ts';
import { type RedisProcess, startRedisProcess } from '../../tests/support/redis-process.ts';
import { type RedisServer, startRedis } from '../../tests/support/redis-server.ts';
import { until } from '../../tests/support/until.ts';
import { connectRedis, type RedisConnection } from './connect.ts';
import { PartyPresence } from './presence.ts';

const EVENT = eventId(1);
const clock = systemClock();

describe('presence over Redis', () => {
  let redis: RedisServer;
  const connections: RedisConnection[] = [];
  const wrong: unknown[] = [];
  const remember = (reason: unknown) => void wrong.push(reason);

  beforeEach(async () => {
    wrong.length = 0;
    process.on('unhandledRejection', remember);
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.close();
    redis.resume();
    await redis.stop();
    process.off('unhandledRejection', remember);
    assert.deepEqual(wrong, []);
  });

  async function start(prefix = 'test:') {
    const connection = connectRedis({ url: redis.url, prefix, clock, log: silentLog });
    connections.push(connection);
    await connection.connected(5_000);
    const errors: unknown[] = [];
    const presence = new PartyPresence({ connection, log: silentLog, onListenerError: (error) => errors.push(error) });
    return { connection, presence, errors };
  }

  it('RD5 carries what is published to every process of the installation, and to no other', async () => {
    const [one, two, other] = [await start(), await start(), await start('other:')];
    const heard = new Map<string, unknown>();
    await one.presence.subscribe('news', (message) => heard.set('one', message));
    await two.presence.subscribe('news', (message) => heard.set('two', message));
    await other.presence.subscribe('news', (message) => heard.set('other', message));
    await two.presence.publish('news', { n: 1 });
    await until('both have it', () => heard.has('one') && heard.has('two'));
    assert.deepEqual(Object.fromEntries(heard), { one: { n: 1 }, two: { n: 1 } });
    assert.deepEqual(await one.presence.channels('n*'), ['news']);
  });

  it('RD5 works through an object that inherits from it, which is what Colyseus gives each room', async () => {
    const { presence } = await start();
    const ofRoom = Object.create(presence) as PartyPresence;
    const heard: unknown[] = [];
    await ofRoom.subscribe('news', (message) => heard.push(message));
    await ofRoom.publish('news', 'hello');
    await until('it hears itself', () => heard.length === 1);
    await ofRoom.unsubscribe('news');
    assert.deepEqual(await presence.channels(), []);
  });

  it('RD5 a listener that throws, and a message that is none, harm nobody', async () => {
    const { presence, errors } = await start();
    const heard: unknown[] = [];
    await presence.subscribe('news', () => {
      throw new Error('a bug');
    });
    await presence.subscribe('news', (message) => heard.push(message));
    await redis.probe.publish('test:news', 'no JSON');
    await presence.publish('news', 1);
    await until('the other one hears it', () => heard.length === 1);
    assert.equal(errors.length, 1);
    assert.deepEqual(heard, [1]);
  });

  it('RD6 what nobody awaits ends no process while Redis is away', async () => {
    const { presence, connection } = await start();
    await presence.subscribe('news', () => undefined);
    await redis.kill();
    await until('it is noticed', () => connection.unready() !== null);
    // As Colyseus does: dropped on the floor.
    const dropped = [
      presence.publish('news', 1),
      presence.hset('roomcount', 'me', '1,1'),
      presence.hdel('roomcount', 'me'),
      presence.subscribe('more', () => undefined),
      presence.unsubscribe('news'),
    ];
    assert.equal(dropped.length, 5);
    await assert.rejects(presence.publish('news', 2));
    await assert.rejects(presence.hgetall('roomcount'));
    assert.equal(await presence.hdel('roomcount', 'me'), false);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(wrong, []);
  });

  it('RD7 subscriptions that were made, wanted or given up while Redis was away hold when it is back', async () => {
    const { presence, connection } = await start();
    const other = await start();
    const heard: unknown[] = [];
    const listen = (topic: string) => (message: unknown) => heard.push([topic, message]);
    const given = listen('given up');
    await presence.subscribe('kept', listen('kept'));
    await presence.subscribe('given up', given);
    await redis.kill();
    await until('it is noticed', () => connection.unready() !== null);
    await presence.subscribe('wanted', listen('wanted'));
    await presence.unsubscribe('given up', given);
    await redis.start();
    await until('exactly what is wanted is subscribed', async () => {
      return JSON.stringify((await redis.probe.pubsub('CHANNELS')).map(String).toSorted()) === '["test:kept","test:wanted"]';
    });
    await other.connection.connected(5_000);
    for (const topic of ['kept', 'given up', 'wanted']) await other.presence.publish(topic, 1);
    await until('both are heard', () => heard.length === 2);
    assert.deepEqual(heard, [
      ['kept', 1],
      ['wanted', 1],
    ]);
  });

  it('RD8 what was published while Redis was away is never heard', async () => {
    const [one, two] = [await start(), await start()];
    const heard: unknown[] = [];
    await two.presence.subscribe('news', (message) => heard.push(message));
    await redis.kill();
    await until('it is noticed', () => one.connection.unready() !== null);
    for (let n = 0; n < 10; n++) await assert.rejects(one.presence.publish('news', `old ${n}`));
    await redis.start();
    await until('two listens again', async () => (await redis.probe.pubsub('CHANNELS')).length === 1);
    await one.connection.connected(5_000);
    await one.presence.publish('news', 'new');
    await until('the new one is heard', () => heard.length > 0);
    assert.deepEqual(heard, ['new']);
  });

  describe('with the bus of the rooms on it', () => {
    interface Listener {
      readonly bus: StageBus;
      readonly process: RedisProcess;
      readonly digests: number[];
      readonly snapshot: () => StageSnapshot | undefined;
    }
    const processes: RedisProcess[] = [];
    afterEach(async () => {
      for (const process of processes.splice(0)) await process[Symbol.asyncDispose]();
    });

    async function join(name: string): Promise<Listener> {
      const process = await startRedisProcess(redis, name, { settleMs: 200 });
      processes.push(process);
      const presence = new PartyPresence({
        connection: process.connection,
        log: silentLog,
        onListenerError: (error) => wrong.push(error),
      });
      const bus = presenceBus(presence, '', { clock, log: silentLog, metrics: countingMetrics() });
      const digests: number[] = [];
      const stream = new DownStream({
        load: () => process.store.load(EVENT),
        onSnapshot: () => undefined,
        onDigest: ({ n }) => digests.push(n),
        onGap: () => undefined,
        onError: () => undefined,
        eventNowMs: () => clock.nowMs(),
      });
      await bus.onDown(EVENT, (message: DownMessage) => {
        if (message.kind === 'notice' || message.kind === 'heartbeat' || message.kind === 'digest') stream.hear(message);
      });
      await stream.reload();
      return { bus, process, digests, snapshot: () => stream.snapshot };
    }

    it('RD9 every link holds what the stage holds, through 5 s without Redis and a Redis that comes back empty', async () => {
      const stage = await join('stage');
      const { store } = stage.process;
      let epoch = 0;
      await until('the event is given', async () => (epoch = await store.acquire(EVENT).catch(() => 0)) > 0);
      const release = store.hold(EVENT, epoch, () => wrong.push('lost'));
      let current = snapshot(epoch, 0);
      let refused = 0;
      let n = 0;
      const roomId = RoomId.parse(`stage-demo-${epoch}`);
      await store.commit(current, null);

      const links = [stage, await join('two'), await join('three')];
      const slowed = async (slowMs: number) => {
        const next = { ...current, seq: current.seq + 1, policy: { ...current.policy, slowMs } };
        const outcome = await store.commit(next, null).catch(() => 'refused');
        if (outcome !== 'committed') return void refused++;
        current = next;
        await stage.bus.publishDown(EVENT, {
          kind: 'notice',
          epoch,
          seq: next.seq,
          changes: [{ kind: 'policy', policy: { slowMs } }],
        });
      };
      const beat = async () => {
        const { seq } = current;
        await stage.bus.publishDown(EVENT, { kind: 'heartbeat', epoch, seq, roomId, processId: 'stage', publicAddress: null });
        const figures = { mode: 'calm', sectionBudgetPerS: 0, shownShare: 1, fans: 0, reactions: {} } as const;
        await stage.bus.publishDown(EVENT, { kind: 'digest', epoch, n: ++n, atMs: clock.nowMs(), lines: [], ...figures });
      };
      const converged = () =>
        links.every((link) => JSON.stringify(link.snapshot()) === JSON.stringify(StageSnapshot.parse(current)));

      for (let slowMs = 1; slowMs <= 20; slowMs++) await slowed(slowMs);
      await until('all links follow', converged);

      await redis.kill();
      const awayUntilMs = clock.nowMs() + 5_000;
      const saidWhileAway: number[] = [];
      while (clock.nowMs() < awayUntilMs) {
        await slowed(1_000);
        await beat();
        saidWhileAway.push(n);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.ok(converged(), 'what was refused changed something');
      assert.ok(refused > 0);
      await redis.start();
      await until('commands are taken again', async () => {
        await slowed(2_000);
        return current.policy.slowMs === 2_000;
      });
      await until('all links follow again', async () => {
        await beat();
        return converged() && links.every(({ digests }) => digests.includes(n));
      });
      for (const { digests } of links)
        assert.deepEqual(
          digests.filter((heard) => saidWhileAway.includes(heard)),
          [],
        );
      await release();
    }).timeout(30_000);
  });
});
