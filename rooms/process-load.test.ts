import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { manualClock } from '../tests/support/manual-clock.ts';
import { ProcessLoad } from './process-load.ts';

describe('what a process carries', () => {
  it('SE50 knows for a moment that it stood still for longer than pages wait', async () => {
    const manual = manualClock();
    let stoodStillMs = 0;
    const clock = { ...manual, nowMs: () => manual.nowMs() + stoodStillMs };
    const load = new ProcessLoad(clock, () => 0);
    const leave = load.add({ fans: 1, fanOutMs: 0 });
    await manual.advance(60_000);
    assert.equal(load.justWoke, false);
    // No timer ran meanwhile.
    stoodStillMs += 2_000;
    assert.equal(load.justWoke, false);
    stoodStillMs += 4_000;
    assert.equal(load.justWoke, true);
    await manual.advance(1_000);
    assert.equal(load.justWoke, true);
    await manual.advance(1_500);
    assert.equal(load.justWoke, false);
    leave();
    stoodStillMs += 60_000;
    const again = load.add({ fans: 1, fanOutMs: 0 });
    assert.equal(load.justWoke, false);
    again();
  });

  it('AD9 knows how long half of its fans took to their seats in the last second', async () => {
    const clock = manualClock();
    const load = new ProcessLoad(clock, () => 0);
    for (const wayMs of [80, 9_000, 120]) load.arrived(wayMs);
    assert.deepEqual(load.seated(), { perS: 0, wayMs: 0 }, 'the second is not over');
    await clock.advance(1_000);
    assert.deepEqual(load.seated(), { perS: 3, wayMs: 120 });
    await clock.advance(1_000);
    assert.deepEqual(load.seated(), { perS: 0, wayMs: 0 }, 'nobody came since');
  });
});
