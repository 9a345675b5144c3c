import assert from 'node:assert/strict';
import { type IRoomCache, matchMaker, Room } from '@colyseus/core';
import { RedisDriver } from '@colyseus/redis-driver';
import { RedisPresence } from '@colyseus/redis-presence';
import { systemClock } from '../../core/clock.ts';
import { reserve, startServer } from '../../tests/support/colyseus-server.ts';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { silentLog } from '../../tests/support/quiet.ts';
import { type RedisServer, startRedis } from '../../tests/support/redis-server.ts';
import { until } from '../../tests/support/until.ts';
import { connectRedis, type RedisConnection } from './connect.ts';
import { PartyDriver } from './driver.ts';
import { PartyPresence } from './presence.ts';

const FANS = 20;
/** What the test and the connections themselves ask. */
const OURS = new Set(['info', 'config|resetstat', 'ping', 'client|setname', 'auth', 'time']);

function listing(roomId: string, change: Partial<IRoomCache> = {}): IRoomCache {
  return { roomId, name: 'section', processId: 'me', clients: 0, maxClients: 10, ...change };
}

describe('the listing of rooms in Redis', () => {
  let redis: RedisServer;
  const closing: (() => unknown)[] = [];
  const wrong: unknown[] = [];
  const remember = (reason: unknown) => void wrong.push(reason);
  beforeEach(async () => {
    wrong.length = 0;
    process.on('unhandledRejection', remember);
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
    await redis.stop();
    process.off('unhandledRejection', remember);
    assert.deepEqual(wrong, []);
  });

  async function connect(): Promise<RedisConnection> {
    const connection = connectRedis({ url: redis.url, prefix: 'test:', clock: systemClock(), log: silentLog });
    closing.push(() => connection.close());
    await connection.connected(5_000);
    return connection;
  }
  /** Its seconds pass when the test says so. */
  async function start() {
    const connection = await connect();
    const clock = manualClock();
    return { connection, clock, driver: new PartyDriver({ connection, clock, log: silentLog }) };
  }
  const stored = async () => {
    const all = await redis.probe.hgetall('test:roomcaches');
    return Object.fromEntries(Object.entries(all).map(([id, text]) => [id, (JSON.parse(text) as IRoomCache).clients]));
  };
  const asked = async () => Object.fromEntries(Object.entries(await redis.calls()).filter(([name]) => !OURS.has(name)));

  it('RD20 the first process to list an id has it; the other is refused', async () => {
    const [one, two] = [await start(), await start()];
    const outcomes = await Promise.all([
      one.driver.insert(listing('a', { clients: 1 })),
      two.driver.insert(listing('a', { clients: 2 })),
    ]);
    assert.equal(outcomes.filter(Boolean).length, 1);
    assert.deepEqual(await stored(), { a: outcomes[0] ? 1 : 2 });
  });

  it('RD21 a second of changes in many rooms is one command, with the last word on each', async () => {
    const { driver, clock } = await start();
    const rooms = ['a', 'b', 'c'].map((id) => listing(id));
    for (const room of rooms) await driver.insert(room);
    await redis.forgetCalls();
    for (let n = 0; n < 100; n++)
      for (const room of rooms) await driver.update(room, { $inc: { clients: 1 }, $set: { locked: n > 50 } });
    assert.deepEqual(await asked(), {});
    assert.equal((await driver.findOne({ roomId: 'b' })).clients, 100);
    await clock.advance(1_000);
    await driver.write();
    assert.deepEqual(await stored(), { a: 100, b: 100, c: 100 });
    assert.equal((await asked())['hset'], 1);
    await redis.forgetCalls();
    await clock.advance(10_000);
    await driver.write();
    assert.deepEqual(await asked(), {});
  });

  it('RD22 a room is found by its id without reading the others; one of our own without asking at all', async () => {
    const [one, two] = [await start(), await start()];
    await one.driver.insert(listing('a', { clients: 3 }));
    await redis.forgetCalls();
    assert.equal((await one.driver.findOne({ roomId: 'a' })).clients, 3);
    assert.equal(await one.driver.has('a'), true);
    assert.deepEqual(await asked(), {});
    assert.equal((await two.driver.findOne({ roomId: 'a' })).clients, 3);
    assert.equal(await two.driver.findOne({ roomId: 'none' }), undefined);
    assert.deepEqual(await asked(), { hget: 2 });
  });

  it('RD23 removed rooms leave the list, also when Redis was away, and a late change does not bring them back', async () => {
    await redis.stop();
    redis = await startRedis({ durable: true });
    const { driver, connection } = await start();
    const [a, b] = [listing('a'), listing('b')];
    await driver.insert(a);
    await driver.insert(b);
    await redis.kill();
    await until('it is noticed', () => connection.unready() !== null);
    await driver.update(b, { $inc: { clients: 5 } });
    await driver.remove('a');
    await driver.update(a, { $inc: { clients: -1 } });
    await driver.write();
    await redis.start();
    await until('the list is right', async () => JSON.stringify(await stored()) === '{"b":5}');
  });

  it('RD23 an id that may have been listed although nobody heard so is struck off', async () => {
    const { driver, connection } = await start();
    await redis.pause();
    await assert.rejects(driver.insert(listing('ghost')), { code: 'unavailable' });
    redis.resume();
    await until('Redis answers again', () =>
      connection
        .ask('ping', (commands) => commands.ping())
        .then(
          () => true,
          () => false,
        ),
    );
    await driver.write();
    assert.deepEqual(await stored(), {});
  });

  it('RD24 a Redis that was emptied has the list again by itself', async () => {
    const { driver } = await start();
    await driver.insert(listing('a', { clients: 7 }));
    await redis.kill();
    await redis.start();
    await until('it is listed again', async () => JSON.stringify(await stored()) === '{"a":7}');
  });

  it('RD24 at shutdown a process strikes its own rooms off and leaves the others, even without Redis', async () => {
    const [one, two] = [await start(), await start()];
    await one.driver.insert(listing('a', { processId: 'one' }));
    await two.driver.insert(listing('b', { processId: 'two' }));
    await redis.forgetCalls();
    await one.driver.cleanup('one');
    assert.deepEqual(await asked(), { hdel: 1 });
    assert.deepEqual(await stored(), { b: 0 });
    await redis.kill();
    await until('it is noticed', () => two.connection.unready() !== null);
    await two.driver.cleanup('two');
    await two.driver.cleanup('unknown');
    await two.driver.shutdown();
  });

  describe('under a crowd', () => {
    class Hall extends Room {
      override autoDispose = false;
      override patchRate = 60_000;
    }

    /** Lets fans in and out, and counts what Redis was asked meanwhile. */
    async function crowd(shared: Parameters<typeof startServer>[0]): Promise<{ asked: Record<string, number>; seconds: number }> {
      const server = await startServer(shared);
      closing.push(() => server.stop());
      server.define('hall', Hall);
      const { roomId } = await matchMaker.createRoom('hall', {});
      const room = matchMaker.getLocalRoomById(roomId);
      await redis.forgetCalls();
      const sinceMs = performance.now();
      const fans = [];
      for (let n = 0; n < FANS; n++) {
        const seat = await reserve(roomId, 'hall', { sessionId: `fan-${n}` });
        fans.push(await server.client().consumeSeatReservation(seat));
      }
      assert.equal(room.clients.length, FANS);
      await Promise.all(fans.map((fan) => fan.leave()));
      await until('all have left', () => room.clients.length === 0);
      return { asked: await asked(), seconds: (performance.now() - sinceMs) / 1_000 };
    }

    it('RD25 stock presence and driver ask Redis for every fan who joins or leaves', async () => {
      const presence = new RedisPresence(redis.url);
      const driver = new RedisDriver(redis.url);
      const { asked: calls } = await crowd({ presence, driver });
      assert.ok((calls['hset'] ?? 0) >= 2 * FANS, JSON.stringify(calls));
    });

    it('RD25 ours ask nothing for a fan, and about once a second for the process', async () => {
      const connection = await connect();
      const presence = new PartyPresence({ connection, log: silentLog, onListenerError: (error) => wrong.push(error) });
      const driver = new PartyDriver({ connection, clock: systemClock(), log: silentLog });
      const { asked: calls, seconds } = await crowd({ presence, driver });
      // The listing and Colyseus's own count of rooms, each once a second.
      const allowed = 2 * (Math.ceil(seconds) + 1);
      assert.deepEqual(
        Object.keys(calls).filter((name) => name !== 'hset'),
        [],
      );
      assert.ok((calls['hset'] ?? 0) <= Math.min(allowed, FANS), JSON.stringify({ calls, seconds }));
    });
  });
});
