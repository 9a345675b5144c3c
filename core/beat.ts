/** When a section speaks: frames are the currency, so the beat follows what a frame to everyone costs. */
import { BEAT_FULL_HOUSE_MS, BEAT_MAX_MS, BEAT_MIN_MS, CUE_LEAD_MAX_MS, CUE_LEAD_MIN_MS } from '../schemas/limits.ts';

/** One delivered frame, in ms of CPU; measured at 7 to 8 µs, and what holds until a fan-out has been measured. */
const FRAME_MS = 0.008;
/** The same with what lies between two machines' sockets: a cue has to be there before its moment. */
const DELIVERY_MS = 0.011;
/** One admitted fan, in ms of CPU: request, upgrade, join, first state, clock. */
const JOIN_MS = 1;
/** While joins take this share of what a process can count on, beats take the least: whoever stands outside comes first. */
const JOIN_SHARE_HIGH = 0.25;
/** Share of what a process can count on that beats may take while nobody arrives. */
const FRAME_SHARE = 0.22;
/** What beats keep however many arrive. */
const FRAME_SHARE_MIN = 0.1;
/** A loop that is late by this much is served this many times slower, until beats take so little of it that even fewer would not help. */
const LOOP_DELAY_FACTOR = 8;
const LITTLE_SHARE = 0.01;
/** Lateness that an idle process shows as well. */
const LOOP_DELAY_QUIET_MS = 20;

export interface BeatLoad {
  /** Fans that one beat of this process reaches, over all its sections. */
  readonly fans: number;
  /** Measured time to hand one frame to all of them; 0 while unmeasured. */
  readonly fanOutMs: number;
  /** Fans joining this process. */
  readonly arrivalsPerS: number;
  /** How late the event loop runs, 99th percentile of the last seconds. */
  readonly loopDelayMs: number;
  /** The part of a core that this process can count on, above 0 and at most 1: cores are shared by all processes of a machine. */
  readonly coreShare: number;
}

/** Length of a beat in ms. Grows with every part of the load, never shrinks with one. */
export function beatMs(load: BeatLoad): number {
  const fanOutMs = Math.max(load.fanOutMs, load.fans * FRAME_MS);
  const joining = Math.min(1, (load.arrivalsPerS * JOIN_MS) / 1_000 / load.coreShare / JOIN_SHARE_HIGH);
  const share = Math.max(FRAME_SHARE_MIN, FRAME_SHARE * (1 - joining)) * load.coreShare;
  const lateMs = Math.max(0, load.loopDelayMs - LOOP_DELAY_QUIET_MS);
  const inTimeMs = Math.min(BEAT_FULL_HOUSE_MS, fanOutMs / share);
  const wantedMs = Math.max(inTimeMs, Math.min(lateMs * LOOP_DELAY_FACTOR, fanOutMs / LITTLE_SHARE));
  return Math.round(Math.min(BEAT_MAX_MS, Math.max(BEAT_MIN_MS, wantedMs)));
}

/** What travels between processes is one message for all fans: two of them on a line's way take half a beat at most, and no more than this each. */
const HOP_SHARE = 0.25;
const HOP_MAX_MS = 250;

/** How often a process speaks to the stage, and the stage to all, when a beat of the process is that long, in ms. */
export function hopMs(lengthMs: number): number {
  return Math.min(HOP_MAX_MS, lengthMs * HOP_SHARE);
}

/** Where beats are this long, a frame to everybody at once keeps every core busy for a second, and whoever says something meanwhile waits. */
const CUE_RIDES_FROM_MS = 1_500;
/** A beat that long comes late by an eighth of it at most, or it would be longer: `LOOP_DELAY_FACTOR`. */
const LATE_BEAT = 1 + 1 / LOOP_DELAY_FACTOR;
/** From a section's socket to the page. */
const WAY_MS = 100;

/**
 * How far ahead a cue is scheduled, in ms: the slowest fan's frame must have left, and travelled, by then. The beat that is just being handed
 * out goes first. Where beats are long it leads by one of them, so that every section can say it when it speaks anyway. `fanOutMs` is the longest
 * time to hand out over all processes, `fans` the whole event's, `lengthMs` a beat's.
 */
export function cueLeadMs(fanOutMs: number, fans: number, lengthMs: number): number {
  const deliveryMs = Math.max(fanOutMs, fans * DELIVERY_MS);
  const inPlaceMs = lengthMs < CUE_RIDES_FROM_MS ? 0 : Math.min(BEAT_FULL_HOUSE_MS, lengthMs) * LATE_BEAT;
  return Math.round(Math.min(CUE_LEAD_MAX_MS, CUE_LEAD_MIN_MS + fanOutMs + Math.max(deliveryMs, inPlaceMs)));
}

/** Whether a section whose fans have to know something within `leftMs` may wait for its next beat with it. `handOutMs`: its own. */
export function rides(leftMs: number, lengthMs: number, handOutMs: number): boolean {
  return lengthMs >= CUE_RIDES_FROM_MS && leftMs >= lengthMs * LATE_BEAT + handOutMs + WAY_MS;
}

/** Until when fans have to know of a cue, while they may know of another that it replaces: nobody may begin that one. */
export function knownByMs(applyAtMs: number, toldAtMs: number | undefined, nowMs: number): number {
  return toldAtMs !== undefined && toldAtMs > nowMs ? Math.min(toldAtMs, applyAtMs) : applyAtMs;
}

/** Between two looks at the clock a page of a busy house hears so many beats. */
const REST_BEATS = 100;
const BUSY_FROM_MS = 1_000;

/** For how long a house with beats of this length would like not to be asked for the time again, in ms; 0: it does not mind. */
export function clockRestMs(lengthMs: number): number {
  return lengthMs < BUSY_FROM_MS ? 0 : lengthMs * REST_BEATS;
}

/** When the next ordinary flush may leave. */
export function beatFlushAtMs(lastFlushAtMs: number, lengthMs: number, nowMs: number): number {
  return Math.max(nowMs, lastFlushAtMs + lengthMs);
}

/**
 * When a pending cue may leave: at once, but at most one flush per measured fan-out time. Cues that
 * come in meanwhile replace the pending one, so the last wins.
 */
export function cueFlushAtMs(lastFlushAtMs: number, fanOutMs: number, nowMs: number): number {
  return Math.max(nowMs, lastFlushAtMs + fanOutMs);
}

/** Rooms up to this size see every change of their count, at this pace. */
const TINY = { fans: 100, everyMs: 500 };
const SMALL = { fans: 1_000, everyMs: 2_000 };
const LARGE_EVERY_MS = 5_000;
/** In a large room, the change that is worth a frame to everyone. */
const TELL_SHARE = 0.01;
/** After this long any change is told, so that no count stays wrong. */
const TELL_ANYWAY_MS = 60_000;

/** Whether fans should be told that the audience changed from `last` to `now`. */
export function shouldTellAudience(last: number, now: number, lastAtMs: number, nowMs: number): boolean {
  if (now === last) return false;
  const sinceMs = nowMs - lastAtMs;
  const fans = Math.max(last, now);
  if (fans <= TINY.fans) return sinceMs >= TINY.everyMs;
  if (fans <= SMALL.fans) return sinceMs >= SMALL.everyMs;
  const enough = Math.abs(now - last) >= last * TELL_SHARE;
  return sinceMs >= (enough ? LARGE_EVERY_MS : TELL_ANYWAY_MS);
}
