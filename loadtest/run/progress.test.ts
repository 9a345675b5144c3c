import assert from 'node:assert/strict';
import { madeUpSample } from '../../tests/loadtest/made-up-run.ts';
import { progressLine } from './progress.ts';

const STATUS = {
  due: 90,
  live: 80,
  waiting: 0,
  reconnecting: 0,
  failed: 0,
  acknowledged: 7,
  frames: 0,
  generatorLagMs: 2.4,
  eventLane: { fans: 0 },
  revision: { newest: 1, fans: 80 },
};

describe('progress', () => {
  it('LT16 says where a run stands in one line, and what is wrong only when something is', () => {
    const pages = { due: 10, live: 9 };
    const samples = [madeUpSample({ fans: 40 }), madeUpSample({ index: 1, fans: 49, loopP99Ms: 30 })];
    assert.equal(
      progressLine(12.4, STATUS, pages, 310.2, samples),
      '   12 s  89 of 100 fans in  the house says 89  7 lines  310 frames/s  loop p99 30 ms  own lag 2 ms',
    );
    const troubled = progressLine(13, { ...STATUS, waiting: 3, failed: 1 }, pages, 0, [
      ...samples,
      madeUpSample({ index: 1, pid: null }),
    ]);
    assert.match(troubled, / {2}3 in line {2}1 failed {2}a process does not answer$/);
  });
});
