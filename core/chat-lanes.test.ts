import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LINES_PER_S } from '../schemas/limits.ts';
import { NOW } from '../tests/support/lane-lines.ts';
import { decideFate, type LaneMode, laneBudget, laneMode, laneRule } from './chat-lanes.ts';
import { fullBucket, type TokenBucket } from './token-bucket.ts';

describe('chat lanes', () => {
  it('LN1 is calm within the budget and crowded above, and changes back only well below', () => {
    assert.equal(laneMode('calm', LINES_PER_S), 'calm');
    assert.equal(laneMode('calm', LINES_PER_S + 0.1), 'crowded');
    assert.equal(laneMode('crowded', LINES_PER_S * 0.8), 'crowded');
    assert.equal(laneMode('crowded', LINES_PER_S * 0.69), 'calm');
  });

  it('LN1 in a crowd a section may show a line more than the mean section says, up to half of the budget', () => {
    for (const [meanPerS, expected] of [
      [0, 1],
      [0.5, 1.5],
      [2.34, 3.4],
      [4.5, 5],
      [70, 5],
    ] as const) {
      assert.equal(laneBudget('crowded', { meanPerS, count: 40 }).sectionPerS, expected);
    }
    assert.equal(laneBudget('calm', { meanPerS: 70, count: 40 }).eventPerS, LINES_PER_S);
  });

  it('LN1 the mean section shows the whole budget: its own lines and the event lane, each line once', () => {
    const heard = fc.record({ meanPerS: fc.double({ min: 0, max: 100, noNaN: true }), count: fc.nat(100) });
    fc.assert(
      fc.property(heard, ({ meanPerS, count }) => {
        const { eventPerS } = laneBudget('crowded', { meanPerS, count });
        const ownPerS = Math.min(LINES_PER_S / 2, meanPerS);
        // The event lane's pick is fair: of a section's lines, shown there or not, as many as of any other's.
        const twicePerS = meanPerS === 0 || count === 0 ? 0 : (eventPerS / count) * (ownPerS / meanPerS);
        const shownPerS = ownPerS + eventPerS - twicePerS;
        assert.ok(eventPerS <= LINES_PER_S && shownPerS <= LINES_PER_S + 1e-9, JSON.stringify({ eventPerS, shownPerS }));
        const saidPerS = meanPerS * count;
        if (saidPerS >= LINES_PER_S) assert.ok(shownPerS >= LINES_PER_S - 1e-9, JSON.stringify({ eventPerS, shownPerS }));
      }),
    );
  });

  it('LN2 in calm an accepted line is for everyone', () => {
    const bucket = fullBucket(laneRule(LINES_PER_S), NOW);
    const asked = {
      mode: 'calm',
      sectionPerS: LINES_PER_S,
      bucket,
      line: { role: 'fan', toStaff: false },
      backlog: 0,
      stageAway: false,
      nowMs: NOW,
    } as const;
    assert.equal(decideFate(asked).fate, 'event');
  });

  it('LN2 staff are never held, and cost no budget', () => {
    const bucket = { tokens: 0, atMs: NOW };
    const line = { role: 'moderator', toStaff: false } as const;
    fc.assert(
      fc.property(fc.constantFrom<LaneMode>('calm', 'crowded'), fc.boolean(), (mode, stageAway) => {
        const { fate, bucket: after } = decideFate({ mode, sectionPerS: 0, bucket, line, backlog: 99, stageAway, nowMs: NOW });
        assert.equal(fate, stageAway ? 'section' : 'event');
        assert.deepEqual(after, bucket);
      }),
    );
  });

  it('LN2 replies to staff are for everyone, whatever the section owes, until there are more than a section may send', () => {
    fc.assert(
      fc.property(fc.constantFrom<LaneMode>('calm', 'crowded'), fc.boolean(), (mode, stageAway) => {
        let bucket: TokenBucket = fullBucket(laneRule(LINES_PER_S), NOW);
        const line = { role: 'fan', toStaff: true } as const;
        const fates = Array.from({ length: 40 }, () => {
          const decided = decideFate({ mode, sectionPerS: 5, bucket, line, backlog: 99, stageAway, nowMs: NOW });
          bucket = decided.bucket;
          return decided.fate;
        });
        const perS = mode === 'crowded' && !stageAway ? 5 : LINES_PER_S;
        assert.equal(fates.filter((fate) => fate === (stageAway ? 'section' : 'event')).length, laneRule(perS).capacity);
        assert.equal(fates.at(-1), 'held');
      }),
    );
  });

  it('LN3 in a crowd neighbours see as many lines as the section may show; the rest is held', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(400), { minLength: 1, maxLength: 150 }),
        fc.integer({ min: 1, max: 10 }),
        (gapsMs, sectionPerS) => {
          let bucket: TokenBucket = fullBucket(laneRule(sectionPerS), NOW);
          let nowMs = NOW;
          let shown = 0;
          for (const gapMs of gapsMs) {
            nowMs += gapMs;
            const decided = decideFate({
              mode: 'crowded',
              sectionPerS,
              bucket,
              line: { role: 'fan', toStaff: false },
              backlog: 0,
              stageAway: false,
              nowMs,
            });
            bucket = decided.bucket;
            assert.notEqual(decided.fate, 'event');
            if (decided.fate === 'section') shown += 1;
          }
          assert.ok(shown <= laneRule(sectionPerS).capacity + ((nowMs - NOW) * sectionPerS) / 1_000 + 1e-6);
        },
      ),
    );
  });

  it('LN3 without a stage neighbours have the whole budget to themselves', () => {
    let bucket: TokenBucket = fullBucket(laneRule(LINES_PER_S), NOW);
    const fates: string[] = [];
    for (let said = 0; said < 40; said += 1) {
      const decided = decideFate({
        mode: 'crowded',
        sectionPerS: 1,
        bucket,
        line: { role: 'fan', toStaff: false },
        backlog: 99,
        stageAway: true,
        nowMs: NOW,
      });
      bucket = decided.bucket;
      fates.push(decided.fate);
    }
    assert.equal(fates.filter((fate) => fate === 'section').length, laneRule(LINES_PER_S).capacity);
    assert.equal(fates.at(-1), 'held');
  });
});
