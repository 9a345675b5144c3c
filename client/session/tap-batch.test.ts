import assert from 'node:assert/strict';
import { REACTIONS_PER_REQUEST } from '../../schemas/limits.ts';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { TAP_WINDOW_MS, tapBatch } from './tap-batch.ts';

describe('taps', () => {
  it('PS13 leave together, as one request per window, at most twenty in each', async () => {
    const clock = manualClock();
    const sent: [string, number, number][] = [];
    const startMs = clock.nowMs();
    const taps = tapBatch(clock, (emoji, count) => sent.push([emoji, count, clock.nowMs() - startMs]));
    for (let tap = 0; tap < REACTIONS_PER_REQUEST + 5; tap++) taps.tap('a');
    taps.tap('b');
    await clock.advance(5_000);
    assert.deepEqual(sent, [
      ['a', REACTIONS_PER_REQUEST, TAP_WINDOW_MS],
      ['b', 1, 2 * TAP_WINDOW_MS],
    ]);
    taps.tap('c');
    taps.dispose();
    await clock.advance(5_000);
    assert.equal(sent.length, 2);
  });

  it('PS13 leave again after some were forgotten on the way out: who left within the window may come back', async () => {
    const clock = manualClock();
    const sent: string[] = [];
    const taps = tapBatch(clock, (emoji) => sent.push(emoji));
    taps.tap('a');
    taps.dispose();
    taps.tap('b');
    await clock.advance(5_000);
    assert.deepEqual(sent, ['b']);
  });
});
