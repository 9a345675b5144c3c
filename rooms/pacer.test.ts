import assert from 'node:assert/strict';
import { manualClock } from '../tests/support/manual-clock.ts';
import { pacer } from './pacer.ts';

const BEAT_MS = 100;
const FAN_OUT_MS = 30;

/** A pacer that notes when it ran; `busy.until` is the moment until which its last run has its effect. */
function paced(place?: number) {
  const clock = manualClock();
  const ran: number[] = [];
  const busy = { untilMs: 0 };
  const startMs = clock.nowMs();
  const it = pacer({
    clock,
    beatMs: () => BEAT_MS,
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

  it('BT6 goes from what woke everybody to a place of its own in the beat, and stays there', async () => {
    for (const [place, firstMs] of [
      [0, BEAT_MS / 2],
      [0.25, BEAT_MS * 0.75],
      [0.9, BEAT_MS * 1.4],
    ] as const) {
      const { clock, ran, it } = paced(place);
      for (let n = 0; n < 50; n += 1) {
        it.touch();
        await clock.advance(BEAT_MS / 10);
      }
      assert.deepEqual(ran.slice(0, 4), [0, firstMs, firstMs + BEAT_MS, firstMs + 2 * BEAT_MS]);
      const before = ran.length;
      it.urge();
      await clock.advance(FAN_OUT_MS);
      assert.equal(ran.length, before + 1, 'what is urgent does not wait for its place');
    }
  });
});
