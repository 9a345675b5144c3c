import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { median } from '../../core/statistics.ts';
import type { Track } from '../../schemas/playback.ts';
import { CODE_BITS, FRAMES_PER_S, type HlsFiles, livePlaylist, makeHls } from '../../tests/support/hls-source.ts';
import { openPlayerHouse, type PlayerHouse, type TestWindow, toneWav } from '../../tests/support/player-house.ts';
import { assertHeld, nowMs, playingFrom, read, Show, statusOf, unlock } from '../../tests/support/player-show.ts';
import { trackIdOf, trackOf } from '../../tests/support/samples.ts';
import { until } from '../../tests/support/until.ts';

const FILE_MS = 20_000;
const HLS_S = 16;
const LIVE_S = 80;
/** The page shows a frame for 40 ms, and reads it up to a refresh late. */
const FRAME_MS = 1_000 / FRAMES_PER_S;
const PICTURE_WITHIN_MS = 2 * FRAME_MS;
/** 3 × 2 s + 4 s. */
const LIVE_DELAY_MS = 10_000;

const track = (n: number, kind: 'file' | 'hls', url: string, durationMs: number | null): Track => ({
  ...trackOf(n, durationMs),
  source: { kind, url },
});
const tone = track(1, 'file', '/tone.wav', FILE_MS);
const sound = track(2, 'hls', '/sound/master.m3u8', HLS_S * 1_000);
const picture = track(3, 'hls', '/picture/master.m3u8', HLS_S * 1_000);
const live = track(4, 'hls', '/live/list.m3u8', null);

/** What the picture says, minus `wantedMs` at the same moment: the median of some looks. */
async function pictureErrorMs(page: Page, wantedMs: (atMs: number) => number): Promise<number> {
  const errors: number[] = [];
  await until('the picture was looked at', async () => {
    const seen = await page.evaluate((bits) => (window as unknown as TestWindow).testPage.readFrame(bits), CODE_BITS);
    // A frame stands for the time in its middle.
    if (seen) errors.push((seen.frame + 0.5) * FRAME_MS - wantedMs(seen.atMs));
    return errors.length >= 25;
  });
  return median(errors) ?? Number.NaN;
}

