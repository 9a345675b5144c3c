import assert from 'node:assert/strict';
import fc from 'fast-check';
import { crowd, NOW } from '../tests/support/simulated-crowd.ts';
import { type DoorAnswer, DoorLine, LATE_MAX_MS, type LineToken, LONG_RETRY_MAX_MS, RETRY_MAX_MS } from './admission.ts';
import { CALL_HOLD_MS, sliceOf } from './admission-calls.ts';
import { seeded } from './seeded.ts';

function line(ratePerS: number, random = () => 0.5, processId = 'p0'): DoorLine {
  return new DoorLine('evt', processId, ratePerS, NOW, random);
}

function waited(answer: DoorAnswer): Extract<DoorAnswer, { kind: 'wait' }> {
  assert.ok(answer.kind === 'wait');
  return answer;
}

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
            else assert.ok(sliceOf(ask.arrivedAtMs) < doors.report(nowMs).markMs);
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

  it('AD8 forgets nobody who keeps asking while there is no seat', () => {
    const doors = line(100);
    let asks = Array.from({ length: 1_000 }, (_, fan) => ({ fan, atMs: NOW + fan, token: undefined as LineToken | undefined }));
    let last = 0;
    for (let nowMs = NOW; nowMs < NOW + 60_000; nowMs += 20) {
      const due = asks.filter(({ atMs }) => atMs <= nowMs);
      last = nowMs < NOW + 50_000 ? 0 : last + due.length;
      asks = asks.filter(({ atMs }) => atMs > nowMs);
      for (const { fan, token } of due) {
        const answer = waited(doors.ask(`fan_${fan}`, token, false, nowMs));
        asks.push({ fan, atMs: nowMs + answer.retryInMs, token: answer.token });
      }
    }
    assert.ok(doors.waitingInAll > 990, `${doors.waitingInAll}`);
    assert.ok(last < 4_500, `${last} asks in ten seconds`);
  });

  it('AD6 admits no token twice: used, it counts for nothing', () => {
    const doors = line(2);
    let nowMs = NOW;
    const first = Array.from({ length: 40 }, (_, index) => doors.ask(`fan_${index}`, undefined, true, nowMs));
    let { token, retryInMs } = waited(first[20] as DoorAnswer);
    for (;;) {
      nowMs += retryInMs;
      const answer = doors.ask('fan_20', token, true, nowMs);
      if (answer.kind === 'admit') break;
      ({ token, retryInMs } = answer);
    }
    for (let fan = 100; fan < 140; fan += 1) doors.ask(`fan_${fan}`, undefined, true, nowMs + 1);
    const again = waited(doors.ask('fan_20', token, true, nowMs + 500));
    assert.equal(again.token.arrivedAtMs, nowMs + 500);
  });

  it('AD6 takes a token for another fan or event, or an expired one, for none', () => {
    const doors = line(2);
    for (let fan = 0; fan < 40; fan += 1) doors.ask(`fan_${fan}`, undefined, true, NOW);
    const mine = { eventId: 'evt', fanId: 'me', arrivedAtMs: NOW - 60_000, place: 1, expiresAtMs: NOW + 60_000 };
    const asked = NOW + 1_000;
    for (const token of [
      { ...mine, fanId: 'you' },
      { ...mine, eventId: 'other' },
      { ...mine, expiresAtMs: asked },
    ]) {
      const answer = waited(line(2).ask('me', token, false, asked));
      assert.equal(answer.token.arrivedAtMs, asked);
    }
    assert.equal(waited(line(2).ask('me', mine, false, asked)).token.arrivedAtMs, mine.arrivedAtMs);
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
    assert.equal(here.report(NOW + 200).markMs, report.markMs);
    here.hear({ ...report, atMs: NOW + 50, markMs: NOW + 90_000 });
    assert.equal(here.report(NOW + 300).markMs, report.markMs, 'an older report');
    here.hear({ ...here.report(NOW + 300), markMs: NOW + 99_000 });
    assert.equal(here.report(NOW + 400).markMs, report.markMs, 'our own report');
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
          const { markMs } = doors.report(nowMs);
          assert.ok(markMs >= mark);
          mark = markMs;
        });
      }),
    );
  });

  it('AD8 drops who is two minutes late', () => {
    const doors = line(1);
    const answers = Array.from({ length: 20 }, (_, fan) => doors.ask(`fan_${fan}`, undefined, true, NOW));
    const retries = answers.flatMap((answer) => (answer.kind === 'wait' ? [answer.retryInMs] : []));
    assert.ok(doors.waiting >= 18);
    doors.report(NOW + Math.min(...retries) + LATE_MAX_MS);
    assert.ok(doors.waiting >= 18);
    doors.report(NOW + Math.max(...retries) + LATE_MAX_MS + 1);
    assert.equal(doors.waiting, 0);
  });

  it('AD6 a token lives until its fan is two minutes late', () => {
    const doors = line(1);
    for (let fan = 0; fan < 20; fan += 1) doors.ask(`fan_${fan}`, undefined, true, NOW);
    const { retryInMs, token } = waited(doors.ask('me', undefined, true, NOW));
    assert.equal(token.expiresAtMs, NOW + retryInMs + LATE_MAX_MS);
  });

  it('AD8 gives the same place to a page that was reloaded and lost its token', () => {
    const doors = line(1);
    for (let fan = 0; fan < 20; fan += 1) doors.ask(`fan_${fan}`, undefined, true, NOW);
    const mine = waited(doors.ask('fan_9', undefined, false, NOW + 5_000));
    assert.equal(mine.token.arrivedAtMs, NOW);
  });

  it('AD8 makes everybody wait while there is no seat', () => {
    const doors = line(100);
    const first = waited(doors.ask('me', undefined, false, NOW));
    assert.equal(first.placeInLine, 1);
    assert.equal(doors.ask('me', first.token, true, NOW + first.retryInMs).kind, 'admit');
  });

  it('AD8 asks fans back within bounds, jittered, sooner when they are near', () => {
    const doors = line(2, () => 1);
    const answers = Array.from({ length: 400 }, (_, index) => doors.ask(`fan_${index}`, undefined, true, NOW)).flatMap(
      (answer) => (answer.kind === 'wait' ? [answer] : []),
    );
    for (const { retryInMs } of answers) assert.ok(retryInMs > 0 && retryInMs <= RETRY_MAX_MS * 1.2);
    const far = waited(doors.ask('last', undefined, true, NOW + 1_000));
    assert.equal(far.retryInMs, RETRY_MAX_MS * 1.2);
    doors.hear({ processId: 'p1', atMs: NOW + 1_000, markMs: 0, ratePerS: 2, waiting: [[NOW - 1_000, 90_000]] });
    const many = waited(doors.ask('of many', undefined, false, NOW + 1_200));
    assert.equal(many.retryInMs, LONG_RETRY_MAX_MS * 1.2, 'so many waiting ask seldom');
    doors.hear({ processId: 'p1', atMs: NOW + 1_000.5, markMs: 0, ratePerS: 498, waiting: [[NOW - 1_000, 90_000]] });
    doors.report(NOW + 1_200);
    const half = waited(doors.ask('last of many', undefined, false, NOW + 1_200));
    assert.ok(Math.abs(half.retryInMs - 90_000 * 1.2) < 1_000, `${half.retryInMs}: half as long as all of them take`);
    doors.hear({ processId: 'p1', atMs: NOW + 1_001, markMs: 0, ratePerS: 2, waiting: [] });
    doors.report(NOW + 1_001);
    doors.setRate(1_000);
    assert.ok(waited(doors.ask('later', undefined, false, NOW + 1_001)).retryInMs < 3_000);
  });
});
