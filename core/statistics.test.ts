import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitLine, lineAt, median, percentile } from './statistics.ts';

describe('statistics', () => {
  it('DR11 interpolates percentiles, and has none without values', () => {
    assert.equal(percentile([], 0.5), undefined);
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(percentile([10, 20], 0.25), 12.5);
    assert.equal(percentile([10, 20], 2), 20);
    assert.equal(percentile([10, 20], -1), 10);
  });

  it('DR11 keeps percentiles within the values and in the order of their shares', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const low = percentile(values, share / 2) as number;
        const high = percentile(values, share) as number;
        assert.ok(Math.min(...values) <= low && low <= high && high <= Math.max(...values));
      }),
    );
  });

  it('DR11 finds a line exactly, and a wild point does not move it', () => {
    const points = Array.from({ length: 20 }, (_, x) => ({ x, y: 3 + 0.5 * x + (x % 2 === 0 ? 0.01 : -0.01) }));
    const line = fitLine([...points, { x: 10.5, y: 900 }]);
    assert.ok(line !== undefined);
    assert.equal(line.kept, 20);
    assert.ok(Math.abs(line.slope - 0.5) < 0.002);
    assert.ok(Math.abs(lineAt(line, 100) - 53) < 0.2);
  });

  it('DR11 fits one point, points of one x, and exact points; nothing without points', () => {
    assert.equal(fitLine([]), undefined);
    assert.deepEqual(fitLine([{ x: 2, y: 5 }]), { x: 2, y: 5, slope: 0, kept: 1 });
    const upright = fitLine([
      { x: 1, y: 2 },
      { x: 1, y: 4 },
    ]);
    assert.ok(upright !== undefined && upright.slope === 0 && upright.y === 3);
    const exact = fitLine([0, 1, 2].map((x) => ({ x, y: x })));
    assert.ok(exact !== undefined && Math.abs(lineAt(exact, 7) - 7) < 1e-9);
  });
});
