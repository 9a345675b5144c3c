/**
 * Brings a paused element, sought to where it is to be, to full speed at a moment.
 *
 * How long `play()` takes varies by tens of ms. So the element is set off early at a sixteenth of its speed, which browsers
 * do not sound: what varies is then a few ms of position, and coming to full speed, which starts nothing anew, hardly varies.
 * Where rates do not work it is set off at full speed, one start loss ahead of the moment.
 */
import type { Clock } from '../../core/clock.ts';
import type { Media } from './media.ts';

/** As slow as browsers go. */
const ROLL_RATE = 1 / 16;
/** It rolls for this long, or for as long as there is. */
const ROLL_MS = 220;
/** When, before its moment, the rolling element is looked at. */
const LOOK_MS = 12;
/** An element that is not ready to roll is asked again after this. */
const ASK_EVERY_MS = 15;
/** A start that is up to this late goes off all the same, and steering makes up for it. */
const MISSED_BY_MS = 30;

export interface TakeOffDeps {
  readonly media: Media;
  readonly clock: Clock;
  /** Event time as this fan wants to hear it. */
  readonly nowMs: () => number;
  readonly rolls: boolean;
  /** What a start loses on this device, in ms. */
  readonly lossMs: number;
}

export interface Flight {
  /** Event time. */
  readonly startAtMs: number;
  readonly rate: number;
  /** Where the source should be at a moment of event time. */
  readonly wantedMs: (atMs: number) => number | null;
  /** What was needed was not there in time. */
  readonly onMissed: () => void;
  /** At full speed, aimed this far ahead of where it should be. */
  readonly onAirborne: (aimMs: number) => void;
  /** What `play` was refused with. */
  readonly onRefused: (error: unknown) => void;
}

/** Call the result to cancel. */
export function takeOff({ media, clock, nowMs, rolls, lossMs }: TakeOffDeps, flight: Flight): () => void {
  const { startAtMs, rate, wantedMs } = flight;
  /** Set off later than this it would be late. */
  const lastCallMs = startAtMs - lossMs;
  let cancel = () => {};
  const at = (atMs: number, task: () => void) => {
    cancel = clock.after(Math.max(0, atMs - nowMs()), task);
  };
  const aheadMs = () => media.positionMs() - (wantedMs(nowMs()) ?? media.positionMs());

  const speedUp = () => {
    // What it is ahead of is what it loses until the new speed is heard.
    const aimMs = aheadMs();
    media.setRate(rate);
    flight.onAirborne(aimMs);
  };
  const look = () => {
    const spareMs = (aheadMs() - lossMs) / (rate - ROLL_RATE);
    if (spareMs < 1) speedUp();
    else at(nowMs() + Math.min(spareMs, 2 * ROLL_MS), spareMs > LOOK_MS ? look : speedUp);
  };

  const setOff = () => {
    const lateMs = nowMs() - lastCallMs;
    if (media.isReady() && lateMs <= MISSED_BY_MS) {
      if (rolls) media.setRate(ROLL_RATE);
      media.play().catch(flight.onRefused);
      if (rolls) at(lastCallMs - LOOK_MS, look);
      else flight.onAirborne(lossMs - lateMs);
    } else if (lateMs < 0) at(Math.min(nowMs() + ASK_EVERY_MS, lastCallMs), setOff);
    else flight.onMissed();
  };

  at(rolls ? lastCallMs - ROLL_MS : lastCallMs, setOff);
  return () => cancel();
}
