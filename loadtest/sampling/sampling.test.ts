import assert from 'node:assert/strict';
import { madeUpSample, STARTED_AT_MS } from '../../tests/loadtest/made-up-run.ts';
import { cpuSecondsIn, machineTimeIn, processFigures } from './proc-files.ts';
import { figureIn } from './prometheus-text.ts';
import { growthOf, mostFans } from './windows.ts';

const METRICS = `# HELP front_row_joins_total Joins
front_row_joins_total{room="section",result="joined"} 41
front_row_joins_total{room="stage",result="joined"} 2
front_row_joins_total{room="section",result="ticket_used"} 3
front_row_joins_total_created 9
front_row_sent_frames_total 1.5e3
`;

describe('what is sampled', () => {
  it('LT6 reads figures out of metrics, by name and labels', () => {
    assert.equal(figureIn(METRICS, 'front_row_joins_total', { room: 'section', result: 'joined' }), 41);
    assert.equal(figureIn(METRICS, 'front_row_joins_total'), 46);
    assert.equal(figureIn(METRICS, 'front_row_sent_frames_total'), 1_500);
    assert.equal(figureIn(METRICS, 'front_row_sent_frames'), null);
    assert.equal(figureIn(METRICS, 'front_row_joins_total', { room: 'none' }), null);
  });

  it('LT6 reads what Linux says, whatever a process is called', () => {
    assert.equal(cpuSecondsIn('12 (a) b (c)) S 1 12 12 0 -1 4 1 0 0 0 250 150 0 0 20 0 1 0 5 1 1'), 4);
    assert.deepEqual(machineTimeIn('cpu  100 0 200 900 50 0 100 60 0 0\ncpu0 1 2 3'), { busyS: 4.6, stolenS: 0.6 });
  });

  it('LT6 sees this very process grow older', () => {
    const before = processFigures(process.pid)?.cpuS ?? Number.NaN;
    const until = process.cpuUsage();
    while (process.cpuUsage(until).user < 50_000);
    const after = processFigures(process.pid) ?? { cpuS: Number.NaN, rssBytes: 0 };
    assert.ok(after.cpuS > before);
    assert.ok(after.rssBytes > 10 * 1_024 * 1_024);
    assert.equal(processFigures(2 ** 22 + 1), null);
  });

  it('LT6 adds up what processes did in a stretch of time, those that were started anew from their zero', () => {
    const sample = (second: number, index: number, pid: number | null, cpuS: number | null) =>
      madeUpSample({ atMs: STARTED_AT_MS + second * 1_000, index, pid, cpuS });
    const samples = [
      sample(0, 0, 1, 10),
      sample(0, 1, 2, 20),
      sample(1, 0, 1, 11),
      sample(1, 1, null, null),
      sample(2, 0, 1, 13),
      sample(2, 1, 3, 0.5),
    ];
    assert.equal(growthOf(samples, 'cpuS'), 3.5);
    assert.equal(growthOf(samples, 'cpuS', STARTED_AT_MS + 500), 2);
    assert.equal(growthOf(samples, 'cpuS', -Infinity, STARTED_AT_MS + 1_500), 1);
    assert.equal(growthOf(samples.slice(0, 2), 'cpuS'), null);
  });

  it('LT5 takes the most fans that the house reported at one time, not in all', () => {
    const fans = (second: number, index: number, fans: number | null) =>
      madeUpSample({ atMs: STARTED_AT_MS + second, index, fans });
    assert.equal(
      mostFans([fans(0, 0, 50), fans(0, 1, 50), fans(1, 0, null), fans(1, 1, 60), fans(2, 0, 20), fans(2, 1, 70)]),
      110,
    );
  });
});
