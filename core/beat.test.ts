import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BEAT_FULL_HOUSE_MS, BEAT_MAX_MS, BEAT_MIN_MS, CUE_LEAD_MAX_MS, CUE_LEAD_MIN_MS } from '../schemas/limits.ts';
import {
  beatFlushAtMs,
  beatMs,
  clockRestMs,
  cueFlushAtMs,
  cueLeadMs,
  hopMs,
  knownByMs,
  rides,
  shouldTellAudience,
} from './beat.ts';

const QUIET = { fans: 200, fanOutMs: 2, arrivalsPerS: 0, loopDelayMs: 12, coreShare: 1 };
const load = fc.record({
  fans: fc.nat(20_000),
  fanOutMs: fc.double({ min: 0, max: 3_000, noNaN: true }),
  arrivalsPerS: fc.double({ min: 0, max: 3_000, noNaN: true }),
  loopDelayMs: fc.double({ min: 0, max: 1_000, noNaN: true }),
  coreShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
});

describe('beat', () => {
  it('BT1 is the shortest in a small room and one to two seconds at full house', () => {
    assert.equal(beatMs(QUIET), BEAT_MIN_MS);
    // 13,800 fans of 110,427 on this process; eight such processes share two cores.
    const fullHouse = beatMs({ fans: 13_800, fanOutMs: 0, arrivalsPerS: 0, loopDelayMs: 40, coreShare: 0.25 });
    assert.ok(fullHouse >= 1_000 && fullHouse <= BEAT_FULL_HOUSE_MS, `${fullHouse}`);
  });

  it('BT1 stays within its bounds, and no more load ever makes it shorter', () => {
    fc.assert(
      fc.property(load, load, (a, b) => {
        const sum = {
          fans: a.fans + b.fans,
          fanOutMs: a.fanOutMs + b.fanOutMs,
          arrivalsPerS: a.arrivalsPerS + b.arrivalsPerS,
          loopDelayMs: a.loopDelayMs + b.loopDelayMs,
          coreShare: Math.min(a.coreShare, b.coreShare),
        };
        assert.ok(beatMs(a) >= BEAT_MIN_MS && beatMs(a) <= BEAT_MAX_MS);
        assert.ok(beatMs(sum) >= beatMs(a));
      }),
    );
  });

  it('BT1 stretches while fans arrive, and when the loop is late', () => {
    const busy = { fans: 10_000, fanOutMs: 110, arrivalsPerS: 0, loopDelayMs: 10, coreShare: 1 };
    assert.ok(beatMs({ ...busy, arrivalsPerS: 50 }) > beatMs(busy));
    assert.ok(beatMs({ ...busy, arrivalsPerS: 250 }) > 2 * beatMs(busy));
    assert.equal(beatMs({ ...busy, arrivalsPerS: 900 }), beatMs({ ...busy, arrivalsPerS: 250 }));
    assert.ok(beatMs({ ...QUIET, loopDelayMs: 100 }) > BEAT_MIN_MS);
  });

  it('BT1 stretches to 2.5 s for what frames cost, and beyond only for a loop that is late', () => {
    const full = { fans: 15_800, fanOutMs: 900, arrivalsPerS: 0, loopDelayMs: 100, coreShare: 0.28 };
    assert.equal(beatMs(full), BEAT_FULL_HOUSE_MS);
    assert.equal(beatMs({ ...full, loopDelayMs: 300 }), BEAT_FULL_HOUSE_MS);
    assert.equal(beatMs({ ...full, loopDelayMs: 520 }), 4_000);
    assert.equal(beatMs({ ...full, loopDelayMs: 3_000 }), BEAT_MAX_MS);
  });

  it('BT1 is not stretched by a late loop where beats take next to nothing of it', () => {
    const ten = { fans: 10, fanOutMs: 0.5, arrivalsPerS: 0, loopDelayMs: 300, coreShare: 0.25 };
    assert.equal(beatMs(ten), BEAT_MIN_MS);
    assert.equal(beatMs({ ...ten, fanOutMs: 4 }), 400);
    assert.equal(beatMs({ ...ten, fans: 5_000, fanOutMs: 40 }), 280 * 8);
  });

  it('BT5 speaks between processes four times a beat, and at least every 250 ms', () => {
    assert.equal(hopMs(100), 25);
    assert.equal(hopMs(800), 200);
    assert.equal(hopMs(BEAT_MAX_MS), 250);
  });

  it('BT2 leads a cue by the delivery, between its bounds', () => {
    assert.equal(cueLeadMs(0, 0, BEAT_MIN_MS), CUE_LEAD_MIN_MS);
    assert.equal(cueLeadMs(200, 1_000, 500), CUE_LEAD_MIN_MS + 2 * 200);
    const fullHouse = cueLeadMs(0, 110_427, 1_000);
    assert.ok(fullHouse >= 1_400 && fullHouse <= 1_600, `${fullHouse}`);
    assert.equal(cueLeadMs(9_000, 10, BEAT_MAX_MS), CUE_LEAD_MAX_MS);
  });

  it('BT7 leads by a beat and its lateness where beats are long, so that a section may wait for its own, whatever the cue took to come to it', () => {
    assert.equal(cueLeadMs(400, 110_427, 2_400), CUE_LEAD_MIN_MS + 400 + 2_700);
    assert.equal(
      cueLeadMs(400, 110_427, BEAT_MAX_MS),
      cueLeadMs(400, 110_427, BEAT_FULL_HOUSE_MS),
      'no cue waits for a late house',
    );
    const section = fc.record({ handOutMs: fc.nat(800), others: fc.nat(800), wayMs: fc.nat(200) });
    fc.assert(
      fc.property(
        section,
        fc.integer({ min: BEAT_MIN_MS, max: BEAT_FULL_HOUSE_MS }),
        ({ handOutMs, others, wayMs }, lengthMs) => {
          const leftMs = cueLeadMs(handOutMs + others, 110_427, lengthMs) - wayMs;
          assert.equal(rides(leftMs, lengthMs, handOutMs), lengthMs >= 1_500);
        },
      ),
    );
    assert.ok(!rides(2_700 + 99, 2_400, 0) && rides(2_700 + 100, 2_400, 0));
    assert.ok(!rides(2_700 + 499, 2_400, 400) && rides(2_700 + 500, 2_400, 400));
  });

  it('BT7 a cue has to be known before the one that it replaces begins, if fans were told of that', () => {
    assert.equal(knownByMs(9_000, undefined, 5_000), 9_000);
    assert.equal(knownByMs(9_000, 4_000, 5_000), 9_000, 'in force already');
    assert.equal(knownByMs(9_000, 6_000, 5_000), 6_000);
    assert.equal(knownByMs(9_000, 12_000, 5_000), 9_000);
  });

  it('BT3 flushes cues at once, but one per measured fan-out', () => {
    assert.equal(cueFlushAtMs(0, 40, 1_000), 1_000);
    assert.equal(cueFlushAtMs(990, 40, 1_000), 1_030);
    assert.equal(beatFlushAtMs(950, 100, 1_000), 1_050);
    assert.equal(beatFlushAtMs(0, 100, 1_000), 1_000);
  });

  it('CS10 a house asks for a rest of a hundred beats once these are a second long', () => {
    assert.equal(clockRestMs(BEAT_MIN_MS), 0);
    assert.equal(clockRestMs(999), 0);
    assert.equal(clockRestMs(1_000), 100_000);
    assert.equal(clockRestMs(2_500), 250_000);
  });

  it('BT4 tells a tiny room of every change, twice a second', () => {
    assert.ok(!shouldTellAudience(3, 4, 0, 499));
    assert.ok(shouldTellAudience(3, 4, 0, 500));
    assert.ok(!shouldTellAudience(4, 4, 0, 99_000));
  });

  it('BT4 tells a small room of every change, every two seconds', () => {
    assert.ok(!shouldTellAudience(500, 501, 0, 1_999));
    assert.ok(shouldTellAudience(500, 501, 0, 2_000));
  });

  it('BT4 tells a large room of a change by 1%, every five seconds, and of any after a minute', () => {
    assert.ok(!shouldTellAudience(100_000, 120_000, 0, 4_999));
    assert.ok(shouldTellAudience(100_000, 101_000, 0, 5_000));
    assert.ok(!shouldTellAudience(100_000, 100_999, 0, 5_000));
    assert.ok(!shouldTellAudience(100_000, 99_001, 0, 59_999));
    assert.ok(shouldTellAudience(100_000, 100_001, 0, 60_000));
    assert.ok(shouldTellAudience(100_000, 40, 0, 5_000));
  });
});
