import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { statusPage } from './status.ts';
import type { ProcessRow, Surveyed } from './survey.ts';

const ROW: ProcessRow = { index: 0, pid: 41, port: 2_567, processId: 'a', ready: true, stages: [], sections: [] };
const WITH_STAGE: ProcessRow = { ...ROW, stages: ['demo'], sections: [{ roomId: 'sec-1', slug: 'demo', fans: 1_200 }] };

const seen = (row: ProcessRow, state = 'ready'): Surveyed => ({ row, state, restarts: 0 });

describe('the status page', () => {
  it('CL9 says that all is well, and how much there is of everything', () => {
    const { lines, isWell } = statusPage([seen(WITH_STAGE), seen({ ...ROW, index: 1, pid: 42, port: 2_568 })]);
    assert.ok(isWell);
    assert.equal(lines.at(-1), 'All is well: 2 processes, 1 event, 1 section, 1200 fans.');
    assert.match(lines[1] ?? '', /^0 +2567 +41 +0 +demo +1 +1200 +ready$/);
  });

  it('CL9 names every process that is not ready, with its reason', () => {
    const gone: ProcessRow = { ...ROW, index: 1, pid: null, processId: null, ready: false };
    const { lines, isWell } = statusPage([seen(WITH_STAGE), seen(gone, 'waiting restart')]);
    assert.ok(!isWell);
    assert.match(lines.at(-1) ?? '', /^NOT WELL: process 1: waiting restart\. /);
    assert.match(lines[2] ?? '', /^1 +2567 +- /);
  });

  it('CL9 finds an event without a stage, and one with two', () => {
    const orphan: ProcessRow = { ...ROW, sections: [{ roomId: 'sec-2', slug: 'lost', fans: 3 }] };
    const { lines, isWell } = statusPage([seen(WITH_STAGE), seen({ ...WITH_STAGE, index: 1 }), seen({ ...orphan, index: 2 })]);
    assert.ok(!isWell);
    assert.match(lines.at(-1) ?? '', /^NOT WELL: 2 stages for demo; no stage for lost\./);
  });

  it('CL9 says that nothing runs', () => {
    assert.deepEqual(statusPage([]), { lines: ['No cluster runs here: npm run cluster'], isWell: false });
  });
});
