import assert from 'node:assert/strict';
import fc from 'fast-check';
import { line, waited } from '../tests/support/door-line.ts';
import { crowd, NOW } from '../tests/support/simulated-crowd.ts';
import type { DoorAnswer, LineToken } from './admission.ts';
import { CALL_HOLD_MS, sliceOf } from './admission-calls.ts';
import { seeded } from './seeded.ts';

const spike = fc.record({
  seed: fc.nat(),
  arrivalsAtMs: fc
    .array(fc.integer({ min: 0, max: 8_000 }), { minLength: 1, maxLength: 250 })
    .map((delays) => delays.map((delayMs) => NOW + delayMs).toSorted((a, b) => a - b)),
  ratePerS: fc.integer({ min: 5, max: 60 }),
  processes: fc.integer({ min: 1, max: 3 }),
});
const runs = { numRuns: 40 };

describe('admission', () => {
  it('AD1 lets everyone in at once while arrivals are within the rate', () => {
    const doors = line(50);
    for (let fan = 0; fan < 500; fan += 1) assert.equal(doors.ask(`fan_${fan}`, undefined, true, NOW + fan * 21).kind, 'admit');
    assert.equal(doors.waiting, 0);
  });

  it('AD2 never admits faster than the rate, in any time, but for the moment that fans take to come', () => {
    fc.assert(
      fc.property(spike, (options) => {
        const { admittedAtMs } = crowd({ ...options, untilMs: NOW + 20_000 });
        const burst = Math.max(1, options.ratePerS / 2);
        for (const times of admittedAtMs.values()) {
          times.forEach((fromMs, from) => {
            times
              .slice(from)
              .forEach((toMs, more) => assert.ok(more + 1 <= burst + ((toMs - fromMs + 300) * options.ratePerS) / 1_000 + 1e-6));
          });
        }
      }),
      runs,
    );
  });

  it('AD3 calls in the order of arrival: nobody is admitted while an earlier slice is not yet called', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 5, max: 40 }), (seed, ratePerS) => {
        const random = seeded(seed);
        const doors = line(ratePerS, random);
        let asks = Array.from({ length: 200 }, (_, index) => ({
          fanId: `fan_${index}`,
          arrivedAtMs: NOW + index * 10,
          atMs: NOW + index * 10,
          token: undefined as LineToken | undefined,
        }));
        for (let nowMs = NOW; nowMs < NOW + 30_000; nowMs += 10) {
          const due = asks.filter((ask) => ask.atMs <= nowMs);
          asks = asks.filter((ask) => ask.atMs > nowMs);
          for (const ask of due) {
            const answer = doors.ask(ask.fanId, ask.token, true, nowMs);
            if (answer.kind === 'wait') asks.push({ ...ask, atMs: nowMs + answer.retryInMs, token: answer.token });
            else assert.ok(sliceOf(ask.arrivedAtMs) < doors.report(true, nowMs).markMs);
          }
        }
      }),
      runs,
    );
  });

  it('AD3 admits a spike in the order of arrival, but for the moments of a retry', () => {
    const arrivalsAtMs = Array.from({ length: 600 }, (_, index) => NOW + index * 5);
    for (const seed of [1, 2, 3, 4, 5]) {
      const { visits } = crowd({ seed, arrivalsAtMs, ratePerS: 30, untilMs: NOW + 60_000 });
      const inOrder = visits.toSorted((a, b) => (a.admittedAtMs ?? Infinity) - (b.admittedAtMs ?? Infinity));
      const moved = inOrder.map((visit, place) => Math.abs(place - visits.indexOf(visit)));
      // Calling ahead covers four seconds of service, 120 fans.
      assert.ok(Math.max(...moved) <= 120, `seed ${seed}: ${Math.max(...moved)}`);
    }
  });

  it('AD4 never shows a place behind the last one', () => {
    fc.assert(
      fc.property(spike, (options) => {
        for (const { places } of crowd({ ...options, untilMs: NOW + 25_000 }).visits) {
          places.forEach((place, index) => {
            assert.ok(place >= 1 && Number.isInteger(place));
            assert.ok(index === 0 || place <= (places[index - 1] as number));
          });
        }
      }),
      runs,
    );
  });

  it('AD4 shows an honest first place: all who wait since before', () => {
    const arrivalsAtMs = Array.from({ length: 600 }, (_, index) => NOW + index * 20);
    const { visits } = crowd({ seed: 4, arrivalsAtMs, ratePerS: 20, untilMs: NOW + 60_000 });
    const placed = visits.filter(({ places }) => places.length > 0);
    assert.ok(placed.length > 400);
    for (const { arrivedAtMs, places } of placed) {
      const before = visits.filter((other) => other.arrivedAtMs < arrivedAtMs && (other.admittedAtMs ?? Infinity) > arrivedAtMs);
      const place = places[0] as number;
      assert.ok(Math.abs(place - (before.length + 1)) <= 12 + before.length * 0.05, `${before.length} before: ${place}`);
    }
  });

  it('AD5 starves nobody: whoever keeps coming back gets in', () => {
    fc.assert(
      fc.property(spike, (options) => {
        const { visits } = crowd({
          ...options,
          untilMs: NOW + 8_000 + (options.arrivalsAtMs.length / options.ratePerS) * 3_000 + 2 * CALL_HOLD_MS + 40_000,
        });
        assert.ok(visits.every(({ admittedAtMs }) => admittedAtMs !== null));
      }),
      runs,
    );
  });

  it('AD5 goes on at nearly its rate while a fifth of all who are told to wait leave each time', () => {
    const arrivalsAtMs = Array.from({ length: 2_000 }, (_, index) => NOW + index * 5);
    const { visits, gaveUp } = crowd({ seed: 9, arrivalsAtMs, ratePerS: 40, giveUp: 0.2, untilMs: NOW + 60_000 });
    assert.ok(gaveUp > 500);
    const admitted = visits.flatMap(({ admittedAtMs }) => admittedAtMs ?? []);
    assert.equal(admitted.length, visits.length - gaveUp);
    const takenMs = Math.max(...admitted) - NOW;
    assert.ok(takenMs < (admitted.length / 40) * 1_000 * 1.4, `${admitted.length} in ${takenMs} ms`);
  });

  it('AD5 is held up for seconds only by a crowd that left as one', () => {
    const doors = line(50);
    for (let fan = 0; fan < 3_000; fan += 1) doors.ask(`gone_${fan}`, undefined, true, NOW + fan);
    const first = waited(doors.ask('me', undefined, true, NOW + 3_000));
    let answer: DoorAnswer = first;
    let nowMs = NOW + 3_000;
    while (answer.kind === 'wait') {
      nowMs += answer.retryInMs;
      answer = doors.ask('me', answer.token, true, nowMs);
    }
    assert.ok(first.placeInLine > 2_000);
    assert.ok(nowMs - NOW < 50_000, `${nowMs - NOW} ms for one who is alone in fact`);
  });

  it('AD5 keeps the order of more than come within seconds of the rate, all at once', () => {
    const arrivalsAtMs = Array.from({ length: 1_500 }, (_, index) => NOW + Math.floor(index / 3));
    const { visits } = crowd({ seed: 3, arrivalsAtMs, ratePerS: 20, untilMs: NOW + 100_000 });
    const inOrder = visits.toSorted((a, b) => (a.admittedAtMs ?? Infinity) - (b.admittedAtMs ?? Infinity));
    const moved = inOrder.map((visit, place) => Math.abs(place - visits.indexOf(visit)));
    assert.ok(Math.max(...moved) <= 500, `${Math.max(...moved)}`);
  });

  it('AD7 keeps a place over a retry at another process', () => {
    const here = line(5, () => 0.5, 'p0');
    const there = line(5, () => 0.5, 'p1');
    for (let fan = 0; fan < 100; fan += 1) here.ask(`fan_${fan}`, undefined, true, NOW + fan);
    const mine = waited(here.ask('me', undefined, true, NOW + 200));
    for (let fan = 200; fan < 400; fan += 1) there.ask(`fan_${fan}`, undefined, true, NOW + 300 + fan);
    const moved = waited(there.ask('me', mine.token, false, NOW + 1_000));
    assert.ok(moved.placeInLine <= mine.placeInLine);
    assert.equal(moved.token.arrivedAtMs, mine.token.arrivedAtMs);
  });

  it('AD7 hears how far others have called, and forgets those that have gone silent', () => {
    const here = line(5, () => 0.5, 'p0');
    const report = { processId: 'p1', atMs: NOW + 100, markMs: NOW + 50_000, ratePerS: 45, waiting: [[NOW, 30]] as const };
    here.hear(report);
    assert.equal(here.report(true, NOW + 200).markMs, report.markMs);
    here.hear({ ...report, atMs: NOW + 50, markMs: NOW + 90_000 });
    assert.equal(here.report(true, NOW + 300).markMs, report.markMs, 'an older report');
    here.hear({ ...here.report(true, NOW + 300), markMs: NOW + 99_000 });
    assert.equal(here.report(true, NOW + 400).markMs, report.markMs, 'our own report');
    const near = waited(here.ask('me', undefined, false, NOW + 60_000));
    assert.equal(near.placeInLine, 1, 'the other process is gone, and its thirty with it');
  });

  it('AD7 keeps the mark where it was: it never goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3_000), fc.nat(40)), { maxLength: 40 }), (steps) => {
        const doors = line(8);
        let nowMs = NOW;
        let mark = 0;
        steps.forEach(([gapMs, fans], step) => {
          nowMs += gapMs;
          for (let fan = 0; fan < fans; fan += 1) doors.ask(`fan_${step}_${fan}`, undefined, true, nowMs);
          const { markMs } = doors.report(true, nowMs);
          assert.ok(markMs >= mark);
          mark = markMs;
        });
      }),
    );
  });
});
