import assert from 'node:assert/strict';
import { madeUpCrowd, madeUpFacts } from '../../tests/loadtest/made-up-run.ts';
import { buildReport } from '../report/build-report.ts';
import type { Report } from '../report/report.ts';
import { historyLine, historyPage, readHistory } from './history.ts';
import { judge } from './standards.ts';

const good = (requested = 5_000): Report => {
  const report = buildReport(madeUpFacts());
  return {
    ...report,
    fans: { ...report.fans, requested },
    cost: { ...report.cost, floorUsPerFrame: 9, serverUsPerFrame: 12, serverKBPerFan: 15, serverCpuS: 2 },
  };
};

describe('continuous load test', () => {
  it('LT18 holds while costs are near the floor, and breaks when one has more than doubled', () => {
    const holds = judge(good());
    assert.equal(holds.length, 4);
    assert.ok(holds.every(({ met }) => met));
    assert.equal(judge(good(200)).length, 3, 'what few fans cost is lost in what a process costs');
    const { cost, ...rest } = good();
    const dear = judge({ ...rest, cost: { ...cost, serverUsPerFrame: 36, serverKBPerFan: 45, serverCpuS: 6 } });
    assert.deepEqual(
      dear.filter(({ met }) => !met).map(({ measured }) => measured),
      [4, 3_333.33, 45],
    );
  });

  it('LT18 breaks for whatever is wrong, however fast it was', () => {
    const report = { ...good(), ...buildReport(madeUpFacts({ crowd: madeUpCrowd({ unanswered: 2 }) })) };
    assert.deepEqual(
      judge(report).filter(({ met }) => !met),
      [{ name: 'requests without an answer', atMost: 0, measured: 2, met: false, exact: false }],
    );
    const lost = buildReport(madeUpFacts({ crowd: madeUpCrowd({ frames: { received: 1_000, bytes: 40_000, wrong: 1 } }) }));
    assert.ok(
      judge(lost).some(({ met, exact }) => !met && exact),
      'what is garbled once is wrong, whatever a second run says',
    );
  });

  it('LT18 judges nothing that a run does not show', () => {
    assert.ok(!judge(buildReport(madeUpFacts())).some(({ name }) => name.includes('per frame')));
  });

  it('LT19 keeps a line a run and draws them, and refuses a history that it cannot read', () => {
    const line = historyLine('2026-11-22T04:00:00.000Z', 'abcdef0123456789', 'smoke', 200, judge(good()));
    const history = readHistory(`${JSON.stringify(line)}\n${JSON.stringify({ ...line, profile: 'tweet' })}\n`);
    assert.deepEqual(history[0], line);
    const page = historyPage(history);
    assert.equal(page.match(/<figure>/g)?.length, 4);
    assert.ok(!/NaN|Infinity|undefined/.test(page));
    assert.throws(() => readHistory('{"at":1}\n'));
  });
});
