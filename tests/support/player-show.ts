/** What the browser tests of the player do to a party of pages, and what they demand of them. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Timeline } from '../../core/timeline.ts';
import type { Playback, Track } from '../../schemas/playback.ts';
import type { TestWindow } from './player-house.ts';
import { playbackOf } from './samples.ts';
import { until } from './until.ts';

/** A cue reaches pages this long before it applies. */
const LEAD_MS = 400;
const SETTLE_MS = 3_000;
/** As the media element tells it, from 3 s after a cue. */
export const P99_MS = 15;

/** A party of one or more pages that all hear the same host. */
export class Show {
  readonly pages: Page[];
  readonly setlist: readonly Track[];
  playback: Playback;

  constructor(pages: readonly Page[], playback: Playback, setlist: readonly Track[]) {
    this.pages = [...pages];
    this.playback = playback;
    this.setlist = setlist;
  }

  async tell(next: Timeline['next'] = null): Promise<void> {
    const timeline: Timeline = { playback: this.playback, next, setlist: this.setlist, nextSetlist: null };
    await Promise.all(
      this.pages.map((page) => page.evaluate((heard) => (window as unknown as TestWindow).testPage.setTimeline(heard), timeline)),
    );
  }

  /** A cue, announced ahead; resolves with its moment, when it has applied. */
  async cue(change: (atMs: number) => Partial<Playback>): Promise<number> {
    const applyAtMs = (await nowMs(this.pages[0] as Page)) + LEAD_MS;
    const positionMs =
      this.playback.status === 'playing'
        ? this.playback.positionMs + applyAtMs - this.playback.anchorMs
        : this.playback.positionMs;
    const next = {
      ...this.playback,
      positionMs,
      anchorMs: applyAtMs,
      revision: this.playback.revision + 1,
      ...change(applyAtMs),
    };
    await this.tell({ ...next, applyAtMs });
    await until('the cue applies', async () => (await nowMs(this.pages[0] as Page)) >= applyAtMs);
    this.playback = next;
    await this.tell();
    return applyAtMs;
  }
}

export const nowMs = (page: Page) => page.evaluate(() => (window as unknown as TestWindow).testPage.eventNowMs());
export const statusOf = (page: Page) => page.evaluate(() => (window as unknown as TestWindow).testPage.player.status.value);
export const unlock = (page: Page) => page.evaluate(() => (window as unknown as TestWindow).testPage.player.unlock());
export const read = (page: Page) => page.evaluate(() => (window as unknown as TestWindow).testPage.read());

/** |errors| told by the audible element over `forMs`, beginning 3 s after `fromMs`; a reading of the wrong track counts as endless. */
export async function settledErrors(page: Page, fromMs: number, forMs = 2_500): Promise<number[]> {
  const untilMs = fromMs + SETTLE_MS + forMs;
  await until('enough was heard', async () => (await nowMs(page)) >= untilMs, 15_000);
  const readings = await page.evaluate(() => (window as unknown as TestWindow).testPage.take());
  const settled = readings.filter(({ atMs }) => atMs >= fromMs + SETTLE_MS && atMs <= untilMs);
  assert.ok(settled.length >= 10, `only ${settled.length} readings`);
  return settled.map(({ errorMs, paused }) => (errorMs === null || paused ? Number.POSITIVE_INFINITY : Math.abs(errorMs)));
}

/**
 * Every page holds the playhead from 3 s after `fromMs` on: over the first stretch or, since a machine that stands still for a
 * moment is not the player's doing, over one of the two after it.
 */
export async function assertHeld(pages: readonly Page[], fromMs: number): Promise<void> {
  for (const page of pages) {
    let errors = await settledErrors(page, fromMs);
    for (let again = 0; again < 2 && !isHeld(errors); again++) {
      errors = await settledErrors(page, (await nowMs(page)) - SETTLE_MS);
    }
    assert.ok(isHeld(errors), `not held: ${errors.map(Math.round).join(' ')}`);
  }
}

const isHeld = (errors: readonly number[]) => errors.every((error) => error <= P99_MS);

/** Playing from `atMs`: the first track of the samples, unless said otherwise. */
export const playingFrom = (atMs: number, over: Partial<Playback> = {}): Playback =>
  playbackOf({ anchorMs: atMs, revision: 1, ...over });
