import assert from 'node:assert/strict';
import { readFile } from 'node:fs';
import { systemClock } from './clock.ts';

describe('the clock', () => {
  const { after } = systemClock();

  it('SE47 gives the next turn of the event loop to what has no delay, before any timer', async () => {
    const order: string[] = [];
    // Where one is within the loop decides who is first: behind input, timers come last.
    await new Promise<void>((resolve) => {
      readFile(import.meta.filename, () => {
        after(1, () => {
          order.push('timer');
          resolve();
        });
        after(0, () => void order.push('turn'));
      });
    });
    assert.deepEqual(order, ['turn', 'timer']);
  });

  for (const delayMs of [0, 1]) {
    it(`SE47 runs nothing that was cancelled, ${delayMs} ms ahead`, async () => {
      after(delayMs, () => assert.fail('was cancelled'))();
      await new Promise<void>((resolve) => after(delayMs, () => after(delayMs, resolve)));
    });
  }
});
