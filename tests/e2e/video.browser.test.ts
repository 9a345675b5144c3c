/** A real page at a real party whose setlist goes from sound to pictures and back. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { enterAsFan } from '../support/fan-page.ts';
import { ffmpeg } from '../support/ffmpeg.ts';
import type { PartyProcess } from '../support/open-party.ts';
import { startParty } from '../support/party-process.ts';
import { enter, type Stranger } from '../support/stranger.ts';
import { until } from '../support/until.ts';

const TRACK_S = 7;
const SOUND = ['-f', 'lavfi', '-i', `sine=frequency=330:sample_rate=48000:duration=${TRACK_S}`];
const PICTURE = ['-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=25:duration=${TRACK_S}`];
const FILES: Readonly<Record<string, readonly string[]>> = {
  '1 sound.mp3': SOUND,
  '2 picture.mp4': [...SOUND, ...PICTURE, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
  '3 picture.webm': [...SOUND, ...PICTURE, '-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '1M', '-c:a', 'libopus'],
  '4 sound.ogg': [...SOUND, '-c:a', 'libvorbis'],
};
const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

interface Seen {
  readonly trackId: string | null;
  /** Of each visible video: what it covers, and whether it has a picture. */
  readonly videos: readonly { readonly box: string; readonly frame: string; readonly width: number; readonly paused: boolean }[];
  /** Where the things around it are. */
  readonly around: string;
  /** Elements that moved by themselves so far, by class, and from where to where. */
  readonly shifted: readonly string[];
  readonly full: boolean;
}
type ShiftWindow = Window & { shifted: string[]; count(): void };
type LayoutShift = PerformanceEntry & {
  readonly hadRecentInput: boolean;
  readonly sources: readonly {
    readonly node: Node | null;
    readonly previousRect: DOMRectReadOnly;
    readonly currentRect: DOMRectReadOnly;
  }[];
};

const look = (page: Page): Promise<Seen> =>
  page.evaluate(async () => {
    // What changed is painted in the next frame, and told to the observer after it.
    for (let frames = 0; frames < 2; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    (window as unknown as ShiftWindow).count();
    const box = (element: Element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x, y, width, height].map(Math.round).join(' ');
    };
    const visible = [...document.querySelectorAll('video')].filter((video) =>
      video.checkVisibility({ visibilityProperty: true }),
    );
    return {
      trackId: document.querySelector<HTMLElement>('[data-front-row=audible]')?.dataset['trackId'] ?? null,
      videos: visible.map((video) => ({
        box: box(video),
        frame: box(document.querySelector('.picture-frame') as Element),
        width: video.videoWidth,
        paused: video.paused,
      })),
      around: ['.picture', '.sound', '.reactions', '.chat']
        .map((name) => box(document.querySelector(name) as Element))
        .join(', '),
      shifted: (window as unknown as ShiftWindow).shifted,
      full: document.fullscreenElement !== null,
    };
  });

describe('video on the fan page, in Chromium', function () {
  this.timeout(120_000);
  let dir: string;
  let party: PartyProcess;
  let browser: Browser;
  let host: Stranger;
  let trackIds: string[];
  const pages: Page[] = [];

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'front-row-video-'));
    for (const [name, args] of Object.entries(FILES)) await ffmpeg([...args, join(dir, name)]);
    party = await startParty({ media: dir });
    host = await enter(party.origin, party.slug, { name: 'Hana', invite: party.invite });
    trackIds = [...host.room.state.setlist].map(({ id }) => id);
    browser = await launchChromium(['--autoplay-policy=document-user-activation-required']);
    for (const [name, viewport] of Object.entries(SCREENS)) {
      const page = await (await browser.newContext({ locale: 'en-GB', viewport, hasTouch: name === 'phone' })).newPage();
      await page.addInitScript(() => {
        const counted = window as unknown as ShiftWindow;
        counted.shifted = [];
        const add = (entries: PerformanceEntryList) => {
          const sources = (entries as LayoutShift[]).filter((entry) => !entry.hadRecentInput).flatMap((entry) => entry.sources);
          // Words that change in their own line, as in the chip that tells how close this page is, are no shift of the page.
          counted.shifted.push(
            ...sources.flatMap(({ node, previousRect: from, currentRect: to }) =>
              node instanceof Element && !node.closest('.sync')
                ? [
                    `${node.className}: ${from.x} ${from.y} ${from.width} ${from.height} to ${to.x} ${to.y} ${to.width} ${to.height}`,
                  ]
                : [],
            ),
          );
        };
        const observer = new PerformanceObserver((list) => add(list.getEntries()));
        observer.observe({ type: 'layout-shift', buffered: true });
        counted.count = () => add(observer.takeRecords());
      });
      await enterAsFan(page, party.fanUrl, `Fan on a ${name}`);
      await page.evaluate(() => document.fonts.ready);
      pages.push(page);
    }
  });

  after(async () => {
    await browser?.close();
    await host?.leave();
    await party?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const onTrack = async (index: number): Promise<Seen[]> => {
    await until(
      `both pages play track ${index + 1}`,
      async () => (await Promise.all(pages.map(look))).every(({ trackId }) => trackId === trackIds[index]),
      20_000,
    );
    return Promise.all(pages.map(look));
  };

  it('PL14 shows a picture where the art was, one at a time, and moves nothing', async () => {
    await host.ask('play-track', { trackId: trackIds[0] });
    const before = await onTrack(0);
    for (const seen of before) assert.deepEqual(seen.videos, []);
    for (const index of [1, 2]) {
      await onTrack(index);
      for (const [n, page] of pages.entries()) {
        await until('its picture shows', async () => {
          const { videos } = await look(page);
          return videos.length === 1 && videos.every(({ width, paused }) => width === 640 && !paused);
        });
        const seen = await look(page);
        assert.equal(seen.videos[0]?.box, seen.videos[0]?.frame);
        assert.equal(seen.around, before[n]?.around);
        assert.deepEqual(seen.shifted, before[n]?.shifted);
      }
    }
    for (const [n, seen] of (await onTrack(3)).entries()) {
      assert.deepEqual(seen.videos, []);
      assert.equal(seen.around, before[n]?.around);
      assert.deepEqual(seen.shifted, before[n]?.shifted);
    }
  });

  it('PL14 fills the screen by a button, across a track change, and comes back', async () => {
    await host.ask('play-track', { trackId: trackIds[1] });
    for (const page of pages) {
      await page.getByRole('button', { name: 'Full screen' }).click();
      await until('it fills the screen', async () => {
        const { full, videos } = await look(page);
        const viewport = page.viewportSize();
        return full && videos[0]?.box === `0 0 ${viewport?.width} ${viewport?.height}`;
      });
    }
    for (const seen of await onTrack(2)) assert.deepEqual([seen.full, seen.videos.length], [true, 1]);
    for (const page of pages) {
      await page.getByRole('button', { name: 'Full screen' }).click();
      await until('the page is back', async () => !(await look(page)).full);
    }
  });
});
