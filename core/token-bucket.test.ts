import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fullBucket, refill, take } from './token-bucket.ts';

const RULE = { capacity: 3, perS: 2 };

describe('token bucket', () => {
  it('CP9 never gives more than its capacity and its rate over any time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 200 }), (gapsMs) => {
        let bucket = fullBucket(RULE, 0);
        let nowMs = 0;
        const takenAtMs: number[] = [];
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          const result = take(bucket, RULE, nowMs);
          bucket = result.bucket;
          if (result.taken) takenAtMs.push(nowMs);
        }
        takenAtMs.forEach((fromMs, from) => {
          takenAtMs.slice(from).forEach((toMs, more) => {
            assert.ok(more + 1 <= RULE.capacity + ((toMs - fromMs) * RULE.perS) / 1_000 + 1e-6);
          });
        });
      }),
    );
  });

  it('CP9 gives after exactly the time that its refusal named', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 50, noNaN: true }), fc.integer({ min: 1, max: 5 }), (perS, count) => {
        const rule = { capacity: 5, perS };
        const empty = { tokens: 0, atMs: 1_000 };
        const refused = take(empty, rule, 1_000, count);
        assert.ok(!refused.taken);
        assert.ok(take(refused.bucket, rule, 1_000 + refused.retryInMs, count).taken);
        if (refused.retryInMs > 2) assert.ok(!take(refused.bucket, rule, 998 + refused.retryInMs, count).taken);
      }),
    );
  });

  it('CP9 says when waiting cannot help', () => {
    const more = take(fullBucket(RULE, 0), RULE, 0, 4);
    assert.ok(!more.taken && more.retryInMs === Infinity);
    const never = take({ tokens: 0, atMs: 0 }, { capacity: 3, perS: 0 }, 0);
    assert.ok(!never.taken && never.retryInMs === Infinity);
  });

  it('CP9 gains and loses nothing by a clock that steps back', () => {
    const bucket = { tokens: 1, atMs: 5_000 };
    assert.deepEqual(refill(bucket, RULE, 1_000), bucket);
    assert.deepEqual(refill(bucket, RULE, 5_500), { tokens: 2, atMs: 5_500 });
  });
});
