import assert from 'node:assert/strict';
import { chartPath } from './chart-path.ts';

describe('charts', () => {
  it('HC8 draws a series from the left to the right, zero at the bottom', () => {
    assert.deepEqual(chartPath([0, 5, 10], 100, 50), {
      line: 'M0 50L50 25L100 0',
      area: 'M0 50L50 25L100 0L100 50L0 50Z',
      most: 10,
    });
  });

  it('HC8 draws nothing of nothing, and a level line of one value or of zeros', () => {
    assert.deepEqual(chartPath([], 100, 50), { line: '', area: '', most: 0 });
    assert.equal(chartPath([7], 100, 50).line, 'M0 0L100 0');
    assert.equal(chartPath([0, 0], 100, 50).line, 'M0 50L100 50');
  });

  it('HC8 draws a second series on the scale of the first', () => {
    assert.equal(chartPath([5, 20], 100, 50, 10).line, 'M0 25L100 0');
  });
});
