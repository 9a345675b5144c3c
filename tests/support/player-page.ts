/** The page that the browser tests drive: a player on a timeline that the test sets. */

import { canSteerByRate, createMediaElement } from '../../client/playback/media-element.ts';
import { createPartyPlayer } from '../../client/playback/player.ts';
import { browserPage } from '../../client/session/page.ts';
import { systemClock } from '../../core/clock.ts';
import { playheadOf, type Timeline } from '../../core/timeline.ts';

/** One reading of the audible element, in ms; `errorMs` null: it is not what should sound. */
interface Reading {
  readonly atMs: number;
  readonly errorMs: number | null;
  readonly trackId: string | null;
  readonly paused: boolean;
}

const clock = systemClock();
const query = new URLSearchParams(location.search);
/** The page's own clock may be wrong by this, as fans' clocks are. */
const skewMs = Number(query.get('skewMs') ?? 0);
const pageClock = { ...clock, nowMs: () => clock.nowMs() + skewMs };
const eventNowMs = () => pageClock.nowMs() - skewMs;

let timeline: Timeline | null = null;
const player = createPartyPlayer({
  timeline: () => timeline,
  eventNowMs,
  clock: pageClock,
  // With `?hasty` nothing waits its turn: what is tried again is tried again at once.
  random: query.has('hasty') ? () => 0 : Math.random,
  storage: localStorage,
  page: browserPage(window),
  media: (onEvent) => createMediaElement(document, onEvent),
  steersByRate: canSteerByRate(navigator.userAgent),
});

player.mountVideo(document.body);

function read(): Reading {
  const element = document.querySelector<HTMLMediaElement>('[data-front-row=audible]');
  const atMs = eventNowMs();
  const heardMs = (element?.currentTime ?? 0) * 1_000;
  const head = timeline && playheadOf(timeline, atMs);
  const trackId = element?.dataset['trackId'] ?? null;
  const track = timeline?.setlist.find(({ id }) => id === trackId);
  const isRight = head !== null && element !== null && head.trackId === trackId;
  const errorMs = isRight ? heardMs - (track?.source.startMs ?? 0) - head.positionMs : null;
  return { atMs, errorMs, trackId, paused: element?.paused ?? true };
}

/** The number that a picture of `codedFrames` tells, and when; null while there is no picture. */
function readFrame(bits: number): { readonly atMs: number; readonly frame: number } | null {
  const video = document.querySelector<HTMLVideoElement>('video[data-front-row=audible]');
  if (video === null || video.videoWidth === 0) return null;
  const canvas = new OffscreenCanvas(bits, 1);
  const context = canvas.getContext('2d');
  if (context === null) return null;
  const columnPx = video.videoWidth / bits;
  const atMs = eventNowMs();
  for (let bit = 0; bit < bits; bit++) {
    context.drawImage(video, (bit + 0.5) * columnPx, video.videoHeight / 2, 1, 1, bit, 0, 1, 1);
  }
  const { data } = context.getImageData(0, 0, bits, 1);
  let frame = 0;
  for (let bit = 0; bit < bits; bit++) if ((data[bit * 4] ?? 0) > 127) frame += 2 ** bit;
  return { atMs, frame };
}

/** A page that is to be left alone brings its timeline along, starts by itself and reports on the console. */
const brought = query.get('timeline');
if (brought !== null) {
  timeline = JSON.parse(brought);
  let told = '';
  player.status.subscribe((status) => {
    if (status !== told) console.info(`status ${status}`);
    told = status;
  });
  const unlock = () => {
    player.unlock().catch((error: unknown) => console.error(error));
  };
  if (query.has('unlock')) unlock();
  document.addEventListener('click', unlock);
}

const readings: Reading[] = [];
clock.every(100, () => readings.push(read()));

const testPage = {
  player,
  read,
  readFrame,
  eventNowMs,
  delays: () => localStorage.getItem('front-row:device-delays'),
  setTimeline(next: Timeline) {
    timeline = next;
  },
  /** All readings since the last call. */
  take: () => readings.splice(0),
};
export type TestPage = typeof testPage;
(window as unknown as { testPage: TestPage }).testPage = testPage;
