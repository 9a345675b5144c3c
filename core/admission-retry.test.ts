import assert from 'node:assert/strict';
import { line, waited } from '../tests/support/door-line.ts';
import { NOW } from '../tests/support/simulated-crowd.ts';
import { type DoorAnswer, LATE_MAX_MS, type LineToken, LONG_RETRY_MAX_MS, RETRY_MAX_MS } from './admission.ts';

describe('coming back to a line', () => {
  it('AD8 calls nobody while there is no seat, and holds that against nobody', () => {
    const doors = line(20);
    const asks = (fans: readonly string[], seatFree: boolean, nowMs: number) =>
      fans.map((fan) => doors.ask(fan, undefined, seatFree, nowMs));
    const first = Array.from({ length: 150 }, (_, fan) => `first_${fan}`);
    const second = Array.from({ length: 60 }, (_, fan) => `second_${fan}`);
    asks(first, true, NOW);
    asks(second, true, NOW + 500);
    const called = doors.report(true, NOW + 500).markMs;
    for (let nowMs = NOW + 1_000; nowMs < NOW + 40_000; nowMs += 1_000) {
      asks([...second, ...first], false, nowMs);
      assert.equal(doors.report(false, nowMs).markMs, called, 'those behind are not called meanwhile');
    }
    const answers = asks([...second, ...first], true, NOW + 40_000);
    const admitted = answers.flatMap(({ kind }, index) => (kind === 'admit' ? [index] : []));
    assert.equal(admitted.length, 10, 'half a second of the rate');
    assert.ok(
      admitted.every((index) => index >= 60),
      'who came first comes in first, whoever asks first',
    );
  });

  it('AD8 calls nobody at a process that nobody asks either', () => {
    const [asked, idle] = [line(20, () => 0.5, 'p0'), line(20, () => 0.5, 'p1')];
    for (let fan = 0; fan < 300; fan += 1) asked.ask(`fan_${fan}`, undefined, false, NOW + fan * 10);
    const { markMs } = idle.report(false, NOW);
    for (let nowMs = NOW + 3_000; nowMs < NOW + 30_000; nowMs += 1_000) {
      idle.hear(asked.report(false, nowMs));
      assert.equal(idle.report(false, nowMs).markMs, markMs);
    }
    assert.ok(idle.report(true, NOW + 30_000).markMs > markMs);
  });

  it('AD4 tells who comes too late to be expected the place among those who are', () => {
    const doors = line(2);
    for (let fan = 0; fan < 30; fan += 1) doors.ask(`before_${fan}`, undefined, true, NOW);
    const mine = waited(doors.ask('me', undefined, true, NOW + 1_000));
    for (let fan = 0; fan < 300; fan += 1) doors.ask(`behind_${fan}`, undefined, true, NOW + 2_000 + fan);
    const lateAtMs = NOW + 1_000 + mine.retryInMs * 1.25 + 3_000;
    doors.report(true, lateAtMs - 10);
    // The page lost its token, and what it was told with it.
    const late = waited(doors.ask('me', undefined, false, lateAtMs));
    assert.ok(late.placeInLine <= 31, `${late.placeInLine}`);
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

  it('AD8 drops who is two minutes late', () => {
    const doors = line(1);
    const answers = Array.from({ length: 20 }, (_, fan) => doors.ask(`fan_${fan}`, undefined, true, NOW));
    const retries = answers.flatMap((answer) => (answer.kind === 'wait' ? [answer.retryInMs] : []));
    assert.ok(doors.waiting >= 18);
    doors.report(true, NOW + Math.min(...retries) + LATE_MAX_MS);
    assert.ok(doors.waiting >= 18);
    doors.report(true, NOW + Math.max(...retries) + LATE_MAX_MS + 1);
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
    doors.report(true, NOW + 1_200);
    const half = waited(doors.ask('last of many', undefined, false, NOW + 1_200));
    assert.ok(Math.abs(half.retryInMs - 90_000 * 1.2) < 1_000, `${half.retryInMs}: half as long as all of them take`);
    doors.hear({ processId: 'p1', atMs: NOW + 1_001, markMs: 0, ratePerS: 2, waiting: [] });
    doors.report(true, NOW + 1_001);
    doors.setRate(1_000);
    assert.ok(waited(doors.ask('later', undefined, false, NOW + 1_001)).retryInMs < 3_000);
  });
});
