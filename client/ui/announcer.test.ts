import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ANNOUNCE_EVERY_MS, nextAnnouncement, type SpokenLine } from './announcer.ts';

const line = (id: number, important = false): SpokenLine => ({ id: `l${id}`, name: 'Ada', text: `line ${id}`, important });

describe('announcing the chat', () => {
  it('FP20 reads one or two lines out', () => {
    assert.deepEqual(nextAnnouncement([line(1), line(2)], 0, ANNOUNCE_EVERY_MS), {
      kind: 'say',
      lines: [line(1), line(2)],
      more: 0,
    });
  });

  it('FP20 sums up what is too much to follow, and reads the newest', () => {
    assert.deepEqual(nextAnnouncement([line(1), line(2), line(3)], 0, ANNOUNCE_EVERY_MS), {
      kind: 'say',
      lines: [line(3)],
      more: 2,
    });
  });

  it('FP20 reads answers and staff before all others', () => {
    const pending = [line(1, true), ...Array.from({ length: 40 }, (_, at) => line(at + 2))];
    assert.deepEqual(nextAnnouncement(pending, 0, ANNOUNCE_EVERY_MS), { kind: 'say', lines: [line(1, true)], more: 40 });
  });

  it('FP20 says nothing when there is nothing to say', () => {
    assert.deepEqual(nextAnnouncement([], 0, 99_999), { kind: 'silence' });
  });

  it('FP21 waits for the last announcement to be over, whatever comes in', () => {
    const perSecond = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 30, maxLength: 120 });
    fc.assert(
      fc.property(perSecond, (arrivals) => {
        const spokenAtMs: number[] = [];
        let pending: SpokenLine[] = [];
        let lastAtMs = -ANNOUNCE_EVERY_MS;
        let accounted = 0;
        arrivals.forEach((count, second) => {
          pending = [...pending, ...Array.from({ length: count }, (_, at) => line(second * 100 + at))];
          const next = nextAnnouncement(pending, lastAtMs, second * 1_000);
          if (next.kind !== 'say') return;
          accounted += next.lines.length + next.more;
          pending = [];
          lastAtMs = second * 1_000;
          spokenAtMs.push(lastAtMs);
        });
        for (const [at, ms] of spokenAtMs.entries())
          if (at > 0) assert.ok(ms - (spokenAtMs[at - 1] as number) >= ANNOUNCE_EVERY_MS);
        assert.equal(
          accounted + pending.length,
          arrivals.reduce((sum, count) => sum + count, 0),
        );
      }),
    );
  });
});
