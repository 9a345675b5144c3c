import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { systemClock } from '../../core/clock.ts';
import { type RedisServer, startRedis } from '../../tests/support/redis-server.ts';
import { probed } from './probed.ts';
import { readRedis } from './redis-facts.ts';

describe('looking at Redis', () => {
  const clock = systemClock();
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis({ password: 'very-secret-word', durable: true });
  });
  after(() => redis.stop());

  it('PF4 reads what a real one is', async () => {
    await redis.probe.config('SET', 'maxmemory', '100mb');
    await redis.probe.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await redis.probe.config('SET', 'maxclients', '321');
    const facts = await readRedis(redis.url, clock);
    assert.match(facts.version, /^\d+\.\d+/);
    assert.equal(facts.role, 'master');
    assert.equal(facts.isLoading, false);
    assert.equal(facts.isClustered, false);
    assert.equal(facts.appendOnly, true);
    assert.equal(facts.maxMemoryBytes, 100 * 1_048_576);
    assert.equal(facts.memoryPolicy, 'allkeys-lru');
    assert.equal(facts.clientsMax, 321);
    assert.ok(facts.clients >= 2 && facts.usedMemoryBytes > 0);
    assert.ok(facts.latencyMs > 0);
    // One machine, one clock: off by no more than what the round trip hides.
    assert.ok(Math.abs(facts.aheadMs) < 100, `${facts.aheadMs} ms`);
  });

  it('PF4 says that a replica is one', async () => {
    await using replica = await startRedis();
    await replica.probe.call('REPLICAOF', '127.0.0.1', '1');
    assert.equal((await readRedis(replica.url, clock)).role, 'slave');
  });

  it('PF7 says why one cannot be asked, without the password', async () => {
    const refused = await probed(clock, 5_000, () => readRedis(redis.url.replace('very-secret-word', 'wrong-word'), clock));
    assert.ok(!refused.ok);
    assert.match(refused.reason, /WRONGPASS/);
    assert.doesNotMatch(refused.reason, /wrong-word/);
    const nobody = await probed(clock, 5_000, () => readRedis('redis://127.0.0.1:1', clock));
    assert.ok(!nobody.ok);
    assert.match(nobody.reason, /ECONNREFUSED/);
  });

  it('PF7 waits no longer than its time for one that stands still', async () => {
    await redis.pause();
    try {
      const probe = await probed(clock, 300, () => readRedis(redis.url, clock));
      assert.deepEqual(probe, { ok: false, reason: 'no answer within 0.3 s' });
    } finally {
      redis.resume();
    }
  });
});
