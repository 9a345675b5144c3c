import assert from 'node:assert/strict';
import type { RunFigures } from './run.ts';
import { FOREIGN_MAX, type Round, spreadOf, tableOf, verdictOf } from './verdict.ts';

function figures(usPerFrame: number, more: Partial<RunFigures> = {}): RunFigures {
  return {
    joinsPerS: 1_000,
    serverUsPerJoin: 500,
    generatorUsPerJoin: 100,
    rssKBPerFan: 8,
    heapKBPerFan: 3,
    usPerFrame,
    bytesPerFrame: 160,
    idleUsPerFanSecond: 2,
    idleMarginalUsPerFanSecond: 1,
    longestTurnMs: 5,
    frames: 1_000,
    lost: 0,
    foreignShare: 0,
    ...more,
  };
}

const round = (ours: number, stock: number, floor: number, more: Partial<RunFigures> = {}): Round => ({
  ours: figures(ours, more),
  stock: figures(stock),
  floor: figures(floor),
});
const frame = (rounds: readonly Round[]) => {
  const row = verdictOf(rounds).rows.find(({ figure }) => figure === 'usPerFrame');
  assert.ok(row);
  return row;
};

describe('the verdict of a bench', () => {
  it('FT9 is the median with its range, and ratios within each round', () => {
    const row = frame([round(9, 12, 9), round(20, 40, 10), round(10, 11, 8)]);
    assert.deepEqual(row.ours, { median: 10, min: 9, max: 20 });
    assert.deepEqual(row.oursToStock, { median: 0.75, min: 0.5, max: 10 / 11 });
    assert.deepEqual(row.oursToFloor, { median: 1.25, min: 1, max: 2 });
  });

  it('FT9 leaves out a round in which others used the machine, or a connection was lost', () => {
    const quiet = [round(9, 12, 9), round(9, 12, 9), round(9, 12, 9)];
    for (const more of [{ foreignShare: FOREIGN_MAX + 0.01 }, { lost: 1 }]) {
      const verdict = verdictOf([...quiet, round(90, 12, 9, more)]);
      assert.deepEqual([verdict.rounds, verdict.discarded, verdict.disturbed], [3, 1, false]);
      assert.equal(verdict.rows[0]?.ours.max, 9);
    }
  });

  it('FT9 keeps all and says so when too few rounds were quiet', () => {
    const loud = round(18, 24, 18, { foreignShare: 0.9 });
    const verdict = verdictOf([round(9, 12, 9), loud, loud]);
    assert.deepEqual([verdict.rounds, verdict.discarded, verdict.disturbed], [3, 0, true]);
  });

  it('FT9 is a table with one line for each figure', () => {
    const lines = tableOf(verdictOf([round(9.25, 12, 9)])).split('\n');
    assert.match(lines[0] ?? '', /floor.*stock.*ours.*ours\/stock.*ours\/floor/);
    assert.match(lines[2] ?? '', /a frame.*9\.25 \[9\.25, 9\.25\].*0\.77.*1\.03/);
    assert.equal(new Set(lines.map(({ length }) => length)).size, 1);
    assert.equal(lines.length, 2 + verdictOf([round(9, 12, 9)]).rows.length);
    assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3 });
  });
});
