import assert from 'node:assert/strict';
import type { Playback, Track } from '../../schemas/playback.ts';
import { playerAtParty } from '../../tests/support/player-party.ts';
import { trackIdOf, trackOf } from '../../tests/support/samples.ts';
import { START_DELAY_MS } from '../../tests/support/simulated-media.ts';
import { RETRIES } from './loader.ts';

describe('player', () => {
  it('PL8 fetches nothing before the tap', async () => {
    const { clock, media, player } = playerAtParty();
    await clock.advance(2_000);
    assert.equal(player.status.value, 'locked');
    assert.deepEqual(
      media.map(({ urls }) => urls.length),
      [0, 0],
    );
  });

  it('PL3 joins late, learns what starts lose here, and starts the next time within 5 ms', async () => {
    const { clock, player, audible, cue } = playerAtParty();
    await clock.advance(10_000);
    await player.unlock();
    await clock.advance(5_000);
    assert.equal(player.status.value, 'playing');
    assert.ok(Math.abs(player.errorMs.value ?? Number.NaN) < 2);
    const atMs = cue({ positionMs: 30_000 });
    await clock.advance(500 + START_DELAY_MS);
    const heard = audible();
    assert.equal(heard?.paused, false, 'the other deck took over');
    assert.ok(Math.abs((heard?.positionMs() ?? 0) - (30_000 + clock.nowMs() - atMs)) < 5);
  });

  it('PL3 meets the moment however long play() takes this time', async () => {
    for (const startDelayMs of [10, 60, 150]) {
      const { clock, player, media, audible } = playerAtParty();
      await player.unlock();
      await clock.advance(55_000);
      for (const one of media) one.startDelayMs = startDelayMs;
      await clock.advance(5_050);
      assert.equal(audible()?.audible, trackIdOf(2));
      const offMs = (audible()?.positionMs() ?? 0) - 50;
      assert.ok(Math.abs(offMs) < 5, `${offMs} ms off after a start of ${startDelayMs} ms`);
    }
  });

  it('PL2 has the next track ready and set off before its moment, and rests the last one after it', async () => {
    const { clock, player, media, audible } = playerAtParty();
    await player.unlock();
    await clock.advance(59_990);
    assert.equal(audible()?.audible, trackIdOf(1));
    const next = media.find((one) => one !== audible());
    assert.equal(next?.paused, false, 'set off ahead by what starts lose');
    await clock.advance(60);
    assert.equal(audible(), next);
    assert.equal(audible()?.audible, trackIdOf(2));
    assert.equal(media.find((one) => one !== next)?.paused, true);
    await clock.advance(3_000);
    assert.ok(Math.abs(player.errorMs.value ?? Number.NaN) < 2);
  });

  it('PL2 stays silent on the other deck when a cue is called off', async () => {
    const { clock, player, media, party, cue, audible } = playerAtParty();
    await player.unlock();
    await clock.advance(5_000);
    cue({ trackId: trackIdOf(3), positionMs: 0 }, 1_000);
    await clock.advance(500);
    party.timeline = { ...party.timeline, next: null };
    await clock.advance(2_000);
    assert.equal(audible()?.audible, trackIdOf(1));
    assert.deepEqual(media.map(({ paused }) => paused).filter(Boolean), [true]);
  });

  it('PL5 fetches the next track at this page’s own moment', async () => {
    const { clock, player, media } = playerAtParty(undefined, () => 1);
    await player.unlock();
    await clock.advance(2_000);
    assert.deepEqual(
      media.map(({ urls }) => urls.length),
      [1, 0],
    );
    await clock.advance(2_000);
    assert.deepEqual(
      media.map(({ urls }) => urls),
      [['/media/1.mp3'], ['/media/2.mp3']],
    );
  });

  it('PL6 says in the end that a track fails, and plays the next', async () => {
    const { clock, player, media } = playerAtParty();
    for (const one of media) one.broken = true;
    await player.unlock();
    await clock.advance(2_000);
    assert.equal(player.status.value, 'catching-up');
    await clock.advance(30_000);
    assert.equal(player.status.value, 'failed');
    assert.equal(media[0]?.urls.filter((url) => url === '/media/1.mp3').length, RETRIES + 1);
    assert.equal(player.nowPlaying.value.trackId, trackIdOf(1), 'nobody is skipped');
    await clock.advance(28_500);
    for (const one of media) one.broken = false;
    await clock.advance(4_000);
    assert.equal(player.status.value, 'playing');
    assert.equal(player.nowPlaying.value.trackId, trackIdOf(2));
  });

  for (const [how, woken] of [
    ['by itself within half a minute', false],
    ['at once when the page wakes', true],
  ] as const) {
    it(`PL6 plays a track after an outage longer than its patience, ${how}`, async () => {
      const { clock, player, media, wake } = playerAtParty([{ ...trackOf(1), durationMs: 600_000 }]);
      for (const one of media) one.broken = true;
      await player.unlock();
      await clock.advance(100_000);
      assert.equal(player.status.value, 'failed');
      for (const one of media) one.broken = false;
      if (woken) wake();
      await clock.advance(woken ? 2_000 : 30_000);
      assert.equal(player.status.value, 'playing');
      assert.ok(Math.abs(player.errorMs.value ?? 0) < 40);
    });
  }

  it('PL6 fetches again from the newest address', async () => {
    const { clock, player, media, party } = playerAtParty();
    for (const one of media) one.broken = true;
    await player.unlock();
    await clock.advance(150);
    const [first, ...rest] = party.timeline.setlist as Track[];
    const renewed = { ...(first as Track), source: { ...(first as Track).source, url: '/media/1.mp3?fresh' } };
    party.timeline = { ...party.timeline, setlist: [renewed, ...rest] };
    for (const one of media) one.broken = false;
    await clock.advance(5_000);
    assert.equal(media[0]?.urls.at(-1), '/media/1.mp3?fresh');
    assert.equal(player.status.value, 'playing');
  });

  it('PL7 starts anew at the playhead after a stall', async () => {
    const { clock, player, audible } = playerAtParty();
    await player.unlock();
    await clock.advance(5_000);
    audible()?.stall(3_000);
    await clock.advance(1_000);
    assert.equal(player.status.value, 'catching-up');
    await clock.advance(5_000);
    assert.equal(player.status.value, 'playing');
    assert.ok(Math.abs(player.errorMs.value ?? Number.NaN) < 2);
  });

  it('PL8 is locked again when the browser refuses to sound, until the next tap', async () => {
    const { clock, player, media } = playerAtParty();
    for (const one of media) one.locked = true;
    await player.unlock();
    await clock.advance(2_000);
    assert.equal(player.status.value, 'locked');
    for (const one of media) one.locked = false;
    await player.unlock();
    await clock.advance(2_000);
    assert.equal(player.status.value, 'playing');
  });

  it('PL10 falls silent at the out point, and begins at the in point', async () => {
    const track = { ...trackOf(1), source: { ...trackOf(1).source, startMs: 2_000, endMs: 12_000 } };
    const { clock, player, audible } = playerAtParty([track]);
    await player.unlock();
    await clock.advance(5_000);
    assert.ok(Math.abs((audible()?.positionMs() ?? 0) - 7_000) < 2);
    await clock.advance(6_000);
    assert.equal(audible()?.paused, true);
    assert.ok((audible()?.positionMs() ?? 0) < 12_150);
  });

  it('PL2 pauses at the cue and goes on from there', async () => {
    const { clock, player, audible, party, cue } = playerAtParty();
    await player.unlock();
    await clock.advance(5_000);
    cue({ status: 'paused', positionMs: 5_500 });
    await clock.advance(600);
    assert.equal(player.status.value, 'paused');
    assert.equal(audible()?.positionMs(), 5_500);
    const { applyAtMs: _, ...paused } = party.timeline.next as Playback & { applyAtMs: number };
    party.timeline = { ...party.timeline, playback: paused, next: null };
    const atMs = cue({ status: 'playing', positionMs: 5_500 });
    await clock.advance(500 + START_DELAY_MS);
    assert.ok(Math.abs((audible()?.positionMs() ?? 0) - (5_500 + clock.nowMs() - atMs)) < 5);
  });
});
