import assert from 'node:assert/strict';
import { systemClock } from '../core/clock.ts';
import { inTurns } from './turns.ts';

describe('turns', () => {
  const items = Array.from({ length: 250 }, (_, n) => n);

  /** A clock whose turns come when the test says so. */
  function turnedClock() {
    const due: (() => void)[] = [];
    let nowMs = 0;
    const after = (_delayMs: number, turn: () => void) => {
      due.push(turn);
      return () => undefined;
    };
    /** The next turn, after the loop was used by others for so long. */
    const next = (busyMs = 0) => {
      nowMs += busyMs;
      due.shift()?.();
    };
    return { clock: { ...systemClock(), nowMs: () => nowMs, after }, due, next };
  }

  it('SE47 do all of many in order, no more than a share of it at once, and say when it is done', () => {
    const { clock, due, next } = turnedClock();
    const done: number[] = [];
    const seen: (readonly [count: number, over: number])[] = [];
    let over = 0;
    const act = (n: number) => void done.push(n);
    inTurns(clock, items, 100, act, () => void over++);
    for (; due.length > 0; next()) seen.push([done.length, over]);
    const expected = [
      [100, 0],
      [200, 0],
      [250, 1],
    ];
    assert.deepEqual([seen, done, over], [expected, items, 1]);
  });

  it('SE47 are longer on a loop that others use, up to four times', () => {
    for (const [busyMs, perTurn] of [
      [3, 20],
      [10, 50],
      [16, 80],
      [500, 80],
    ] as const) {
      const { clock, next } = turnedClock();
      const done: number[] = [];
      inTurns(clock, items, 20, (n) => void done.push(n));
      for (const turn of [1, 2]) {
        next(busyMs);
        assert.equal(done.length, 20 + turn * perTurn, `${busyMs} ms`);
      }
    }
  });

  it('SE47 are over on return when one is enough, or there is nothing to do', () => {
    const { clock } = turnedClock();
    let over = 0;
    const tell = () => void over++;
    for (const few of [items.slice(0, 100), []]) inTurns(clock, few, 100, () => undefined, tell);
    assert.equal(over, 2);
  });

  it('SE47 are shared by all who have much to do: together they take no more of one than each alone, one after another', () => {
    const { clock, due, next } = turnedClock();
    const done: string[] = [];
    const perTurn: number[] = [];
    inTurns(clock, items.slice(0, 150), 100, () => void done.push('first'));
    inTurns(clock, items.slice(0, 20), 50, () => void done.push('second'));
    inTurns(clock, items.slice(0, 30), 100, () => void done.push('third'));
    for (let before = 0; due.length > 0; before = done.length, next()) perTurn.push(done.length - before);
    // Half a turn for the rest of the first, 20 of 50 for the second, and what is left.
    assert.deepEqual(perTurn, [100, 50 + 20 + 10, 20]);
    assert.deepEqual(new Set(done.slice(0, 150)), new Set(['first']));
    assert.equal(done.length, 200);
  });

  it('SE47 go on for others when somebody’s work fails', () => {
    const { clock, due, next } = turnedClock();
    const fail = () => {
      throw new Error('broken');
    };
    assert.throws(() => inTurns(clock, items, 100, fail, () => assert.fail('was said to be done')), /broken/);
    const done: number[] = [];
    inTurns(clock, items, 100, (n) => void done.push(n));
    while (due.length > 0) next();
    assert.deepEqual(done, items);
  });
});
