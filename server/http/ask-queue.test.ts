import assert from 'node:assert/strict';
import { AskQueue } from './ask-queue.ts';

/** A queue of numbers whose turns come when `turn` is called. */
function queue() {
  const answered: number[] = [];
  const sentAway: number[] = [];
  const gone = new Set<number>();
  const turns: (() => void)[] = [];
  const asks = new AskQueue<number>({
    answer: (ask) => void answered.push(ask),
    sendAway: (ask) => void sentAway.push(ask),
    isGone: (ask) => gone.has(ask),
    nextTurn: (task) => void turns.push(task),
  });
  return { asks, answered, sentAway, gone, turns, turn: () => turns.shift()?.() };
}

describe('asks for tickets', () => {
  it('AD13 are answered four in a turn, the last first', () => {
    const { asks, answered, turns, turn } = queue();
    for (let ask = 0; ask < 10; ask += 1) asks.add(ask);
    assert.deepEqual([answered.length, turns.length], [0, 1]);
    turn();
    assert.deepEqual(answered, [9, 8, 7, 6]);
    asks.add(10);
    turn();
    assert.equal(answered[4], 10);
    turn();
    assert.deepEqual([answered.length, turns.length], [11, 0]);
    asks.add(11);
    turn();
    assert.deepEqual([answered.at(-1), turns.length], [11, 0]);
  });

  it('AD13 cost nothing when nobody waits for the answer any more', () => {
    const { asks, answered, gone, turn } = queue();
    for (let ask = 0; ask < 100; ask += 1) asks.add(ask);
    for (let ask = 2; ask < 98; ask += 1) gone.add(ask);
    turn();
    assert.deepEqual(answered, [99, 98, 1, 0]);
  });

  it('AD13 are a thousand at most: the first to come is sent away', () => {
    const { asks, answered, sentAway, gone, turn } = queue();
    gone.add(1);
    for (let ask = 0; ask < 1_003; ask += 1) asks.add(ask);
    assert.deepEqual(sentAway, [0, 2]);
    turn();
    assert.equal(answered[0], 1_002);
  });
});
