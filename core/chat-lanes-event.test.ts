import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LINES_PER_S } from '../schemas/limits.ts';
import { assertOrderPerFan, ids, line, NOW, randoms, someLines } from '../tests/support/lane-lines.ts';
import { isStaffs, type LaneLine, laneRule, STALE_MS } from './chat-lanes.ts';
import { freshOnce } from './chat-lanes-choose.ts';
import { beatLane, type EventLane, emptyLane, selectEventLane } from './chat-lanes-event.ts';

/** So many lines were accepted, all in one section. */
const inOne = (count: number) => new Map(count === 0 ? [] : [['sec_a', count]]);

describe('event lane', () => {
  it('LN6 selects for everyone within the budget, but for staff, who are all there, and replies to staff before all else', () => {
    fc.assert(
      fc.property(someLines, fc.double({ min: 0, max: 30, noNaN: true }), randoms, (candidates, budget, random) => {
        const { lines, left } = selectEventLane({ candidates, budget, nowMs: NOW, random });
        const fresh = freshOnce(candidates, NOW);
        const staffs = fresh.filter(isStaffs);
        assert.ok(lines.length <= Math.max(Math.floor(budget), staffs.length));
        for (const one of staffs) assert.ok(lines.includes(one));
        const isReplyLeft = left.some(({ toStaff }) => toStaff);
        if (isReplyLeft) assert.ok(lines.every((one) => isStaffs(one) || one.toStaff));
        assert.equal(new Set(ids(lines)).size, lines.length);
        assert.ok(lines.every(({ atMs }) => NOW - atMs <= STALE_MS));
        assertOrderPerFan(lines, fresh);
        assert.equal(lines.length + left.length, fresh.length);
      }),
    );
  });

  it('LN7 in calm every line reaches everyone, a burst by waiting', () => {
    let lane: EventLane<LaneLine> = emptyLane(NOW);
    const said = Array.from({ length: 25 }, (_, index) => line(`lin_${index}`, `fan_${index % 3}`, NOW));
    const shown: LaneLine[] = [];
    for (let beat = 0; beat < 30; beat += 1) {
      const chosen = beatLane(lane, {
        candidates: beat === 0 ? said : [],
        accepted: inOne(beat === 0 ? 25 : 0),
        nowMs: NOW + beat * 100,
        random: () => 0.5,
      });
      lane = chosen.lane;
      shown.push(...chosen.lines);
      assert.equal(chosen.mode, 'calm');
    }
    assert.deepEqual(ids(shown).toSorted(), ids(said).toSorted());
  });

  it('LN6 LN7 stays within the budget when thousands answer staff, who all have their turn while it is fresh', () => {
    let lane: EventLane<LaneLine> = emptyLane(NOW);
    const replies = Array.from({ length: 400 }, (_, n) => line(`lin_${n}`, `fan_${n}`, NOW, { toStaff: true }));
    const shown: LaneLine[] = [];
    for (let beat = 0; beat <= 10; beat += 1) {
      const isFirst = beat === 0;
      const nowMs = NOW + beat * 1_000;
      const chosen = beatLane(lane, {
        candidates: isFirst ? replies : [],
        accepted: inOne(isFirst ? 400 : 0),
        nowMs,
        random: () => 0.4,
      });
      lane = chosen.lane;
      shown.push(...chosen.lines);
    }
    // One section with more than it may show itself: the event lane has half of the budget at least.
    assert.ok(shown.length <= laneRule(LINES_PER_S / 2).capacity + 10 * LINES_PER_S, `${shown.length}`);
    assert.ok(shown.length >= (10 * LINES_PER_S) / 2, `${shown.length}`);
  });

  it('LN7 never shows more than the budget over any time, and never a line twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 100, max: 2_000 })), { minLength: 1, maxLength: 40 }),
        randoms,
        (beats, random) => {
          let lane: EventLane<LaneLine> = emptyLane(NOW);
          let nowMs = NOW;
          let said = 0;
          const shown: string[] = [];
          for (const [count, lengthMs] of beats) {
            nowMs += lengthMs;
            const candidates = Array.from({ length: count }, (_, index) =>
              line(`lin_${said + index}`, `fan_${index % 5}`, nowMs),
            );
            said += count;
            // Some come up twice: the bus repeats.
            const chosen = beatLane(lane, {
              candidates: [...candidates, ...candidates.slice(0, 3)],
              accepted: inOne(count),
              nowMs,
              random,
            });
            lane = chosen.lane;
            shown.push(...ids(chosen.lines));
            assert.ok(chosen.shownShare >= 0 && chosen.shownShare <= 1);
          }
          assert.equal(new Set(shown).size, shown.length);
          assert.ok(shown.length <= laneRule(LINES_PER_S).capacity + ((nowMs - NOW) * LINES_PER_S) / 1_000 + 1e-6);
        },
      ),
    );
  });

  it('LN1 gives the event lane what quiet sections leave, also when one of them is as lively as many', () => {
    let lane: EventLane<LaneLine> = emptyLane(NOW);
    let nowMs = NOW;
    /** For half a minute 40 sections say a line in two seconds each, one of them `livelyPerS`. Returns what the last ten seconds showed. */
    const play = (livelyPerS: number) => {
      let shown = 0;
      let sectionPerS = 0;
      for (let beat = 0; beat < 60; beat += 1) {
        nowMs += 500;
        const accepted = new Map<string, number>();
        for (let n = 0; n < 40; n += 1) if ((beat + n) % 4 === 0) accepted.set(`sec_${n}`, 1);
        if (livelyPerS > 0) accepted.set('sec_lively', livelyPerS / 2);
        const said = [...accepted.values()].reduce((sum, count) => sum + count, 0);
        const candidates = Array.from({ length: said }, (_, n) => line(`lin_${nowMs}_${n}`, `fan_${n}`, nowMs));
        const chosen = beatLane(lane, { candidates, accepted, nowMs, random: () => 0.5 });
        ({ lane, sectionPerS } = chosen);
        if (beat >= 40) shown += chosen.lines.length;
      }
      return { shownPerS: shown / 10, sectionPerS };
    };
    // 0.5 lines/s in each, one in forty of what everyone sees is theirs: 9.5 / (1 - 1 / 40).
    const quiet = play(0);
    assert.ok(quiet.sectionPerS <= 1.6 && Math.abs(quiet.shownPerS - 9.74) < 0.15, JSON.stringify(quiet));
    const lively = play(8);
    assert.ok(lively.sectionPerS <= 1.8 && Math.abs(lively.shownPerS - 9.5) < 0.2, JSON.stringify(lively));
    const again = play(0);
    assert.ok(again.sectionPerS <= 1.6, JSON.stringify(again));
  });

  it('LN8 says that it is crowded, what share everyone sees, and returns to calm', () => {
    let lane: EventLane<LaneLine> = emptyLane(NOW);
    let nowMs = NOW;
    let last = beatLane(lane, { candidates: [], accepted: new Map(), nowMs, random: () => 0 });
    assert.equal(last.shownShare, 1);
    for (let beat = 0; beat < 100; beat += 1) {
      nowMs += 100;
      const candidates = Array.from({ length: 4 }, (_, index) => line(`lin_${beat}_${index}`, `fan_${beat % 7}`, nowMs));
      last = beatLane(lane, { candidates, accepted: inOne(10), nowMs, random: () => 0.3 });
      lane = last.lane;
    }
    assert.equal(last.mode, 'crowded');
    assert.ok(Math.abs(last.linesPerS - 100) < 10, `${last.linesPerS}`);
    assert.ok(Math.abs(last.shownShare - 0.05) < 0.03, `${last.shownShare}`);
    assert.equal(last.sectionPerS, LINES_PER_S / 2);
    last = beatLane(lane, { candidates: [], accepted: new Map(), nowMs: nowMs + 15_000, random: () => 0.3 });
    assert.equal(last.mode, 'calm');
  });
});
