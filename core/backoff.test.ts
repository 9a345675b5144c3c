import assert from 'node:assert/strict';
import fc from 'fast-check';
import { backoffMs, jitterMs } from './backoff.ts';

const RULE = { baseMs: 500, capMs: 15_000 };

describe('backoff', () => {
  it('AD12 spreads attempts over the whole range, which doubles up to its cap', () => {
    const fullest = [0, 1, 2, 3, 4, 5, 6].map((attempt) => backoffMs(attempt, RULE, () => 1));
    assert.deepEqual(fullest, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    assert.equal(
      backoffMs(9, RULE, () => 0),
      0,
    );
    assert.equal(
      backoffMs(-1, RULE, () => 1),
      500,
    );
  });

  it('AD12 never leaves its range, at any attempt', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
        const waitMs = backoffMs(attempt, RULE, () => random);
        assert.ok(waitMs >= 0 && waitMs < RULE.capMs);
      }),
    );
  });

  it('AD12 jitters around a value, to both sides', () => {
    assert.equal(
      jitterMs(100, 0.2, () => 0),
      80,
    );
    assert.equal(
      jitterMs(100, 0.2, () => 0.5),
      100,
    );
    assert.equal(
      jitterMs(100, 0.2, () => 1),
      120,
    );
  });
});
