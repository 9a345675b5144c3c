import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ClockSample } from './clock-sample.ts';
import {
  addSample,
  afterJoin,
  type ClockSync,
  errorBoundMs,
  eventNowMs,
  isSilent,
  joinPingAfterMs,
  NO_SYNC,
  offsetMs,
  pingDelayMs as pingDelayAfterMs,
  SAMPLES_KEPT,
  STEP_ABOVE_MS,
  shortestRoundTripMs,
  staleAtMs,
} from './clock-sync.ts';

/** A ping as it happens: event time is `offset` ahead of the page, each way takes its own time. */
function ping(offset: number, sentAtMs: number, thereMs: number, backMs: number, answeringMs = 0): ClockSample {
  const t1 = sentAtMs + offset + thereMs;
  const t2 = t1 + answeringMs;
  return { t0: sentAtMs, t1, t2, t3: t2 - offset + backMs };
}

function after(samples: readonly ClockSample[], playing = true): ClockSync {
  return samples.reduce((sync, sample) => addSample(sync, sample, playing), NO_SYNC);
}

/** Somebody who has been here for a while, and knows no better than this sample says. */
function settled(sample: ClockSample): ClockSync {
  return after([sample, sample, sample]);
}

const pingDelayMs = (sync: ClockSync, page: { readonly hidden: boolean; readonly random: () => number }) =>
  pingDelayAfterMs(joinPingAfterMs(sync), page);

const way = fc.integer({ min: 0, max: 400 });

