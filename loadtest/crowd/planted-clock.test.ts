import assert from 'node:assert/strict';
import { EventClock } from '../../client/session/event-clock.ts';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { lineText, readLineText } from './line-text.ts';
import { PlantedClock } from './planted-clock.ts';

describe('planted clocks', () => {
  it('CW6 are ahead by their offset and run fast by their drift, and the estimator takes both out by what it is sent', async () => {
    const clock = manualClock();
    const fromMs = clock.nowMs();
    const wrong = new PlantedClock(clock, { offsetMs: -5_000, driftPpm: 200, fromMs });
    const estimate = new EventClock(wrong, () => false);
    await clock.advance(10_000);
    assert.equal(wrong.nowMs() - clock.nowMs(), -5_000 + 2);
    const t0 = wrong.nowMs();
    await clock.advance(10);
    const [t1, t2] = [clock.nowMs(), clock.nowMs()];
    await clock.advance(10);
    estimate.add({ t0, t1, t2, t3: wrong.nowMs() });
    assert.ok(Math.abs(estimate.nowMs() - clock.nowMs()) < 0.01);
  });

  it('CW7 keep what falls due while the fan sleeps until it wakes, but for what was cancelled', async () => {
    const clock = manualClock();
    const fan = new PlantedClock(clock, { offsetMs: 0, driftPpm: 0, fromMs: 0 });
    const ran: string[] = [];
    fan.after(100, () => ran.push('late'));
    const cancel = fan.after(200, () => ran.push('never'));
    fan.freeze();
    await clock.advance(1_000);
    cancel();
    assert.equal(ran.length, 0);
    fan.thaw();
    fan.after(10, () => ran.push('after'));
    await clock.advance(10);
    assert.deepEqual(ran, ['late', 'after']);
  });
});

describe('lines of a crowd', () => {
  it('CW8 carry the moment that they were meant for', () => {
    const line = { run: 'k3v9', fan: 110_426, number: 3, intendedAtMs: 1_763_780_000_123 };
    assert.deepEqual(readLineText(lineText(line)), line);
    assert.equal(readLineText('hello crowd'), undefined);
  });
});
