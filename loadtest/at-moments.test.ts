import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { systemClock } from '../core/clock.ts';
import { atMoments } from './at-moments.ts';

describe('moments', () => {
  it('LT21 stay so far apart, however late each timer is, and what was missed meanwhile comes at once', () => {
    const due: { readonly atMs: number; readonly task: () => void }[] = [];
    let nowMs = 1_000;
    const after = (delayMs: number, task: () => void) => {
      due.push({ atMs: nowMs + delayMs, task });
      return () => void due.splice(0);
    };
    const seen: (readonly [dueMs: number, atMs: number])[] = [];
    const stop = atMoments(
      { ...systemClock(), nowMs: () => nowMs, after },
      1_100,
      100,
      (dueMs) => void seen.push([dueMs, nowMs]),
    );
    for (const lateMs of [3, 3, 250, 0, 0, 0, 1]) {
      const next = due.shift();
      assert.ok(next);
      nowMs = Math.max(nowMs, next.atMs) + lateMs;
      next.task();
    }
    assert.deepEqual(seen, [
      [1_100, 1_103],
      [1_200, 1_203],
      [1_300, 1_550],
      [1_400, 1_550],
      [1_500, 1_550],
      [1_600, 1_600],
      [1_700, 1_701],
    ]);
    stop();
    assert.equal(due.length, 0);
  });
});
