/**
 * A server process's event time: it follows a reference clock that others follow too, never steps back, and goes on by itself
 * while the reference cannot be asked. What the reference says is judged as a page judges its server (`clock-sync.ts`); this is
 * the way there.
 */
import { addSample, type ClockSync, errorBoundMs, NO_SYNC, offsetMs } from './clock-sync.ts';

/** Event time runs at most this much fast or slow while it makes good an error: what a page does too, unheard. */
const SLEW_RATE = 0.005;
/** Behind by more than this, it jumps ahead: a process that slept must not play late for minutes. */
const JUMP_ABOVE_MS = 250;
/** Ahead by more than that it waits, at a tenth of its pace: the reference itself was set back. */
const WAIT_RATE = 0.9;

/** One question to the reference: our clock before and after, and what it said in between. */
export interface ReferenceSample {
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  readonly referenceMs: number;
}

export interface EventTime {
  readonly sync: ClockSync;
  /** At `atMs` on our clock, event time was `eventMs`; from there it runs towards what `sync` says. */
  readonly atMs: number;
  readonly eventMs: number;
}

/** Before the first sample event time is our own clock. */
export function startEventTime(nowMs: number): EventTime {
  return { sync: NO_SYNC, atMs: nowMs, eventMs: nowMs };
}

/** The first sample sets the clock, whichever way; later ones steer it. An impossible sample changes nothing. */
export function observe(time: EventTime, { askedAtMs, answeredAtMs, referenceMs }: ReferenceSample): EventTime {
  const sync = addSample(time.sync, { t0: askedAtMs, t1: referenceMs, t2: referenceMs, t3: answeredAtMs }, false);
  if (sync === time.sync) return time;
  const atMs = Math.max(time.atMs, answeredAtMs);
  const targetMs = atMs + offsetMs(sync, atMs);
  if (time.sync.answered === 0) return { sync, atMs, eventMs: targetMs };
  const eventMs = eventTimeAt(time, atMs);
  return { sync, atMs, eventMs: targetMs - eventMs > JUMP_ABOVE_MS ? targetMs : eventMs };
}

/** Event time at `nowMs` of our clock; never less than at any moment before. */
export function eventTimeAt({ sync, atMs, eventMs }: EventTime, nowMs: number): number {
  const passedMs = Math.max(0, nowMs - atMs);
  const aheadMs = eventMs - (atMs + offsetMs(sync, atMs));
  if (aheadMs <= 0) return eventMs + passedMs + Math.min(-aheadMs, passedMs * SLEW_RATE);
  const waitedMs = Math.min(Math.max(0, aheadMs - JUMP_ABOVE_MS), passedMs * WAIT_RATE);
  // After the wait, if it ends within this time, the rest is made good gently.
  const gentleMs = passedMs - waitedMs / WAIT_RATE;
  return eventMs + passedMs - waitedMs - Math.min(aheadMs - waitedMs, gentleMs * SLEW_RATE);
}

/** How far event time can be from the reference, in ms; infinite before the first sample. */
export function eventTimeErrorMs(time: EventTime, nowMs: number): number {
  if (time.sync.answered === 0) return Infinity;
  const targetMs = nowMs + offsetMs(time.sync, nowMs);
  return errorBoundMs(time.sync, nowMs) + Math.abs(eventTimeAt(time, nowMs) - targetMs);
}
