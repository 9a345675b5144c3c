import assert from 'node:assert/strict';
import fc from 'fast-check';
import { adaptBudget, crowdDelta, spreadSparks } from './reaction-spread.ts';

describe('a crowd of reactions', () => {
  it('FP25 shows what others added between two totals', () => {
    assert.deepEqual(crowdDelta({ a: 10, b: 5 }, { a: 13, b: 5, c: 2 }, {}).crowd, { a: 3, c: 2 });
  });

  it('FP25 does not show our own again, and keeps what the totals do not hold yet', () => {
    assert.deepEqual(crowdDelta({ a: 10 }, { a: 13 }, { a: 2 }), { crowd: { a: 1 }, own: { a: 0 } });
    assert.deepEqual(crowdDelta({ a: 10 }, { a: 11 }, { a: 3 }), { crowd: {}, own: { a: 2 } });
  });

  it('FP25 shows nothing when totals begin anew in another section', () => {
    assert.deepEqual(crowdDelta({ a: 500 }, { a: 3 }, {}).crowd, {});
  });

  it('FP26 spreads the beat’s reactions over its length, in order, within the budget', () => {
    const counts = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 5_000 }));
    const random = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    fc.assert(
      fc.property(counts, fc.integer({ min: 4, max: 90 }), random, (crowd, max, stream) => {
        const sparks = spreadSparks(crowd, 1_000, max, () => stream.next().value as number);
        assert.ok(sparks.length <= max);
        for (const [at, spark] of sparks.entries()) {
          assert.ok(spark.inMs >= 0 && spark.inMs < 1_000);
          if (at > 0) assert.ok(spark.inMs >= (sparks[at - 1]?.inMs ?? 0));
        }
        const used = Object.keys(crowd).filter((emoji) => (crowd[emoji] ?? 0) > 0);
        for (const emoji of used)
          assert.ok(
            sparks.some((spark) => spark.emoji === emoji),
            `${emoji} is seen`,
          );
        assert.ok(sparks.length <= used.reduce((sum, emoji) => sum + (crowd[emoji] ?? 0), 0));
      }),
    );
  });

  it('FP27 draws fewer on a slow device, and more again when it recovers', () => {
    assert.ok(adaptBudget(90, 40, 90) < 90);
    assert.equal(adaptBudget(12, 40, 90), 12);
    assert.equal(adaptBudget(50, 16, 90), 51);
    assert.equal(adaptBudget(90, 16, 90), 90);
    assert.equal(adaptBudget(50, 20, 90), 50);
  });
});
