import assert from 'node:assert/strict';
import { type ManualClock, manualClock } from '../../tests/support/manual-clock.ts';
import { EventClock, Heartbeat } from './event-clock.ts';
import { NO_PAGE } from './page.ts';
import { Unanswered } from './wire.ts';

const MINUTE_MS = 60_000;

describe('the heartbeat of a seat', () => {
  let clock: ManualClock;
  let heartbeat: Heartbeat;
  let pings: number[];
  let errors: number[];
  let errorMs: number | undefined;
  let heardAtMs: number;
  let isAnswering: boolean;
  let isSpeaking: boolean;
  let isDropped: boolean;
  let restMs: number | undefined;

  beforeEach(async () => {
    clock = manualClock();
    heardAtMs = Number.NEGATIVE_INFINITY;
    restMs = undefined;
    [pings, errors, errorMs, isAnswering, isSpeaking, isDropped] = [[], [], undefined, true, false, false];
    const eventClock = new EventClock(clock, () => true);
    const ask = async (_name: string, { t0, errorMs: error }: { t0: number; errorMs?: number }) => {
      pings.push(t0);
      if (error !== undefined) errors.push(error);
      if (isSpeaking) heardAtMs = clock.nowMs();
      if (!isAnswering) throw new Unanswered('clock');
      return { t0, t1: t0 + 500, t2: t0 + 500, ...(restMs === undefined ? {} : { restMs }) };
    };
    heartbeat = new Heartbeat(
      {
        clock,
        random: () => 0.5,
        page: NO_PAGE,
        eventClock,
        takeErrorMs: () => errorMs,
      },
      { ask: ask as never, drop: () => void (isDropped = true), heardAtMs: () => heardAtMs },
    );
    await clock.advance(0);
  });
  afterEach(() => heartbeat.stop());

  /** Lets time pass, in which a frame comes every two seconds. */
  async function listen(forMs: number): Promise<number> {
    const before = pings.length;
    for (let ms = 0; ms < forMs; ms += 2_000) {
      await clock.advance(2_000);
      heardAtMs = clock.nowMs();
    }
    return pings.length - before;
  }

  it('CS7 asks every 28 s where nothing is heard', async () => {
    await clock.advance(MINUTE_MS);
    const before = pings.length;
    await clock.advance(28 * 10_000);
    assert.equal(pings.length - before, 10);
  });

  it('CS9 where frames come it asks less and less, as the drift becomes known', async () => {
    const first = await listen(2 * MINUTE_MS);
    await listen(8 * MINUTE_MS);
    const later = await listen(10 * MINUTE_MS);
    assert.ok(first >= 3, `${first} pings in two minutes`);
    assert.ok(later >= 4 && later <= 6, `${later} pings in ten minutes`);
  });

  it('CS10 leaves a busy house alone for as long as it asks for, while frames come', async () => {
    restMs = 250_000;
    await listen(2 * MINUTE_MS);
    const pings = await listen(20 * MINUTE_MS);
    assert.ok(pings >= 4 && pings <= 6, `${pings} pings in twenty minutes`);
    restMs = undefined;
    await listen(5 * MINUTE_MS);
    assert.ok((await listen(20 * MINUTE_MS)) >= 8, 'it asks again as it likes when the house does not mind');
  });

  it('CS7 a link that falls silent is asked within 28 s of what was heard last, however well the clock is known', async () => {
    await listen(20 * MINUTE_MS);
    while ((await listen(2_000)) === 0);
    await listen(10_000);
    const before = pings.length;
    isAnswering = false;
    await clock.advance(28_001);
    assert.equal(pings.length, before + 1);
    assert.ok((pings.at(-1) ?? 0) <= heardAtMs + 28_000);
    assert.ok(isDropped);
  });

  it('CS8 a server that leaves a ping unanswered, but speaks, is late and not dead', async () => {
    [isAnswering, isSpeaking] = [false, true];
    const before = pings.length;
    await clock.advance(MINUTE_MS);
    assert.ok(pings.length > before);
    assert.ok(!isDropped);
    isSpeaking = false;
    await clock.advance(MINUTE_MS);
    assert.ok(isDropped);
  });

  it('CS7 an error that the page has to report goes with the next look', async () => {
    await listen(20 * MINUTE_MS);
    errorMs = -3;
    assert.ok((await listen(5 * MINUTE_MS)) >= 10);
    assert.ok(errors.length >= 10 && errors.every((error) => error === -3));
  });
});
