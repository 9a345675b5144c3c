/**
 * `npm run measure:sync`: a real server and real Chromium pages, one with its clock 5 s off, through play, pause, seek, track changes and a
 * late join. Ten times a second, what each page's audible element plays is held against the playhead in the server's own time.
 * Writes docs/reports/sync.json; exits 1 when the target is missed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cue, type Playback, Track } from '../../schemas/playback.ts';
import { launchChromium } from '../support/chromium.ts';
import { startParty } from '../support/party-process.ts';
import { enter, type Stranger } from '../support/stranger.ts';
import { MUSIC_DIR } from '../support/system-packages.ts';
import { type Listener, openListener } from './listener.ts';
import { type Force, judge, type Sample, trackChanges } from './verdict.ts';

const SETTLE_MS = 3_000;
const TARGET_P99_MS = 15;
const LISTEN_MS = 12_000;
const PAUSE_MS = 5_000;
const CLOCK_TRIES = 50;
const REPORT_DIR = join(import.meta.dirname, '../../docs/reports');
/** Pages are never in the background here, whatever the browser thinks. */
const IN_FRONT = [
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

await using party = await startParty({ media: MUSIC_DIR });
const browser = await launchChromium(IN_FRONT);
const host = await enter(party.origin, party.slug, { name: 'Hana', invite: party.invite });
const eventAheadMs = await measureEventTime(await enter(party.origin, party.slug, { name: 'Timekeeper' }));
const eventNowMs = () => performance.now() + eventAheadMs;

const forces: Force[] = [];
host.room.onStateChange(noteForce);
noteForce(host.room.state);

const joinedAtMs = new Map<string, number>();
const listeners: Listener[] = [];
const samples = new Map<string, Sample[]>();

await comeIn('steady', 0);
await comeIn('five seconds off', 5_000);
await listen(LISTEN_MS);
await cue('pause');
await listen(PAUSE_MS);
await cue('play');
await listen(LISTEN_MS);
await cue('seek', { toMs: 60_000 });
await listen(LISTEN_MS);
await cue('skip');
await listen(LISTEN_MS);
await cue('seek', { toMs: remainingAt(LISTEN_MS) });
await listen(2 * LISTEN_MS);
await comeIn('late', 0);
await listen(LISTEN_MS);

const endMs = eventNowMs();
const version = browser.version();
await browser.close();
await host.leave();

/** After each of these a page may take its time to settle; after its own join, too. */
const restless = [...forces.map(({ fromMs }) => fromMs), ...trackChanges(forces, endMs)];
const pages = listeners.map(({ name, clockShiftMs }) => ({
  name,
  clockShiftMs,
  ...judge(samples.get(name) ?? [], forces, [...restless, joinedAtMs.get(name) ?? 0], SETTLE_MS),
}));
const met = pages.every(({ p99Ms, settled }) => settled > 0 && p99Ms <= TARGET_P99_MS);
const report = {
  what: '|currentTime of the audible element − playheadAt| in the server’s event time, ten samples a second',
  browser: `Chromium ${version}`,
  cues: forces.length - 1,
  trackChanges: trackChanges(forces, endMs).length,
  settleMs: SETTLE_MS,
  pages,
  target: { name: 'p99Ms of every page', atMost: TARGET_P99_MS, met },
};
mkdirSync(REPORT_DIR, { recursive: true });
writeFileSync(join(REPORT_DIR, 'sync.json'), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
process.exitCode = met ? 0 : 1;

/** Event time minus our own monotonic clock: the shortest of many round trips to the server. */
async function measureEventTime(fan: Stranger): Promise<number> {
  let aheadMs = 0;
  let shortestMs = Number.POSITIVE_INFINITY;
  for (let n = 0; n < CLOCK_TRIES; n += 1) {
    const sentMs = performance.now();
    const { t1, t2 } = await fan.ask<{ t1: number; t2: number }>('clock', { t0: sentMs });
    const roundTripMs = performance.now() - sentMs - (t2 - t1);
    if (roundTripMs >= shortestMs) continue;
    shortestMs = roundTripMs;
    aheadMs = t1 - (sentMs + roundTripMs / 2);
  }
  await fan.leave();
  return aheadMs;
}

function noteForce(state: Stranger['room']['state']): void {
  const { playback, next } = state;
  const setlist = [...state.setlist].map((track) => Track.parse(plain(track)));
  add({ fromMs: forces.length === 0 ? 0 : playback.anchorMs, playback: playbackOf(playback), setlist });
  if (next) add({ fromMs: next.applyAtMs, playback: playbackOf(next), setlist });
}

function add(force: Force): void {
  if (!forces.some(({ playback }) => playback.revision === force.playback.revision)) forces.push(force);
}

function playbackOf(state: object): Playback {
  const { applyAtMs: _, setlist: __, ...playback } = Cue.parse({ applyAtMs: 0, setlist: null, ...(plain(state) as object) });
  return playback;
}

function plain(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state));
}

async function comeIn(name: string, clockShiftMs: number): Promise<void> {
  const listener = await openListener(browser, party.fanUrl, { name, clockShiftMs, eventAheadMs });
  joinedAtMs.set(name, eventNowMs());
  // What it heard on its way in does not count.
  await listener.take();
  listeners.push(listener);
  samples.set(name, []);
}

async function cue(name: string, payload: object = {}): Promise<void> {
  await host.ask(name, payload);
}

async function listen(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  for (const listener of listeners) samples.get(listener.name)?.push(...(await listener.take()));
}

/** Where to seek so that the track that plays ends by itself in `ms`. */
function remainingAt(ms: number): number {
  const force = forces.at(-1);
  const track = force?.setlist.find(({ id }) => id === force.playback.trackId);
  return Math.round((track?.durationMs ?? 0) - ms);
}
