import assert from 'node:assert/strict';
import { percentile } from '../../core/statistics.ts';
import type { Timeline } from '../../core/timeline.ts';
import type { Track } from '../../schemas/playback.ts';
import { CHROMIUM_FLAGS, openPlayerHouse, type PlayerHouse, type TestWindow, toneWav } from '../../tests/support/player-house.ts';
import {
  assertHeld,
  nowMs,
  P99_MS,
  playingFrom,
  read,
  Show,
  settledErrors,
  statusOf,
  unlock,
} from '../../tests/support/player-show.ts';
import { trackIdOf, trackOf } from '../../tests/support/samples.ts';
import { until } from '../../tests/support/until.ts';

const DURATION_MS = 20_000;

function tone(n: number): Track {
  const track = trackOf(n, DURATION_MS);
  return { ...track, source: { ...track.source, url: `/tone-${n}.wav` } };
}
const setlist = [1, 2, 3].map(tone);

describe('the player in Chromium', function () {
  this.timeout(90_000);
  let house: PlayerHouse;

  before(async () => {
    house = await openPlayerHouse();
    for (const n of [1, 2, 3]) house.put(`/tone-${n}.wav`, toneWav(220 * n, DURATION_MS));
  });
  after(() => house.close());

  it('PL4 two pages, one with a wrong clock, follow play, pause, seek and a track change', async () => {
    const steady = await house.open();
    const pages = [steady, await house.open('?skewMs=5000')];
    const startMs = await nowMs(steady);
    const show = new Show(pages, playingFrom(startMs, { positionMs: 1_000 }), setlist);
    await show.tell();
    await Promise.all(pages.map(unlock));
    await assertHeld(pages, startMs + 500);

    await show.cue(() => ({ status: 'paused' }));
    for (const page of pages) {
      await until('the page is paused at the host’s position', async () => {
        const { errorMs, paused } = await read(page);
        return paused && errorMs !== null && Math.abs(errorMs) < 1 && (await statusOf(page)) === 'paused';
      });
    }
    await assertHeld(pages, await show.cue(() => ({ status: 'playing' })));
    await assertHeld(pages, await show.cue(() => ({ positionMs: 3_000 })));
    await assertHeld(pages, await show.cue(() => ({ trackId: trackIdOf(2), positionMs: 0 })));
    // The third track follows by itself: nobody sends a message.
    const cueMs = await show.cue(() => ({ positionMs: DURATION_MS - 1_500 }));
    await assertHeld(pages, cueMs + 1_500);
    assert.equal((await read(steady)).trackId, trackIdOf(3));
    await Promise.all(pages.map((page) => page.close()));
  });

  it('PL2 has the next track sounding within 50 ms of its moment', async () => {
    const page = await house.open();
    const startMs = await nowMs(page);
    const show = new Show([page], playingFrom(startMs, { positionMs: DURATION_MS - 5_000 }), setlist);
    await show.tell();
    await unlock(page);
    const changeMs = startMs + 5_000;
    await until('the next track sounds', async () => (await read(page)).trackId === trackIdOf(2));
    await until('half a second of it is heard', async () => (await nowMs(page)) >= changeMs + 500);
    const readings = await page.evaluate(() => (window as unknown as TestWindow).testPage.take());
    const earlier = readings.filter(({ atMs }) => atMs > changeMs - 500 && atMs < changeMs);
    const first = readings.find(({ atMs }) => atMs > changeMs + 150);
    // The old one was on time to the end and the new one is on time from the start: what is between them is their difference.
    const lastMs = earlier.at(-1)?.errorMs ?? Number.NaN;
    const firstMs = first?.errorMs ?? Number.NaN;
    assert.ok(Math.abs(lastMs - firstMs) <= 50, `${lastMs} then ${firstMs}`);
    await page.close();
  });

  it('PL8 fetches nothing before the tap, and is locked again where the browser refuses to sound', async () => {
    const strict = await openPlayerHouse(CHROMIUM_FLAGS.filter((flag) => !flag.startsWith('--autoplay')));
    try {
      strict.put('/tone-1.wav', toneWav(440, DURATION_MS));
      const timeline: Timeline = { playback: playingFrom(Date.now()), next: null, setlist: [tone(1)], nextSetlist: null };
      const brought = `?timeline=${encodeURIComponent(JSON.stringify(timeline))}`;
      const silent: string[] = [];
      await strict.openUntouched(brought, (text) => silent.push(text));
      await until('the page is there', () => silent.includes('status locked'));
      assert.equal(strict.requests.includes('/tone-1.wav'), false);

      const eager: string[] = [];
      const page = await strict.openUntouched(`${brought}&unlock`, (text) => eager.push(text));
      await until('the browser refused to sound', () => eager.filter((text) => text === 'status locked').length === 2);
      await page.mouse.click(5, 5);
      await until('the tap unlocked it', () => eager.at(-1) === 'status playing');
    } finally {
      await strict.close();
    }
  });

  it('PL17 stays silent when the device pauses it, and sounds with the crowd after a tap', async () => {
    const page = await house.open();
    const startMs = await nowMs(page);
    const show = new Show([page], playingFrom(startMs), setlist);
    await show.tell();
    await unlock(page);
    await until('it plays', async () => (await statusOf(page)) === 'playing');
    await page.evaluate(() => document.querySelector<HTMLMediaElement>('[data-front-row=audible]')?.pause());
    await until('it asks for a tap', async () => (await statusOf(page)) === 'locked');
    const pausedMs = await nowMs(page);
    await until('a second of silence is over', async () => (await nowMs(page)) > pausedMs + 1_000);
    assert.equal((await read(page)).paused, true);
    await unlock(page);
    await assertHeld([page], await nowMs(page));
    assert.equal(await statusOf(page), 'playing');
    await page.close();
  });

  it('PL6 fetches a missing track again, and plays it once it is there', async () => {
    const page = await house.open();
    const late = { ...tone(1), source: { kind: 'file' as const, url: '/late.wav' } };
    const show = new Show([page], playingFrom(await nowMs(page)), [late, tone(2)]);
    await show.tell();
    await unlock(page);
    await until('the page says that it is behind', async () => (await statusOf(page)) === 'catching-up');
    house.put('/late.wav', toneWav(440, DURATION_MS));
    await until('it plays', async () => (await statusOf(page)) === 'playing');
    await page.close();
  });

  it('PL9 a positive nudge plays earlier, and is remembered', async () => {
    const page = await house.open();
    const startMs = await nowMs(page);
    const show = new Show([page], playingFrom(startMs), setlist);
    await show.tell();
    await page.evaluate(() => {
      (window as unknown as TestWindow).testPage.player.nudgeMs.value = 200;
    });
    await unlock(page);
    const errors = await settledErrors(page, startMs + 500);
    assert.ok(Math.abs((percentile(errors, 0.5) ?? Number.NaN) - 200) <= P99_MS, errors.join(' '));
    await page.reload();
    await page.waitForFunction(() => 'testPage' in window);
    assert.equal(await page.evaluate(() => (window as unknown as TestWindow).testPage.player.nudgeMs.value), 200);
    await page.close();
  });
});
