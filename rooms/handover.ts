/** How a process leaves: its fans go to other processes a few at a time, once there is room for them. */
import type { Clock } from '../core/clock.ts';
import type { LiveSection } from './venue-floor.ts';

/** Fans sent on per second: what the doors that stay bear beside their own arrivals. */
const MOVED_PER_S = 300;
const MOVE_WITHIN_MS = 10_000;
const SLICE_MS = 100;
const LOOK_EVERY_MS = 50;

/** Resolves with whether `holds` came true within `withinMs`. */
export function waitFor(clock: Clock, holds: () => boolean, withinMs: number): Promise<boolean> {
  if (holds()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const giveUpAtMs = clock.nowMs() + withinMs;
    const stop = clock.every(LOOK_EVERY_MS, () => {
      const held = holds();
      if (!held && clock.nowMs() < giveUpAtMs) return;
      stop();
      resolve(held);
    });
  });
}

/** Sends all fans of these sections to the doors, spread evenly over a bounded time. */
export function moveFans(clock: Clock, sections: readonly LiveSection[]): Promise<void> {
  const fansIn = () => sections.reduce((sum, { actor }) => sum + actor.fans, 0);
  const spreadMs = Math.min(MOVE_WITHIN_MS, (fansIn() * 1_000) / MOVED_PER_S);
  const slice = Math.ceil((fansIn() * SLICE_MS) / Math.max(SLICE_MS, spreadMs));
  let slices = Math.ceil(spreadMs / SLICE_MS);
  const moveSlice = () => {
    let left = slice;
    for (const section of sections) left -= left > 0 ? section.handOver(left) : 0;
    slices--;
  };
  if (slices === 0) return Promise.resolve();
  moveSlice();
  return new Promise((resolve) => {
    const stop = clock.every(SLICE_MS, () => {
      if (slices > 0) return moveSlice();
      stop();
      resolve();
    });
  });
}