describe('the player with HLS, in Chromium', function () {
  this.timeout(120_000);
  let house: PlayerHouse;
  let liveSource: HlsFiles;

  const put = (folder: string, { files }: HlsFiles) => {
    for (const [name, bytes] of files) house.put(`/${folder}/${name}`, bytes);
  };

  before(async () => {
    house = await openPlayerHouse();
    house.put('/tone.wav', toneWav(440, FILE_MS));
    put('sound', await makeHls({ segments: 'fmp4', picture: false, seconds: HLS_S }));
    put('picture', await makeHls({ segments: 'mpegts', picture: true, seconds: HLS_S }));
    liveSource = await makeHls({ segments: 'fmp4', picture: true, seconds: LIVE_S });
    put('live', liveSource);
  });
  after(() => house.close());

  it('PL12 follows file, HLS, seek and file again, and a late page comes in', async () => {
    const first = await house.open();
    const startMs = await nowMs(first);
    const show = new Show([first], playingFrom(startMs, { positionMs: FILE_MS - 4_000 }), [tone, sound, picture]);
    await show.tell();
    await unlock(first);
    // The file ends by itself, and the library for what follows was fetched before.
    await assertHeld([first], startMs + 4_000);
    assert.deepEqual(await first.evaluate(() => document.querySelector('[data-front-row=audible]')?.tagName), 'AUDIO');
    await assertHeld([first], await show.cue(() => ({ trackId: sound.id, positionMs: 1_000 })));

    const cueMs = await show.cue(() => ({ trackId: picture.id, positionMs: 2_000 }));
    const second = await house.open('?skewMs=5000');
    show.pages.push(second);
    await show.tell();
    await unlock(second);
    await assertHeld([first, second], (await nowMs(second)) + 500);
    for (const page of show.pages) {
      const error = await pictureErrorMs(page, (atMs) => 2_000 + atMs - cueMs);
      assert.ok(Math.abs(error) <= PICTURE_WITHIN_MS, `the picture is ${error} ms off`);
    }
    await assertHeld(show.pages, await show.cue(() => ({ trackId: tone.id, positionMs: 0 })));
    await Promise.all(show.pages.map((page) => page.close()));
  });

  it('PL13 shows every page the same live moment, whenever it came in', async () => {
    const first = await house.open();
    const startedAtMs = (await nowMs(first)) - 24_000;
    house.put('/live/list.m3u8', () => livePlaylist(liveSource, startedAtMs, Date.now()));
    const show = new Show([first], playingFrom(await nowMs(first), { trackId: live.id }), [live]);
    await show.tell();
    await unlock(first);
    await until('the first page plays', async () => (await statusOf(first)) === 'playing', 20_000);
    const second = await house.open('?skewMs=-5000');
    show.pages.push(second);
    await show.tell();
    await unlock(second);
    for (const page of show.pages) {
      await until(
        'the page knows that it is there',
        () => page.evaluate(() => Math.abs((window as unknown as TestWindow).testPage.player.errorMs.value ?? Number.NaN) < 10),
        20_000,
      );
    }
    for (const page of show.pages) {
      const error = await pictureErrorMs(page, (atMs) => atMs - LIVE_DELAY_MS - startedAtMs);
      assert.ok(Math.abs(error) <= PICTURE_WITHIN_MS, `the picture is ${error} ms from the live moment`);
    }
    await Promise.all(show.pages.map((page) => page.close()));
  });

  it('PL13 plays a live source without dates at its own edge, and claims nothing', async () => {
    const page = await house.open();
    const startedAtMs = (await nowMs(page)) - 24_000;
    const undated = () =>
      Buffer.from(
        livePlaylist(liveSource, startedAtMs, Date.now())
          .toString()
          .replaceAll(/#EXT-X-PROGRAM-DATE-TIME.*\n/g, ''),
      );
    house.put('/live/list.m3u8', undated);
    const show = new Show([page], playingFrom(await nowMs(page), { trackId: live.id }), [live]);
    await show.tell();
    await unlock(page);
    await until('it plays', async () => (await statusOf(page)) === 'playing', 20_000);
    await until('it moves', async () => (await page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)) > 1);
    assert.equal(await page.evaluate(() => (window as unknown as TestWindow).testPage.player.errorMs.value), null);
    await page.close();
  });

  it('PL6 gets over a segment that one page cannot fetch, while the others play on', async () => {
    const lucky = await house.open();
    const unlucky = await house.open();
    let refused = 0;
    await unlucky.route('**/sound/list2.m4s', (route) => {
      refused += 1;
      return route.fulfill({ status: 404 });
    });
    const show = new Show([lucky, unlucky], playingFrom(await nowMs(lucky), { trackId: sound.id }), [sound, tone]);
    await show.tell();
    await Promise.all(show.pages.map(unlock));
    for (const page of show.pages) await until('the page plays', async () => (await statusOf(page)) === 'playing');
    await until('the unlucky page is behind', async () => (await statusOf(unlucky)) === 'catching-up', 15_000);
    assert.ok(refused > 0);
    assert.equal(await statusOf(lucky), 'playing');
    await until('it is back in the same track', async () => (await statusOf(unlucky)) === 'playing', 15_000);
    assert.equal((await read(unlucky)).trackId, sound.id);
    assert.equal(await statusOf(lucky), 'playing');
    await Promise.all(show.pages.map((page) => page.close()));
  });

  it('PL6 gives up on a playlist that is not there, says so, and plays the next track with the others', async () => {
    const lucky = await house.open();
    const unlucky = await house.open('?hasty');
    await unlucky.route('**/sound/master.m3u8', (route) => route.fulfill({ status: 404 }));
    const show = new Show([lucky, unlucky], playingFrom(await nowMs(lucky), { trackId: sound.id, positionMs: 4_000 }), [
      sound,
      tone,
    ]);
    await show.tell();
    await Promise.all(show.pages.map(unlock));
    await until('the unlucky page gave up', async () => (await statusOf(unlucky)) === 'failed', 15_000);
    await until('the others play', async () => (await statusOf(lucky)) === 'playing');
    await until(
      'both play the next track',
      async () => {
        const heard = await Promise.all(show.pages.map(read));
        return heard.every(({ trackId, paused }) => trackId === trackIdOf(1) && !paused);
      },
      30_000,
    );
    await Promise.all(show.pages.map((page) => page.close()));
  });
});
