/**
 * `npm run measure:heard`: a real server and two real Chromium pages, one with its clock 5 s off, heard through one sound server.
 * Track changes are recorded as tones: the silence from the last audible sample to the first. The same music on both pages is
 * correlated: how far apart they sound. Writes docs/reports/heard.json; exits 1 when the target is missed.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { median, percentile } from '../../core/statistics.ts';
import { launchChromium } from '../support/chromium.ts';
import { ffmpeg } from '../support/ffmpeg.ts';
import { startParty } from '../support/party-process.ts';
import { enter } from '../support/stranger.ts';
import { MUSIC_DIR } from '../support/system-packages.ts';
import { until } from '../support/until.ts';
import { openListener } from '../sync/listener.ts';
import { lagMs, TONES_HZ, toneChanges } from './analysis.ts';
import { goFirst } from './priority.ts';
import { type Recording, SAMPLE_RATE, SoundServer, SPEAKERS } from './sound-server.ts';

const TARGET_MS = 50;
const TONE_S = 7;
const SELF_CHANGES = 20;
const CUED_CHANGES = 8;
const TONE_TRACKS = SELF_CHANGES + CUED_CHANGES + 1;
const MUSIC = ['frontiers.mp3', 'machine_wars.mp3', 'time_to_strike.mp3'];
const FORMATS = { flac: [], mp3: ['-b:a', '192k'], m4a: ['-c:a', 'aac', '-b:a', '192k'], ogg: ['-c:a', 'libvorbis'] } as const;
/** From a cue to when pages are to sound together: its lead, and 3 s. */
const SETTLE_MS = 3_600;
const LISTEN_MS = 15_000;
const WINDOW_MS = 1_000;
const WINDOW_STEP_MS = 500;
const REPORT_DIR = join(import.meta.dirname, '../../docs/reports');
const FLAGS = [
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

/** A part of the recording in which both pages have settled, and how much later the second one's `currentTime` says it is. */
interface Stretch {
  readonly fromS: number;
  readonly toS: number;
  readonly toldMs: number;
}

await using hall = await SoundServer.start();
const media = await mkdtemp(join(tmpdir(), 'front-row-heard-'));
await makeMedia();
const loadBefore = loadavg()[0];
await using party = await startParty({ media });
const browsers: Browser[] = [];
for (const speaker of SPEAKERS) browsers.push(await launchChromium(FLAGS, hall.env(speaker)));
const host = await enter(party.origin, party.slug, { name: 'Hana', invite: party.invite });
const setlist = [...host.room.state.setlist];
await host.ask('pause', {});
goFirst();
const fans = await Promise.all(
  browsers.map((browser, index) =>
    openListener(browser, party.fanUrl, { name: `Fan ${index + 1}`, clockShiftMs: index * 5_000, eventAheadMs: 0 }),
  ),
);
const wentFirst = goFirst();

const stopRecording = await hall.record();
const startedMs = performance.now();
/** In seconds of the recording. */
const nowS = () => (performance.now() - startedMs) / 1_000;
const stretches: Stretch[] = [];

await host.ask('play-track', { trackId: trackId(0) });
await host.ask('play', {});
await until(
  'both pages sound',
  async () => (await Promise.all(fans.map((fan) => fan.take()))).every((samples) => samples.at(-1)?.heard?.paused === false),
  20_000,
);
// They change by themselves; the last one is left by a cue.
await wait((SELF_CHANGES + 0.5) * TONE_S * 1_000);
const selfChangesUntilS = nowS();
for (let n = 0; n < CUED_CHANGES; n += 1) {
  goFirst();
  await host.ask('skip', {});
  await wait(4_000);
}
const cuedChangesUntilS = nowS();

for (const [n, file] of MUSIC.entries()) {
  await host.ask('play-track', { trackId: trackId(TONE_TRACKS + n) });
  await listen();
  if (file === MUSIC[0]) {
    await host.ask('seek', { toMs: 60_000 });
    await listen();
    await host.ask('pause', {});
    await wait(2_000);
    await host.ask('play', {});
    await listen();
  }
}
const recording = await stopRecording();
const loadAfter = loadavg()[0];
const version = browsers[0]?.version();
await Promise.all(browsers.map((browser) => browser.close()));
await host.leave();
await rm(media, { recursive: true });

const changes = SPEAKERS.flatMap((speaker) =>
  toneChanges(recording[speaker].subarray(0, cuedChangesUntilS * SAMPLE_RATE), SAMPLE_RATE),
);
const bySelf = changes.filter(({ atS }) => atS < selfChangesUntilS);
const byCue = changes.filter(({ atS }) => atS >= selfChangesUntilS);
const together = stretches.map((stretch) => ({ ...stretch, lags: lagsIn(recording, stretch) }));
const lags = together.flatMap((stretch) => stretch.lags);
const apart = lags.filter((lag) => lag !== null);
const wander = together.flatMap((stretch) => {
  const known = stretch.lags.filter((lag) => lag !== null);
  const middle = median(known) ?? 0;
  return known.map((lag) => Math.abs(lag - middle));
});
const silences = bySelf.map((change) => change.silenceMs);
const expected = SPEAKERS.length * (SELF_CHANGES + CUED_CHANGES);
const met = changes.length === expected && Math.max(...silences) <= TARGET_MS;
const report = {
  what: 'two pages, one with its clock 5 s off, recorded through one sound server at 48 kHz',
  browser: `Chromium ${version}`,
  machine: { cores: availableParallelism(), loadBefore, loadAfter, beforeOthers: wentFirst },
  trackChange: {
    what: 'silence in ms from the last audible sample (−54 dB) to the first; overlap: both tracks heard',
    formats: Object.keys(FORMATS),
    byItself: changesSummary(bySelf),
    byCue: changesSummary(byCue),
    expected,
  },
  sync: {
    what: 'time between the two pages in ms, by correlation over 1 s of music, from 3 s after each cue',
    windows: lags.length,
    notAlike: lags.length - apart.length,
    ...distribution(apart.map(Math.abs)),
    wanderWhat: 'the same, less the median of its stretch: what steering leaves, without what each output stream adds for good',
    wander: distribution(wander),
    stretchesWhat:
      'per stretch after a cue: how much later the second page is heard, and how much later its currentTime says it is',
    stretches: together.map((stretch) => ({
      heardMs: rounded(median(stretch.lags.filter((lag) => lag !== null))),
      toldMs: rounded(stretch.toldMs),
    })),
  },
  target: { name: 'longest silence when a track changes by itself, ms', atMost: TARGET_MS, met },
};
await mkdir(REPORT_DIR, { recursive: true });
await writeFile(join(REPORT_DIR, 'heard.json'), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
if (process.argv.includes('--all')) {
  for (const { atS, silenceMs, overlapMs } of changes) console.log(atS.toFixed(2), silenceMs.toFixed(1), overlapMs);
}
process.exitCode = met ? 0 : 1;

async function makeMedia(): Promise<void> {
  const formats = Object.entries(FORMATS);
  for (let n = 0; n < TONE_TRACKS; n += 1) {
    const [ending, coding] = formats[n % formats.length] as [string, readonly string[]];
    const source = `sine=frequency=${TONES_HZ[n % 2]}:sample_rate=${SAMPLE_RATE}:duration=${TONE_S},volume=1.6`;
    const path = join(media, `${String(n + 1).padStart(2, '0')}.${ending}`);
    await ffmpeg(['-f', 'lavfi', '-i', source, ...coding, path]);
  }
  for (const [n, file] of MUSIC.entries()) await copyFile(join(MUSIC_DIR, file), join(media, `${TONE_TRACKS + n + 1} ${file}`));
}

function trackId(index: number): string {
  const track = setlist[index];
  if (!track) throw new Error(`there is no track ${index}`);
  return track.id;
}

async function wait(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function listen(): Promise<void> {
  goFirst();
  await wait(SETTLE_MS);
  const fromS = nowS();
  await Promise.all(fans.map((fan) => fan.take()));
  await wait(LISTEN_MS);
  const toS = nowS();
  const [first, second] = (await Promise.all(fans.map((fan) => fan.take()))).map(
    (samples) => median(samples.map(({ atMs, heard }) => (heard?.positionMs ?? Number.NaN) - atMs)) ?? Number.NaN,
  );
  stretches.push({ fromS, toS, toldMs: (first ?? Number.NaN) - (second ?? Number.NaN) });
}

function lagsIn({ left, right }: Recording, { fromS, toS }: Stretch): (number | null)[] {
  const lags: (number | null)[] = [];
  for (let atMs = fromS * 1_000; atMs + WINDOW_MS <= toS * 1_000; atMs += WINDOW_STEP_MS) {
    const [from, to] = [atMs, atMs + WINDOW_MS].map((ms) => Math.round((ms / 1_000) * SAMPLE_RATE));
    lags.push(lagMs(left.subarray(from, to), right.subarray(from, to), SAMPLE_RATE));
  }
  return lags;
}

function changesSummary(heard: readonly { silenceMs: number; overlapMs: number }[]) {
  return {
    changes: heard.length,
    silence: distribution(heard.map(({ silenceMs }) => silenceMs)),
    overlap: distribution(heard.map(({ overlapMs }) => overlapMs)),
  };
}

function distribution(values: readonly number[]) {
  const at = (share: number) => rounded(percentile(values, share));
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: at(1) };
}

function rounded(ms = Number.NaN): number {
  return Math.round(ms * 100) / 100;
}
