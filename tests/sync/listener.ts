/** A fan's browser that notes ten times a second what it hears, and at which true moment. */
import type { Browser } from 'playwright-core';
import { enterAsFan } from '../support/fan-page.ts';
import type { Sample } from './verdict.ts';

const SAMPLE_EVERY_MS = 100;
const ALIGN_TRIES = 60;

/** Left on the page before any of its own scripts run. */
interface Probe {
  /** The page's monotonic clock, which the shift leaves alone. */
  readonly nowMs: () => number;
  readonly readings: { atMs: number; heard: Sample['heard'] }[];
}
type ProbedWindow = Window & { readonly frontRowProbe: Probe };

export interface Listener {
  readonly name: string;
  readonly clockShiftMs: number;
  /** Samples since the last call, at event time. */
  take(): Promise<Sample[]>;
}

/** `eventAheadMs`: event time minus this process's `performance.now()`. */
export async function openListener(
  browser: Browser,
  url: string,
  { name, clockShiftMs, eventAheadMs }: { readonly name: string; readonly clockShiftMs: number; readonly eventAheadMs: number },
): Promise<Listener> {
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  await page.addInitScript(shiftClock, clockShiftMs);
  await page.addInitScript(probe, SAMPLE_EVERY_MS);
  await enterAsFan(page, url, name);

  // The shortest of many round trips tells best how far the page's clock is from ours.
  let aheadMs = 0;
  let shortestMs = Number.POSITIVE_INFINITY;
  for (let n = 0; n < ALIGN_TRIES; n += 1) {
    const sentMs = performance.now();
    const pageMs = await page.evaluate(() => (window as unknown as ProbedWindow).frontRowProbe.nowMs());
    const roundTripMs = performance.now() - sentMs;
    if (roundTripMs >= shortestMs) continue;
    shortestMs = roundTripMs;
    aheadMs = sentMs + roundTripMs / 2 - pageMs;
  }
  return {
    name,
    clockShiftMs,
    async take() {
      const readings = await page.evaluate(() => (window as unknown as ProbedWindow).frontRowProbe.readings.splice(0));
      return readings.map(({ atMs, heard }) => ({ atMs: atMs + aheadMs + eventAheadMs, heard }));
    },
  };
}

/** Runs in the page: every clock that tells the time of day is wrong by this. */
function shiftClock(byMs: number): void {
  const RealDate = Date;
  const realNow = Date.now;
  const shiftedNow = () => realNow() + byMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, newTarget) as object,
    apply: () => new RealDate(shiftedNow()).toString(),
    get: (target, key, receiver) => (key === 'now' ? shiftedNow : (Reflect.get(target, key, receiver) as unknown)),
  });
  const { timeOrigin } = performance;
  Object.defineProperty(Performance.prototype, 'timeOrigin', { get: () => timeOrigin + byMs });
}

/** Runs in the page. */
function probe(everyMs: number): void {
  const nowMs = performance.now.bind(performance);
  const readings: Probe['readings'] = [];
  Object.assign(window, { frontRowProbe: { nowMs, readings } });
  setInterval(() => {
    const media = document.querySelector<HTMLMediaElement>('[data-front-row="audible"]');
    const heard = media && {
      trackId: media.dataset['trackId'] ?? '',
      positionMs: media.currentTime * 1_000,
      paused: media.paused,
    };
    readings.push({ atMs: nowMs(), heard });
  }, everyMs);
}
