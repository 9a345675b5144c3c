/** A player at a party that a test runs, on a clock that stands, with media elements that are simulated. */
import { signal } from '@preact/signals';
import { createPartyPlayer } from '../../client/playback/player.ts';
import { memoryStorage } from '../../client/session/memory-storage.ts';
import type { Clock } from '../../core/clock.ts';
import type { Timeline } from '../../core/timeline.ts';
import type { Playback, Track } from '../../schemas/playback.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { playbackOf, trackOf } from './samples.ts';
import { SimulatedMedia } from './simulated-media.ts';

const DURATION_MS = 60_000;

interface Party {
  timeline: Timeline;
}

/** `timersEveryMs`: nobody sees the page, and its timers come only at whole such stretches. */
export function playerAtParty(
  setlist: readonly Track[] = [trackOf(1), trackOf(2), trackOf(3)],
  random = () => 0.5,
  timersEveryMs = 0,
) {
  const clock = manualClock();
  const media: SimulatedMedia[] = [];
  const playing: Timeline = { playback: playbackOf({ anchorMs: clock.nowMs() }), next: null, setlist, nextSetlist: null };
  const heard = signal<Timeline | null>(playing);
  const party: Party = {
    get timeline() {
      return heard.peek() ?? playing;
    },
    set timeline(timeline) {
      heard.value = timeline;
    },
  };
  let wake = () => {};
  const player = createPartyPlayer({
    timeline: () => heard.value,
    eventNowMs: () => clock.nowMs(),
    clock: timersEveryMs === 0 ? clock : backgroundClock(clock, timersEveryMs),
    random,
    storage: memoryStorage(),
    page: {
      hidden: () => timersEveryMs > 0,
      onWake: (task) => {
        wake = task;
        return () => {};
      },
    },
    media: (onEvent) => {
      const made = new SimulatedMedia(clock, DURATION_MS, onEvent);
      media.push(made);
      return made;
    },
    steersByRate: true,
  });
  const audible = () => media.find((one) => one.audible !== null);
  const cue = (change: Partial<Playback>, leadMs = 500) => {
    const applyAtMs = clock.nowMs() + leadMs;
    party.timeline = { ...party.timeline, next: { ...party.timeline.playback, anchorMs: applyAtMs, ...change, applyAtMs } };
    return applyAtMs;
  };
  return { clock, media, heard, party, player, audible, cue, wake: () => wake() };
}

/** Timers as a browser gives them to a page that nobody sees: only at whole `everyMs`. */
function backgroundClock(clock: ManualClock, everyMs: number): Clock {
  const alignedMs = (delayMs: number) => Math.ceil((clock.nowMs() + delayMs) / everyMs) * everyMs - clock.nowMs();
  return { ...clock, after: (delayMs, task) => clock.after(alignedMs(delayMs), task) };
}
