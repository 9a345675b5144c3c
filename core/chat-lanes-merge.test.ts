import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LINES_PER_S } from '../schemas/limits.ts';
import { line, NOW, someLines } from '../tests/support/lane-lines.ts';
import { isStaffs, type LaneLine, STALE_MS } from './chat-lanes.ts';
import { freshOnce } from './chat-lanes-choose.ts';
import { type LanedLine, MERGE_RULE, mergeLanes } from './chat-lanes-merge.ts';
import { fullBucket, type TokenBucket } from './token-bucket.ts';

describe('merging lanes', () => {
  it('LN9 merges both lanes within the budget, each line once, none lost before it is stale', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(someLines, someLines), { minLength: 1, maxLength: 6 }), (beats) => {
        let bucket: TokenBucket = fullBucket(MERGE_RULE, NOW);
        let waiting: readonly LanedLine<LaneLine>[] = [];
        const shown = new Map<string, LaneLine>();
        let paid = 0;
        for (const [event, own] of beats) {
          const merged = mergeLanes({ waiting, event, own, isShown: (id) => shown.has(id), mode: 'calm', bucket, nowMs: NOW });
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
        assert.ok(paid <= MERGE_RULE.capacity);
      }),
    );
  });

  it('LN9 shows lines by age, and keeps a line that came by both lanes in the section lane', () => {
    const bucket = fullBucket(MERGE_RULE, NOW);
    const merged = mergeLanes({
      waiting: [],
      event: [line('late', 'a', NOW), line('both', 'b', NOW - 5), line('staff', 'c', NOW - 9, { role: 'host' })],
      own: [line('both', 'b', NOW - 5)],
      isShown: () => false,
      mode: 'calm',
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
      mode: 'calm',
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

  it('LN9 a section that is livelier than the mean shows a line a second more, and all of the event lane as well', () => {
    let [bucket, said] = [fullBucket(MERGE_RULE, NOW), 0];
    let waiting: readonly LanedLine<LaneLine>[] = [];
    for (let n = 1; n <= 60; n += 1) {
      const nowMs = NOW + n * 1_000;
      const come = (count: number) => Array.from({ length: count }, () => line(`lin_${said}`, `fan_${said++}`, nowMs));
      const asked = {
        waiting,
        event: come(LINES_PER_S - 1),
        own: come(2),
        isShown: () => false,
        mode: 'crowded',
        bucket,
        nowMs,
      } as const;
      const merged = mergeLanes(asked);
      ({ later: waiting, bucket } = merged);
      assert.equal(merged.lines.length, LINES_PER_S + 1, `after ${n} s`);
      assert.equal(waiting.length, 0);
    }
  });

  it('LN9 in a crowd what a late house kept back is caught up with at once, and nothing is shown late for good', () => {
    let bucket = fullBucket(MERGE_RULE, NOW);
    let waiting: readonly LanedLine<LaneLine>[] = [];
    let [nowMs, said] = [NOW, 0];
    const shown = new Map<string, number>();
    /** One beat after so long, in which both lanes said as much as can be shown. */
    const beat = (afterMs: number) => {
      const from = nowMs;
      nowMs += afterMs;
      const came = Array.from({ length: (afterMs * LINES_PER_S) / 1_000 }, (_, n) =>
        line(`lin_${said++}`, `fan_${n}`, from + n * 100),
      );
      const own = came.filter((_, n) => n % 10 === 0);
      const event = came.filter((_, n) => n % 10 !== 0);
      const merged = mergeLanes({ waiting, event, own, isShown: (id) => shown.has(id), mode: 'crowded', bucket, nowMs });
      for (const one of merged.lines) shown.set(one.line.id, nowMs - one.line.atMs);
      for (const { id, atMs } of own) assert.ok(shown.has(id) || nowMs - atMs > STALE_MS, 'own lines were promised');
      ({ later: waiting, bucket } = merged);
      return merged.lines.map((one) => nowMs - one.line.atMs);
    };
    for (let n = 0; n < 4; n += 1) beat(2_500);
    assert.equal(shown.size, 100);
    assert.equal(beat(5_000).length, 50, 'two beats in one');
    beat(20_000);
    for (let n = 0; n < 4; n += 1) beat(2_500);
    for (let n = 0; n < 4; n += 1) assert.ok(Math.max(...beat(2_500)) <= 5_000);
  });
});
