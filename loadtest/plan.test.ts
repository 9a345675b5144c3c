import assert from 'node:assert/strict';
import fc from 'fast-check';
import { crowdProcesses, dueAtMs, partOf, planOf, rehearsalFans } from './plan.ts';
import { PROFILES, type ProfileName, TWEET_FANS } from './profiles.ts';

const names = Object.keys(PROFILES) as ProfileName[];

describe('plan', () => {
  it('LT1 brings the fans of the night when the night had them', () => {
    const { arrivals, fullAtMs, endAtMs } = planOf({ profile: 'tweet' });
    const minute = 60_000;
    assert.deepEqual(arrivals, [
      [0, 0],
      [2 * minute, 60_890],
      [10 * minute, 70_000],
      [20 * minute, 80_000],
      [30 * minute, TWEET_FANS],
    ]);
    assert.equal(fullAtMs, 30 * minute);
    assert.equal(endAtMs, 40 * minute);
  });

  it('LT1 scales the curve to the fans and the pace that were asked for', () => {
    const plan = planOf({ profile: 'tweet', fans: 5_000, pace: 60 });
    assert.equal(plan.fullAtMs, 30_000);
    assert.equal(plan.arrivals.at(-1)?.[1], 5_000);
    assert.equal(plan.commandEveryMs, 3_000);
    assert.equal(plan.endAtMs - plan.fullAtMs, 10_000);
  });

  it('LT1 brings all of them within a minute in a sprint', () => {
    for (const profile of names) {
      const { fullAtMs, arrivals, fans } = planOf({ profile, sprint: true });
      assert.ok(fullAtMs < 60_000);
      assert.equal(arrivals.at(-1)?.[1], fans);
    }
  });

  it('LT2 makes one fan in a hundred a full client, at least one and at most 200', () => {
    const full = (fans: number) => planOf({ profile: 'steady', fans }).full;
    assert.deepEqual([2, 200, 5_000, 110_427].map(full), [1, 2, 50, 200]);
  });

  it('LT2 counts light and full fans alike, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 2, max: 200_000 }),
        fc.double({ min: 1, max: 100, noNaN: true }),
        (profile, fans, pace) => {
          const plan = planOf({ profile, fans, pace });
          assert.equal(plan.light + plan.full, fans);
          const parts = [partOf(plan.arrivals, plan.light), partOf(plan.arrivals, plan.full)];
          assert.ok(Math.abs(parts.reduce((sum, part) => sum + (part.at(-1)?.[1] ?? 0), 0) - fans) < 1e-6);
          assert.ok(plan.endAtMs > plan.fullAtMs);
          assert.ok(plan.act === null || (plan.act.atMs > plan.fullAtMs && plan.act.atMs < plan.endAtMs));
        },
      ),
    );
  });

  it('LT3 lets each fan come at the moment that the curve has it', () => {
    const arrivals = [
      [0, 0],
      [1_000, 10],
      [5_000, 10],
      [6_000, 20],
    ] as const;
    assert.deepEqual(
      [0, 9, 10, 19].map((n) => dueAtMs(arrivals, n)),
      [100, 1_000, 5_100, 6_000],
    );
  });

  it('LT3 never lets a later fan come earlier, nor anybody after the last', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.integer({ min: 2, max: 2_000 }), (profile, fans) => {
        const { arrivals, fullAtMs } = planOf({ profile, fans });
        let before = 0;
        for (let n = 0; n < fans; n += 1) {
          const due = dueAtMs(arrivals, n);
          assert.ok(due >= before && due <= fullAtMs, `fan ${n} of ${fans} is due at ${due}`);
          before = due;
        }
      }),
      { numRuns: 30 },
    );
  });

  it('LT20 rehearses with 2,000 for each process, a fifth of all at most, and with nobody before a small night', () => {
    const rehearsed = (fans: number, processes: number) => rehearsalFans(planOf({ profile: 'tweet', fans }), processes);
    assert.deepEqual([rehearsed(110_427, 7), rehearsed(20_000, 8), rehearsed(10_000, 2)], [14_000, 3_960, 1_980]);
    assert.deepEqual([rehearsed(9_999, 8), rehearsed(200, 2)], [0, 0]);
    assert.deepEqual(
      [10_000, 18_182, 110_427].map((fans) => crowdProcesses(planOf({ profile: 'tweet', fans }))),
      [1, 1, 7],
    );
  });

  it('LT1 says what is wrong with a wish', () => {
    assert.throws(() => planOf({ profile: 'smoke', fans: 1 }), /--fans/);
    assert.throws(() => planOf({ profile: 'smoke', fans: 10.5 }), /--fans/);
    assert.throws(() => planOf({ profile: 'smoke', pace: 0 }), /--pace/);
    assert.throws(() => planOf({ profile: 'smoke', minutes: 0 }), /--minutes/);
  });
});
