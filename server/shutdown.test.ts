import assert from 'node:assert/strict';
import type { Clock } from '../core/clock.ts';
import { silentLog } from '../tests/support/quiet.ts';
import { shutDown } from './shutdown.ts';

/** A clock on which a delay of one millisecond is over at once, and no other ever is. */
const clock: Clock = {
  nowMs: () => 0,
  after(delayMs, task) {
    if (delayMs === 1) setImmediate(task);
    return () => {};
  },
  every: () => () => {},
};

describe('shutdown', () => {
  it('HT22 runs its steps one after another, in order', async () => {
    const ran: string[] = [];
    const step = (name: string) => ({ name, withinMs: 9, run: async () => void (await Promise.resolve(), ran.push(name)) });
    await shutDown([step('a'), step('b'), step('c')], clock, silentLog);
    assert.deepEqual(ran, ['a', 'b', 'c']);
  });

  it('HT22 leaves a step behind that fails or never ends, says so, and goes on', async () => {
    const warned: unknown[] = [];
    const log = { ...silentLog, warn: (fields: object) => void warned.push((fields as { step: string }).step) };
    let last = false;
    const throws = () => {
      throw new Error('synchronously');
    };
    await shutDown(
      [
        { name: 'hangs', withinMs: 1, run: () => new Promise(() => {}) },
        { name: 'fails', withinMs: 1_000, run: () => Promise.reject(new Error('no')) },
        { name: 'throws', withinMs: 1_000, run: throws },
        { name: 'last', withinMs: 1_000, run: async () => void (last = true) },
      ],
      clock,
      log,
    );
    assert.deepEqual(warned, ['hangs', 'fails', 'throws']);
    assert.equal(last, true);
  });
});
