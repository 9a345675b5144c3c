import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LINES_PER_S } from '../schemas/limits.ts';
import { line, NOW, someLines } from '../tests/support/lane-lines.ts';
import { isStaffs, type LaneLine, laneRule } from './chat-lanes.ts';
import { freshOnce } from './chat-lanes-choose.ts';
import { type LanedLine, mergeLanes } from './chat-lanes-merge.ts';
import { fullBucket, type TokenBucket } from './token-bucket.ts';

describe('merging lanes', () => {
  it('LN9 merges both lanes within the budget, each line once, none lost before it is stale', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(someLines, someLines), { minLength: 1, maxLength: 6 }), (beats) => {
        let bucket: TokenBucket = fullBucket(laneRule(LINES_PER_S), NOW);
        let waiting: readonly LanedLine<LaneLine>[] = [];
        const shown = new Map<string, LaneLine>();
        let paid = 0;
        for (const [event, own] of beats) {
          const merged = mergeLanes({ waiting, event, own, isShown: (id) => shown.has(id), bucket, nowMs: NOW });
          const privileged = merged.lines.filter((one) => isStaffs(one.line)).length;
          assert.ok(merged.lines.length <= Math.max(privileged, Math.floor(bucket.tokens)));
          for (const one of merged.lines) {
            assert.ok(!shown.has(one.line.id));
            shown.set(one.line.id, one.line);
          }
          paid += merged.lines.length - privileged;
          const gone = new Set([...shown.keys(), ...merged.later.map((one) => one.line.id)]);
          for (const one of freshOnce([...event, ...own], NOW)) assert.ok(gone.has(one.id));
          ({ bucket, later: waiting } = merged);
        }
        assert.ok(paid <= laneRule(LINES_PER_S).capacity);
      }),
    );
  });

  it('LN9 shows lines by age, and keeps a line that came by both lanes in the section lane', () => {
    const bucket = fullBucket(laneRule(LINES_PER_S), NOW);
    const merged = mergeLanes({
      waiting: [],
      event: [line('late', 'a', NOW), line('both', 'b', NOW - 5), line('staff', 'c', NOW - 9, { role: 'host' })],
      own: [line('both', 'b', NOW - 5)],
      isShown: () => false,
      bucket,
      nowMs: NOW,
    });
    assert.deepEqual(
      merged.lines.map((one) => [one.line.id, one.lane]),
      [
        ['staff', 'event'],
        ['both', 'section'],
        ['late', 'event'],
      ],
    );
  });

  it('LN9 prefers own lines, which were promised to the neighbours', () => {
    const bucket = { tokens: 2, atMs: NOW };
    const merged = mergeLanes({
      waiting: [],
      event: [line('e1', 'a'), line('e2', 'b')],
      own: [line('o1', 'c'), line('o2', 'd')],
      isShown: () => false,
      bucket,
      nowMs: NOW,
    });
    assert.deepEqual(
      merged.lines.map((one) => one.line.id),
      ['o1', 'o2'],
    );
    assert.deepEqual(
      merged.later.map((one) => one.line.id),
      ['e1', 'e2'],
    );
  });
});
