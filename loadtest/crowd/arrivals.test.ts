import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seeded } from '../../core/seeded.ts';
import { arrivalMs } from './arrivals.ts';
import { drawsFor, sample } from './draws.ts';

describe('arrivals', () => {
  it('CW2 reads a curve backwards: each fan at the moment at which the curve counts it', () => {
    const curve = [
      [1_000, 0],
      [2_000, 10],
      [10_000, 10],
      [11_000, 20],
    ] as const;
    assert.deepEqual(
      [0, 4, 9, 10, 19].map((n) => arrivalMs(curve, 20, n)),
      [1_100, 1_500, 2_000, 10_100, 11_000],
    );
    assert.equal(arrivalMs([[500, 1]], 60, 29), 250, 'scaled to the crowd');
    assert.equal(arrivalMs([[0, 5]], 5, 0), 0, 'all at once');
  });

  it('CW2 lets nobody arrive before the one before, nor after the end', () => {
    const points = fc.array(fc.tuple(fc.nat(5_000), fc.nat(100)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 200 }), (steps, count) => {
        let [atMs, fans] = [0, 1];
        const curve = steps.map(([ms, more]) => [(atMs += ms), (fans += more)] as const);
        const moments = Array.from({ length: count }, (_, n) => arrivalMs(curve, count, n));
        assert.deepEqual(
          moments,
          moments.toSorted((a, b) => a - b),
        );
        assert.ok((moments.at(-1) as number) <= atMs + 1e-6);
      }),
    );
  });

  it('CW2 refuses a curve that is empty or descends', () => {
    assert.throws(() => arrivalMs([], 1, 0), RangeError);
    assert.throws(
      () =>
        arrivalMs(
          [
            [10, 5],
            [5, 9],
          ],
          9,
          8,
        ),
      RangeError,
    );
  });

  it('CW7 draws the same fans for the same seed, each once, and as many as the share says', () => {
    const fans = Array.from({ length: 97 }, (_, n) => n);
    const draw = (seed: number) => sample(fans, 0.2, seeded(seed));
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
    assert.equal(new Set(draw(3)).size, 19);
    assert.notEqual(drawsFor(1, 1)(), drawsFor(1, 2)());
  });
});
