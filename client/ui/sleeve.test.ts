import assert from 'node:assert/strict';
import { sleeveOf } from './sleeve.ts';

describe('a drawn sleeve', () => {
  it('FP3 is the same for the same seed and another for another', () => {
    assert.deepEqual(sleeveOf('Low Tide'), sleeveOf('Low Tide'));
    assert.notDeepEqual(sleeveOf('Low Tide'), sleeveOf('Salt'));
  });

  it('FP3 keeps both centres on the sleeve', () => {
    for (const seed of ['', 'a', 'Paper Lanterns', '深夜', 'x'.repeat(300)]) {
      for (const ring of sleeveOf(seed).rings)
        assert.ok(ring.cx > 0 && ring.cx < 100 && ring.cy > 0 && ring.cy < 100 && ring.r > 0);
    }
  });
});