describe('clock sync', () => {
  it('CS1 brings out a page clock that is 5 s off exactly, either way', () => {
    for (const offset of [-5_000, 0, 5_000]) {
      const sync = after([ping(offset, 1_000, 20, 20, 3)]);
      assert.equal(eventNowMs(sync, 2_000), 2_000 + offset);
    }
  });

  it('CS1 is never further off than half the shortest round trip, whatever the delays', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e7, max: 1e7 }),
        fc.array(fc.tuple(way, way), { minLength: 1, maxLength: 10 }),
        (offset, ways) => {
          const samples = ways.map(([there, back], index) => ping(offset, index * 1_000, there, back));
          const sync = after(samples, false);
          const nowMs = samples.at(-1)?.t3 ?? 0;
          const bound = errorBoundMs(sync, nowMs);
          assert.ok(Math.abs(offsetMs(sync, nowMs) - offset) <= bound + 1e-6);
          assert.ok(bound <= Math.min(...ways.map(([there, back]) => (there + back) / 2)) + nowMs * 0.0001);
        },
      ),
    );
  });

  it('CS2 takes the ticket reply as a first sample', () => {
    const sync = after([{ t0: 100, t1: 7_150, t2: 7_150, t3: 200 }]);
    assert.equal(offsetMs(sync, 200), 7_000);
    assert.equal(errorBoundMs(sync, 200), 50);
  });

  it('CS2 knows nothing before the first sample, and says so', () => {
    assert.equal(eventNowMs(NO_SYNC, 123), 123);
    assert.equal(errorBoundMs(NO_SYNC, 123), Infinity);
    assert.equal(shortestRoundTripMs(NO_SYNC), null);
  });

  it('CS3 keeps the shortest round trip, and lets an old one fade as clocks drift', () => {
    const sync = after([ping(1_000, 0, 5, 5), ping(1_000, 1_000, 90, 10)], false);
    assert.equal(offsetMs(sync, 1_100), 1_000);
    assert.equal(shortestRoundTripMs(sync), 10);
    const late = addSample(sync, ping(1_004, 600_000, 20, 20), false);
    assert.equal(offsetMs(late, 600_040), 1_004);
  });

  it('CS3 keeps a bounded number of samples', () => {
    const samples = Array.from({ length: 40 }, (_, index) => ping(0, index * 1_000, 10, 10));
    assert.equal(after(samples).samples.length, SAMPLES_KEPT);
  });

  it('CS4 ignores impossible samples', () => {
    const sync = after([ping(1_000, 0, 10, 10)]);
    for (const odd of [
      { t0: 100, t1: 1_100, t2: 1_100, t3: 50 },
      { t0: 100, t1: Number.NaN, t2: 1_100, t3: 120 },
      { t0: 100, t1: 1_110, t2: 1_105, t3: 120 },
      ping(1_000, 100, 9_000, 10),
    ]) {
      assert.equal(addSample(sync, odd, true), sync);
    }
  });

  it('CS5 forgets what a step of either clock made untrue, at once, and asks again soon', () => {
    const before = after([0, 1, 2, 3].map((index) => ping(1_000, index * 30_000, 10, 10)));
    const slept = addSample(before, ping(61_000, 121_000, 15, 15), true);
    assert.equal(slept.samples.length, 1);
    assert.equal(offsetMs(slept, 121_030), 61_000);
    assert.ok(pingDelayMs(slept, { hidden: false, random: () => 0.5 }) < 1_000);
  });

  it('CS5 heals after a sample that a step cut in two', () => {
    const torn = { t0: 100_000, t1: 101_010, t2: 101_010, t3: 100_900 };
    const healed = [torn, ping(70_000, 101_000, 10, 10)].reduce(
      (sync, sample) => addSample(sync, sample, true),
      after([ping(1_000, 0, 10, 10)]),
    );
    assert.equal(offsetMs(healed, 101_020), 70_000);
  });

  it('CS6 glides while playing: never a step, never backwards, and arrives', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200, max: 200 }), (correction) => {
        const rough = settled(ping(0, 0, 100 - Math.min(correction, 0), 100 + Math.max(correction, 0)));
        const startMs = 1_000;
        const sync = addSample(rough, ping(offsetMs(rough, 0) + correction / 4, startMs, 1, 1), true);
        let last = eventNowMs(sync, startMs + 2);
        assert.ok(Math.abs(last - eventNowMs(rough, startMs + 2)) < 1e-6, 'no step');
        for (let nowMs = startMs + 12; nowMs < startMs + 40_000; nowMs += 10) {
          const now = eventNowMs(sync, nowMs);
          assert.ok(now - last >= 10 * 0.995 - 1e-6 && now - last <= 10 * 1.005 + 1e-6);
          last = now;
        }
        assert.ok(Math.abs(offsetMs(sync, startMs + 40_000) - (offsetMs(rough, 0) + correction / 4)) < 1e-6);
      }),
    );
  });

  it('CS6 steps when it is not playing, or too far off to glide', () => {
    const rough = settled(ping(0, 0, 250, 50));
    assert.equal(offsetMs(addSample(rough, ping(0, 1_000, 1, 1), false), 1_002), 0);
    assert.ok(Math.abs(offsetMs(addSample(rough, ping(0, 1_000, 1, 1), true), 1_002) - 100) < 1e-6);
    const far = addSample(rough, ping(STEP_ABOVE_MS + 101, 1_000, 1, 1), true);
    assert.equal(offsetMs(far, 1_002), STEP_ABOVE_MS + 101);
  });

  it('CS6 steps at its first samples, so that whoever joins a busy house does not glide for half a minute', () => {
    const slow = after([ping(0, 0, 300, 20)]);
    assert.ok(Math.abs(offsetMs(slow, 320)) > 100);
    const quick = addSample(slow, ping(0, 600, 5, 5), true);
    assert.ok(Math.abs(offsetMs(quick, 620)) < 1);
  });

  it('CS6 counts what is left to glide in its error bound', () => {
    const rough = settled(ping(0, 0, 150, 50));
    const gliding = addSample(rough, ping(0, 1_000, 1, 1), true);
    assert.ok(errorBoundMs(gliding, 1_002) > 50);
    assert.ok(errorBoundMs(gliding, 15_000) < 3);
  });

  it('CS7 asks three times soon after a join, then about twice a minute', () => {
    const page = { hidden: false, random: () => 0.5 };
    let sync = afterJoin(after([ping(0, 0, 10, 10)]));
    for (const [sent, delayMs] of [250, 250, 500].entries()) {
      assert.equal(pingDelayMs(sync, page), delayMs);
      sync = addSample(sync, ping(0, 1_000 * (sent + 1), 10, 10), true);
    }
    assert.equal(pingDelayMs(sync, page), 28_000);
    assert.equal(pingDelayMs(sync, { ...page, random: () => 0 }), 25_200);
    assert.ok(pingDelayMs(sync, { ...page, random: () => 0.999 }) < 31_000);
  });

  it('CS7 asks up to three times more while round trips disagree', () => {
    const page = { hidden: false, random: () => 0.5 };
    let sync = afterJoin(NO_SYNC);
    const trips = [400, 300, 200, 120, 70, 40];
    const delays = [250, 250, 500, 1_000, 2_000, 4_000];
    trips.forEach((trip, index) => {
      assert.equal(pingDelayMs(sync, page), delays[index], `before ping ${index + 1}`);
      sync = addSample(sync, ping(0, index * 1_000, trip / 2, trip / 2), true);
    });
    assert.equal(pingDelayMs(sync, page), 28_000);
    const near = [40, 12, 25].map((trip, index) => ping(0, index * 1_000, trip / 2, trip / 2));
    assert.equal(pingDelayMs(after(near), page), 28_000, 'they disagree by less than matters');
  });

  it('CS7 asks no further once two samples agree and one of them leaves no doubt that can be heard', () => {
    const page = { hidden: false, random: () => 0.5 };
    const near = ping(0, 0, 2, 2);
    assert.equal(pingDelayMs(afterJoin(after([near])), page), 250, 'none was answered on this connection yet');
    assert.equal(pingDelayMs(after([near]), page), 250, 'a lone sample may be cut in two by a step');
    assert.equal(pingDelayMs(addSample(afterJoin(after([ping(0, 0, 30, 40)])), ping(0, 100, 2, 2), true), page), 28_000);
    assert.equal(pingDelayMs(addSample(afterJoin(after([near])), ping(0, 60_000, 30, 40), true), page), 250, 'too old to know');
  });

  it('CS7 asks less on a hidden page', () => {
    const sync = after([1, 2, 3].map((index) => ping(0, index * 1_000, 10, 10)));
    assert.equal(pingDelayMs(sync, { hidden: true, random: () => 0.5 }), 120_000);
  });

  /** As a page asks that takes all looks for pings, of a server whose clock gains so much. */
  const drifting = (ppm: number, count: number, tripMs = 10) =>
    after(Array.from({ length: count }, (_, n) => ping(n * 28 * ppm * 1e-3, n * 28_000, tripMs / 2, tripMs / 2)));

  it('CS9 event time goes on at the rate that the clocks part by', () => {
    const sync = drifting(40, 12);
    const pageNowMs = 11 * 28_000 + 112_000;
    const truth = pageNowMs * 40e-6;
    assert.ok(Math.abs(offsetMs(sync, pageNowMs) - truth) < 0.5, `${offsetMs(sync, pageNowMs)} for ${truth}`);
    assert.ok(Math.abs(offsetMs(sync, pageNowMs) - truth) <= errorBoundMs(sync, pageNowMs));
    const still = drifting(0, 12);
    assert.ok(Math.abs(offsetMs(still, pageNowMs)) < 1e-6);
  });

  it('CS9 is never further off than it says, however the clocks part and whatever the ways take', () => {
    const asked = fc.record({ waitMs: fc.integer({ min: 100, max: 120_000 }), there: way, back: way });
    fc.assert(
      fc.property(fc.integer({ min: -99, max: 99 }), fc.array(asked, { minLength: 1, maxLength: 20 }), (ppm, asks) => {
        const truthAt = (pageMs: number) => 1_000 + pageMs * ppm * 1e-6;
        let [sync, pageMs] = [NO_SYNC, 0];
        for (const { waitMs, there, back } of asks) {
          pageMs += waitMs;
          for (const atMs of [pageMs - waitMs / 2, pageMs]) {
            assert.ok(Math.abs(offsetMs(sync, atMs) - truthAt(atMs)) <= errorBoundMs(sync, atMs) + 0.1);
          }
          sync = addSample(sync, ping(truthAt(pageMs), pageMs, there, back), true);
          pageMs += there + back;
        }
      }),
    );
  });

  it('CS9 once the drift is known, a hurried sample does not move the clock', () => {
    const sync = drifting(40, 12);
    const sentAtMs = 11 * 28_000 + 112_000;
    const truth = sentAtMs * 40e-6;
    const crooked = addSample(sync, ping(truth, sentAtMs, 24, 4), true);
    assert.ok(Math.abs(offsetMs(crooked, sentAtMs + 60_000) - (sentAtMs + 60_000) * 40e-6) < 1);
  });

  it('CS9 a clock whose drift is known rests for as long as that was measured over, 112 s at most', () => {
    const restOf = (sync: ClockSync) => {
      const fromMs = sync.samples.at(-1)?.t3 ?? 0;
      for (let s = 0; ; s += 1) if (fromMs + s * 1_000 >= staleAtMs(sync)) return s;
    };
    // It is looked at every 28 s, and the nearest look counts.
    assert.equal(restOf(drifting(40, 3, 2)), 63 - 14, 'less than a minute, so what nobody hears decides');
    assert.equal(restOf(drifting(40, 4, 2)), 3 * 28 - 14);
    assert.equal(restOf(drifting(40, 8, 2)), 112 - 14);
    assert.equal(restOf(drifting(40, 4, 10)), 112 - 14, 'longer where round trips leave more open than that');
    assert.equal(restOf(after([ping(0, 0, 5, 5)])), 0, 'too little is known');
    assert.equal(restOf(afterJoin(drifting(40, 12))), 0, 'nothing was answered on this connection yet');
  });

  it('CS9 a clock whose drift is not known rests while the usual drift adds less than half of what its round trips leave open, or of what nobody hears', () => {
    const restOf = (ms: number) => {
      const sync = after([0, 1_000, 2_000].map((atMs) => ping(0, atMs, ms / 2, ms / 2)));
      for (let s = 0; ; s += 1) if (2_000 + ms + s * 1_000 >= staleAtMs(sync)) return s + 14;
    };
    assert.equal(restOf(1), 63, 'within what nobody hears');
    assert.equal(restOf(5), 63);
    assert.equal(restOf(8), 100);
    assert.equal(restOf(60), 112, 'not longer than that, however little is known');
  });

  it('CS10 rests for as long as a busy house asks for, 300 s at most, but not with a clock that is known to no better than 10 ms', () => {
    const restOf = (roundTripMs: number, askedMs: number) => {
      const sync = after([0, 1_000, 2_000].map((atMs) => ping(0, atMs, roundTripMs / 2, roundTripMs / 2)));
      for (let s = 0; ; s += 1) if (2_000 + roundTripMs + s * 1_000 >= staleAtMs(sync, askedMs)) return s + 14;
    };
    assert.equal(restOf(4, 250_000), 250);
    assert.equal(restOf(19, 250_000), 250);
    assert.equal(restOf(30, 250_000), 112);
    assert.equal(restOf(4, 10_000), 63, 'it is no shorter than it likes itself');
    assert.equal(restOf(4, 3_600_000), 300);
    assert.equal(staleAtMs(after([ping(0, 0, 2, 2)]), 250_000), Number.NEGATIVE_INFINITY, 'one sample is too little');
  });

  it('CS8 takes 3 s without an answer as a dead connection', () => {
    assert.ok(!isSilent(null, 99_000));
    assert.ok(!isSilent(1_000, 3_999));
    assert.ok(isSilent(1_000, 4_000));
  });
});
