import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type EventTime, eventTimeAt, eventTimeErrorMs, observe, startEventTime } from './event-time.ts';

/** A sample of a reference that is ahead of our clock by `offsetMs`; the answer takes `thereMs` and `backMs`. */
const sampleAt = (askedAtMs: number, offsetMs: number, thereMs: number, backMs: number) => ({
  askedAtMs,
  answeredAtMs: askedAtMs + thereMs + backMs,
  referenceMs: askedAtMs + thereMs + offsetMs,
});
const exact = (atMs: number, offsetMs: number) => sampleAt(atMs, offsetMs, 0, 0);
const assertClose = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

/** A sum of doubles may end a hair below another one that is the same. */
const ROUNDING_MS = 1e-9;

describe('event time', () => {
  const trip = fc.double({ min: 0, max: 60, noNaN: true });

  it('RD30 is our own clock, of unknown error, before the first sample', () => {
    const time = startEventTime(5_000);
    assert.equal(eventTimeAt(time, 5_750), 5_750);
    assert.equal(eventTimeErrorMs(time, 5_750), Infinity);
  });

  it('RD30 is set by the first sample, backwards too: nobody has read it yet', () => {
    for (const offsetMs of [-3_600_000, -10, 0, 10, 3_600_000]) {
      const time = observe(startEventTime(0), exact(10_000, offsetMs));
      assertClose(eventTimeAt(time, 11_000), 11_000 + offsetMs);
    }
  });

  it('RD30 believes the shortest round trip of a burst', () => {
    let time = startEventTime(0);
    for (const [thereMs, backMs] of [
      [20, 2],
      [0.2, 0.2],
      [1, 30],
    ] as const)
      time = observe(time, sampleAt(1_000, 500, thereMs, backMs));
    assert.ok(Math.abs(eventTimeAt(time, 10_000) - 10_500) < 0.3 + 60, 'it is on the way');
    assert.ok(Math.abs(eventTimeAt(time, 60_000) - 60_500) < 0.3, 'it is there');
  });

  it('RD31 never steps back and never runs backwards, whatever the reference says', () => {
    const step = fc.record({
      waitMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
      thereMs: trip,
      backMs: trip,
      offsetMs: fc.double({ min: -5_000, max: 5_000, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let nowMs = 1_000;
        let time: EventTime = observe(startEventTime(nowMs), exact(nowMs, 0));
        let last = eventTimeAt(time, nowMs);
        for (const { waitMs, thereMs, backMs, offsetMs } of steps) {
          for (const part of [0.1, 0.5, 1]) {
            const read = eventTimeAt(time, nowMs + waitMs * part);
            assert.ok(read >= last - ROUNDING_MS, `${read} < ${last}`);
            last = read;
          }
          nowMs += waitMs;
          time = observe(time, sampleAt(nowMs, offsetMs, thereMs, backMs));
          nowMs += thereMs + backMs;
        }
      }),
    );
  });

  it('RD31 runs at most half a percent fast or slow while it makes good an error of up to a quarter second', () => {
    const error = fc.double({ min: -249, max: 249, noNaN: true });
    fc.assert(
      fc.property(
        error,
        fc.double({ min: 0, max: 120_000, noNaN: true }),
        fc.double({ min: 0, max: 10_000, noNaN: true }),
        (errorMs, atMs, forMs) => {
          const set = observe(startEventTime(0), exact(1_000, 0));
          const time = observe(set, exact(2_000, errorMs));
          const ran = eventTimeAt(time, 2_000 + atMs + forMs) - eventTimeAt(time, 2_000 + atMs);
          assert.ok(Math.abs(ran - forMs) <= forMs * 0.005 + 1e-6, `${ran} in ${forMs}`);
        },
      ),
    );
  });

  it('RD31 arrives where the reference is, and stays', () => {
    fc.assert(
      fc.property(fc.double({ min: -20_000, max: 20_000, noNaN: true }), (errorMs) => {
        const time = observe(observe(startEventTime(0), exact(1_000, 0)), exact(2_000, errorMs));
        for (const laterMs of [100_000, 200_000]) assertClose(eventTimeAt(time, laterMs), laterMs + errorMs);
      }),
    );
  });

  it('RD31 far behind, it jumps ahead at once; far ahead, it waits at a tenth of its pace', () => {
    const set = observe(startEventTime(0), exact(1_000, 0));
    assertClose(eventTimeAt(observe(set, exact(2_000, 5_000)), 2_000), 7_000);
    const ahead = observe(set, exact(2_000, -5_250));
    assertClose(eventTimeAt(ahead, 2_000), 2_000);
    assertClose(eventTimeAt(ahead, 3_000), 2_100);
    assertClose(eventTimeAt(ahead, 2_000 + 5_000 / 0.9), 2_000 + 5_000 / 9);
  });

  it('RD31 goes on with our own clock while there are no samples, and knows that it knows less', () => {
    const time = observe(startEventTime(0), sampleAt(1_000, 70, 1, 1));
    assertClose(eventTimeAt(time, 3_601_002), 3_601_072);
    assert.ok(eventTimeErrorMs(time, 3_601_002) > eventTimeErrorMs(time, 1_002) + 300);
  });

  it('RD32 is within its stated error of the reference, whatever the network does', () => {
    const burst = fc.array(fc.tuple(trip, trip), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(burst, { minLength: 1, maxLength: 6 }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        (bursts, offsetMs) => {
          let nowMs = 0;
          let time = startEventTime(nowMs);
          for (const samples of bursts) {
            for (const [thereMs, backMs] of samples) {
              time = observe(time, sampleAt(nowMs, offsetMs, thereMs, backMs));
              nowMs += thereMs + backMs;
              const errorMs = Math.abs(eventTimeAt(time, nowMs) - (nowMs + offsetMs));
              assert.ok(errorMs <= eventTimeErrorMs(time, nowMs) + 1e-6);
            }
            nowMs += 10_000;
          }
        },
      ),
    );
  });

  it('RD32 an impossible sample changes nothing', () => {
    const time = observe(startEventTime(0), exact(1_000, 5));
    assert.equal(observe(time, sampleAt(2_000, 900, 4_000, 0)), time);
    assert.equal(observe(time, { askedAtMs: 2_000, answeredAtMs: 1_900, referenceMs: 2_000 }), time);
    assert.equal(observe(time, { askedAtMs: 2_000, answeredAtMs: 2_001, referenceMs: Number.NaN }), time);
  });
});
