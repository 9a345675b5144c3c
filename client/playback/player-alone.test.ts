/** What the player does while nobody looks, when there is nothing to hear, and when the device has a will of its own. */
import assert from 'node:assert/strict';
import type { Playback } from '../../schemas/playback.ts';
import { playerAtParty } from '../../tests/support/player-party.ts';
import { trackIdOf, trackOf } from '../../tests/support/samples.ts';

describe('player, left alone', () => {
  it('PL11 looks at once when the page wakes, and when the timeline changes', async () => {
    const { clock, player, party, media, wake } = playerAtParty();
    await player.unlock();
    await clock.advance(3_000);
    party.timeline = { ...party.timeline, playback: { ...party.timeline.playback, status: 'paused', positionMs: 1_000 } };
    assert.deepEqual(
      media.map(({ paused }) => paused),
      [true, true],
    );
    wake();
    assert.equal(player.status.value, 'paused');
  });

  for (const everyMs of [1_000, 60_000]) {
    it(`PL11 begins with the show in a page whose timers come every ${everyMs / 1_000} s`, async () => {
      const { clock, player, party, audible, cue } = playerAtParty(undefined, undefined, everyMs);
      party.timeline = { ...party.timeline, playback: { ...party.timeline.playback, status: 'paused', positionMs: 0 } };
      await player.unlock();
      await clock.advance(90_300);
      assert.equal(audible()?.paused, true);
      const atMs = cue({ status: 'playing', positionMs: 0 });
      await clock.advance(700);
      // The frame after the cue says what is in force: no timer has come since.
      const { applyAtMs: _, ...inForce } = party.timeline.next as Playback & { applyAtMs: number };
      party.timeline = { ...party.timeline, playback: inForce, next: null };
      await clock.advance(300);
      assert.equal(audible()?.paused, false, 'half a second after the cue');
      const offMs = (audible()?.positionMs() ?? 0) - (clock.nowMs() - atMs);
      assert.ok(Math.abs(offMs) < 40, `${offMs} ms off`);
    });

    it(`PL7 goes on after a stall in a page whose timers come every ${everyMs / 1_000} s`, async () => {
      const { clock, player, audible } = playerAtParty([{ ...trackOf(1), durationMs: 600_000 }], undefined, everyMs);
      await player.unlock();
      await clock.advance(5_000);
      audible()?.stall(3_000);
      await clock.advance(3_500);
      assert.equal(audible()?.paused, false);
      const offMs = (audible()?.positionMs() ?? 0) - (clock.nowMs() - 1_000_000);
      assert.ok(Math.abs(offMs) < 40, `${offMs} ms off`);
    });
  }

  it('PL16 falls silent and lets go of its sources when there is nothing to sound, and sounds again later', async () => {
    const { clock, player, heard, party, media, audible } = playerAtParty();
    await player.unlock();
    await clock.advance(58_000);
    assert.deepEqual(
      media.map((one) => one.isLoaded()),
      [true, true],
    );
    const before = party.timeline;
    heard.value = null;
    assert.deepEqual(
      media.map((one) => [one.paused, one.isLoaded(), one.audible]),
      [
        [true, false, null],
        [true, false, null],
      ],
    );
    await clock.advance(10_000);
    assert.equal(player.status.value, 'idle');
    assert.equal(player.nowPlaying.value.trackId, null);
    assert.equal(
      media.every(({ paused }) => paused),
      true,
    );
    heard.value = before;
    await clock.advance(3_000);
    assert.equal(audible()?.paused, false);
    assert.equal(player.status.value, 'playing');
    assert.equal(audible()?.audible, trackIdOf(2));
  });

  it('PL17 stays silent once the listener’s device paused it, and comes back with the crowd', async () => {
    const { clock, player, media, audible } = playerAtParty();
    await player.unlock();
    await clock.advance(55_000);
    audible()?.hush();
    assert.equal(player.status.value, 'locked');
    await clock.advance(10_000);
    assert.deepEqual(
      media.map(({ paused }) => paused),
      [true, true],
      'beyond the end of the track, too',
    );
    await player.unlock();
    await clock.advance(3_000);
    assert.equal(player.status.value, 'playing');
    assert.equal(audible()?.audible, trackIdOf(2));
    assert.ok(Math.abs(player.errorMs.value ?? Number.NaN) < 2);
    player.lock();
    await clock.advance(2_000);
    assert.equal(audible()?.paused, true);
    audible()?.resume();
    await clock.advance(3_000);
    assert.equal(player.status.value, 'playing', 'the system gave the sound back');
    assert.ok(Math.abs(player.errorMs.value ?? Number.NaN) < 2);
  });

  it('PL17 takes no offence when the browser pauses one deck because the other is set off', async () => {
    const { clock, player, media, audible } = playerAtParty();
    await player.unlock();
    await clock.advance(59_900);
    const last = audible();
    assert.equal(
      media.every(({ paused }) => !paused),
      true,
    );
    last?.hush();
    await clock.advance(3_000);
    assert.equal(player.status.value, 'playing');
    assert.equal(audible()?.audible, trackIdOf(2));
  });
});
