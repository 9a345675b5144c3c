import assert from 'node:assert/strict';
import { manualClock } from '../tests/support/manual-clock.ts';
import { pacer } from './pacer.ts';

const BEAT_MS = 100;
const FAN_OUT_MS = 30;

/** A pacer that notes when it ran; `busy.until` is the moment until which its last run has its effect. */
function paced(place?: number, beatMs = BEAT_MS) {
  const clock = manualClock();
  const ran: number[] = [];
  const busy = { untilMs: 0 };
  const startMs = clock.nowMs();
  const it = pacer({
    clock,
    beatMs: () => beatMs,
    fanOutMs: () => FAN_OUT_MS,
    run: () => void ran.push(clock.nowMs() - startMs),
    ...(place === undefined ? {} : { place }),
    isBusy: () => clock.nowMs() - startMs < busy.untilMs,
  });
  return { clock, ran, busy, it };
}

describe('a pacer', () => {
  it('BT1 runs at once when that is rare, and once in a beat when it is not', async () => {
    const { clock, ran, it } = paced();
    it.touch();
    await clock.advance(10);
    it.touch();
    it.touch();
    await clock.advance(500);
    it.touch();
    await clock.advance(500);
    assert.deepEqual(ran, [0, BEAT_MS, 510]);
  });

  it('BT3 does not wait for the beat with what is urgent, but for a fan-out', async () => {
    const { clock, ran, it } = paced();
    it.touch();
    await clock.advance(10);
    it.touch();
    it.urge();
    await clock.advance(500);
    assert.deepEqual(ran, [0, FAN_OUT_MS]);
  });

  it('BT1 waits while the last run is still being handed out, and runs once when that is over, however often it was asked to', async () => {
    const { clock, ran, busy, it } = paced();
    it.touch();
    await clock.advance(10);
    busy.untilMs = 450;
    it.touch();
    await clock.advance(200);
    it.urge();
    it.touch();
    await clock.advance(240);
    assert.deepEqual(ran, [0]);
    busy.untilMs = 0;
    it.freed();
    it.freed();
    await clock.advance(500);
    assert.deepEqual(ran, [0, 450]);
  });

  it('BT1 runs for nobody when nothing was asked for meanwhile, nor once it is stopped', async () => {
    const { clock, ran, busy, it } = paced();
    it.touch();
    await clock.advance(10);
    it.freed();
    busy.untilMs = 450;
    it.touch();
    await clock.advance(200);
    it.stop();
    busy.untilMs = 0;
    it.freed();
    await clock.advance(500);
    assert.deepEqual(ran, [0]);
  });

  it('BT6 goes from what woke everybody to a place of its own in a long beat, and stays there', async () => {
    const longMs = 2_000;
    for (const [place, firstMs] of [
      [0, 1_000],
      [0.25, 1_500],
      [0.9, 2_800],
    ] as const) {
      const { clock, ran, it } = paced(place, longMs);
      for (let n = 0; n < 50; n += 1) {
        it.touch();
        await clock.advance(longMs / 10);
      }
      assert.deepEqual(ran.slice(0, 4), [0, firstMs, firstMs + longMs, firstMs + 2 * longMs]);
      const before = ran.length;
      it.urge();
      await clock.advance(FAN_OUT_MS);
      assert.equal(ran.length, before + 1, 'what is urgent does not wait for its place');
    }
  });

  it('BT6 waits no longer than a beat with what staff decided, and goes to its place afterwards', async () => {
    const longMs = 2_000;
    const { clock, ran, it } = paced(0.9, longMs);
    it.touch();
    await clock.advance(100);
    it.touch();
    it.hurry();
    await clock.advance(longMs);
    assert.deepEqual(ran, [0, longMs]);
    it.touch();
    await clock.advance(2 * longMs);
    assert.deepEqual(ran, [0, longMs, longMs + 2_800]);
  });

  it('BT6 keeps all beats of one length when they are short', async () => {
    const { clock, ran, it } = paced(0.9);
    for (let n = 0; n < 25; n += 1) {
      it.touch();
      await clock.advance(BEAT_MS / 10);
    }
    assert.deepEqual(ran, [0, BEAT_MS, 2 * BEAT_MS]);
  });
});
