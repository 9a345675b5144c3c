import assert from 'node:assert/strict';
import { systemClock } from '../../core/clock.ts';
import { silentLog } from '../../tests/support/quiet.ts';
import { type RedisServer, startRedis } from '../../tests/support/redis-server.ts';
import { until } from '../../tests/support/until.ts';
import { connectRedis } from './connect.ts';
import { redisEventTime } from './event-time.ts';

describe('event time from Redis', () => {
  let redis: RedisServer;
  const stops: (() => void)[] = [];
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) stop();
    await redis.stop();
  });

  /** A process whose own clock is off by `offMs`. */
  async function start(offMs: number, sampleEveryMs = 60_000) {
    const system = systemClock();
    const clock = { ...system, nowMs: () => system.nowMs() + offMs };
    const connection = connectRedis({ url: redis.url, prefix: 'test:', clock, log: silentLog });
    await connection.connected(5_000);
    const time = redisEventTime({ connection, clock, log: silentLog, sampleEveryMs });
    stops.push(() => {
      time.stop();
      connection.close();
    });
    return { time, connection };
  }

  it('RD30 processes whose own clocks disagree by minutes have one event time', async () => {
    const [early, late] = [await start(-120_000), await start(300_000)];
    await Promise.all([early.time.sample(), late.time.sample()]);
    const between = [early.time.nowMs(), late.time.nowMs(), early.time.nowMs()] as const;
    const allowedMs = early.time.errorMs() + late.time.errorMs();
    assert.ok(between[1] >= between[0] - allowedMs && between[1] <= between[2] + allowedMs, between.join(' '));
    assert.ok(Math.abs(early.time.nowMs() - systemClock().nowMs()) < 1_000);
  });

  it('RD30 is unknown before the first answer, and then known to within the round trip', async () => {
    const { time } = await start(0);
    const before = redisEventTime({
      connection: connectionTo(),
      clock: systemClock(),
      log: silentLog,
    });
    stops.push(() => before.stop());
    assert.equal(before.errorMs(), Infinity);
    await assert.rejects(before.sample(), { code: 'unavailable' });
    await time.sample();
    assert.ok(Number.isFinite(time.errorMs()));
  });

  function connectionTo() {
    const connection = connectRedis({ url: 'redis://127.0.0.1:1', prefix: 'test:', clock: systemClock(), log: silentLog });
    stops.push(() => connection.close());
    return connection;
  }

  it('RD31 goes on, forwards, while Redis is away, and is asked for again when it is back', async () => {
    const { time, connection } = await start(50_000);
    await time.sample();
    await redis.kill();
    await until('it is noticed', () => connection.unready() !== null);
    await assert.rejects(time.sample(), { code: 'unavailable' });
    const away = time.nowMs();
    await until('time goes on', () => time.nowMs() > away + 20);
    assert.ok(Math.abs(time.nowMs() - systemClock().nowMs()) < 1_000);
    await redis.start();
    await until('Redis is asked again', async () => ((await redis.calls())['time'] ?? 0) >= 5);
    assert.ok(time.nowMs() > away);
  });

  it('RD32 asks again by itself, a few times in a row, and one burst serves all who want it', async () => {
    const { time } = await start(0, 50);
    await time.sample();
    await redis.forgetCalls();
    await until('it asks again by itself', async () => ((await redis.calls())['time'] ?? 0) >= 15);
    time.stop();
    await time.sample(); // what was under way
    await redis.forgetCalls();
    await Promise.all([time.sample(), time.sample(), time.sample()]);
    assert.equal((await redis.calls())['time'], 5);
  });
});
