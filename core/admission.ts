/**
 * Doors under pressure: one event's line, at one process.
 *
 * The line needs no list that processes share. A fan's token carries the moment of arrival; one mark, "admitted up
 * to", moves over those moments, and whoever arrived before it may come in. Processes tell each other how many wait
 * since when, and the furthest mark counts for all, so that a retry elsewhere keeps its place.
 */
import { CALL_AHEAD_MS, type Calls, NO_CALLS, nextCalls, placeIn, SLICE_MS, sliceOf } from './admission-calls.ts';
import { jitterMs } from './backoff.ts';
import { type BucketRule, fullBucket, refill, type TokenBucket } from './token-bucket.ts';

/** What a signed line token holds. It is good for one fan and one event, and every retry renews it. */
export interface LineToken {
  readonly eventId: string;
  readonly fanId: string;
  readonly arrivedAtMs: number;
  /** The place last shown; the next one is never behind it. */
  readonly place: number;
  readonly expiresAtMs: number;
}

export type DoorAnswer =
  | { readonly kind: 'admit' }
  | { readonly kind: 'wait'; readonly placeInLine: number; readonly retryInMs: number; readonly token: LineToken };

/** One process's part of the line. Sent between processes, about once a second. */
export interface LineReport {
  readonly processId: string;
  readonly atMs: number;
  readonly markMs: number;
  readonly ratePerS: number;
  /** `[start of a slice of arrivals, fans]`. */
  readonly waiting: readonly (readonly [number, number])[];
}

/** A fan who has not come back for this long after the moment that was told has given up the place. */
export const LATE_MAX_MS = 120_000;
const RETRY_MIN_MS = 1_000;
/** In a line that is short enough for it. */
export const RETRY_MAX_MS = 20_000;
/** In any. */
export const LONG_RETRY_MAX_MS = 200_000;
/** All who wait together are told to come no more often than this, or than twice for each who is let in, but for those whose turn is near: asking takes what letting in needs. */
const ASKS_MAX_PER_S = 150;
const ASKS_PER_ADMISSION = 2;
/** A fan asks again after this share of the expected wait: each time costs what a seat does, and to come late costs the line. */
const RETRY_SHARE = 0.8;
const RETRY_JITTER = 0.2;
/** No token lives longer. */
const TOKEN_MAX_MS = LONG_RETRY_MAX_MS * (1 + RETRY_JITTER) + LATE_MAX_MS;
/** The bucket's depth in seconds of its rate: how bunched admissions may be. */
const BURST_S = 0.5;
/** Fans come for their slot within this time after it, each at another moment. */
const SLOT_SPREAD_MS = 250;
/** A slot that is not used by then is gone; its fan gets another. */
const SLOT_HOLD_MS = 3_000;
/** A fan who has not come this long after the told moment, and a share of what was told, has likely left and holds up nobody. */
const LATE_MS = 2_000;
const LATE_SHARE = 0.25;
/** A process that has not reported for this long is gone; its fans come to others by themselves. */
const REPORT_TTL_MS = 5_000;

/** The most between two moves of the line, each of which looks at everybody who waits here and at every slice that others report. */
const LONG_STEP_MS = 500;
const FANS_PER_STEP_MS = 20;

function ruleOf(ratePerS: number): BucketRule {
  return { capacity: Math.max(1, ratePerS * BURST_S), perS: ratePerS };
}

interface Waiting {
  readonly arrivedAtMs: number;
  /** Not expected any more from then on. */
  readonly dueMs: number;
  /** Given up by then. */
  readonly untilMs: number;
  /** Once called: when this fan may come in. */
  readonly slotAtMs: number | undefined;
}

/**
 * Whoever is called gets a slot: the next moment at which the rate allows one more. So the rate holds, a called fan
 * is never beaten to it by a luckier one, and the retry that is told is the moment itself.
 */
export class DoorLine {
  readonly #eventId: string;
  readonly #processId: string;
  readonly #random: () => number;
  /** In the order in which they were last seen. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #reports = new Map<string, LineReport>();
  /** When a fan was last admitted, for as long as an older token could be shown again. */
  readonly #admittedAtMs = new Map<string, number>();
  #rule: BucketRule;
  #bucket: TokenBucket;
  #calls: Calls = NO_CALLS;
  #calledAtMs = Number.NEGATIVE_INFINITY;

  constructor(eventId: string, processId: string, ratePerS: number, nowMs: number, random: () => number) {
    this.#eventId = eventId;
    this.#processId = processId;
    this.#random = random;
    this.#rule = ruleOf(ratePerS);
    this.#bucket = fullBucket(this.#rule, nowMs);
  }

  /** Fans in the line at this process. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Fans in the line over all processes, as far as is known, but for those who are later than told. */
  get waitingInAll(): number {
    return this.#calls.waiting;
  }

  /** Sets how many fans per second this process admits. */
  setRate(ratePerS: number): void {
    this.#rule = ruleOf(ratePerS);
  }

  /**
   * A fan asks to come in, with the token of the last answer if there was one. `seatFree` false: there is no seat to
   * give, so everybody waits. A token that is expired, used, or for another fan or event counts for nothing.
   */
  ask(fanId: string, token: LineToken | undefined, seatFree: boolean, nowMs: number): DoorAnswer {
    this.#forget(nowMs);
    const valid = token !== undefined && this.#isValid(fanId, token, nowMs) ? token : undefined;
    const known = this.#waiting.get(fanId);
    const arrivedAtMs = Math.min(nowMs, known?.arrivedAtMs ?? nowMs, valid?.arrivedAtMs ?? nowMs);
    this.#waiting.delete(fanId);
    this.#waiting.set(fanId, { arrivedAtMs, dueMs: Infinity, untilMs: nowMs + LATE_MAX_MS, slotAtMs: known?.slotAtMs });
    // The line moves in steps of a slice, a long one in longer ones: counting it anew for every fan would cost more than letting the fan in.
    const stepMs = Math.max(
      SLICE_MS,
      Math.min(LONG_STEP_MS, Math.max(this.#calls.placeOf.size, this.#waiting.size / FANS_PER_STEP_MS)),
    );
    if (nowMs - this.#calledAtMs >= stepMs) this.#call(seatFree, nowMs);
    const isCalled = seatFree && sliceOf(arrivedAtMs) < this.#calls.markMs;
    if (isCalled && this.#slot(fanId, nowMs) <= nowMs) {
      this.#waiting.delete(fanId);
      this.#admittedAtMs.delete(fanId);
      this.#admittedAtMs.set(fanId, nowMs);
      return { kind: 'admit' };
    }
    return this.#wait(fanId, valid?.place ?? Infinity, nowMs);
  }

  /** What the other processes should hear of this one. `seatFree`: as doors see it now, asked or not. */
  report(seatFree: boolean, nowMs: number): LineReport {
    this.#forget(nowMs);
    const waiting = [...this.#call(seatFree, nowMs)];
    return { processId: this.#processId, atMs: nowMs, markMs: this.#calls.markMs, ratePerS: this.#rule.perS, waiting };
  }

  /** Takes in another process's report; an old one, or our own, changes nothing. */
  hear(report: LineReport): void {
    const last = this.#reports.get(report.processId);
    if (report.processId === this.#processId || (last !== undefined && last.atMs >= report.atMs)) return;
    this.#reports.set(report.processId, report);
    if (report.markMs > this.#calls.markMs) this.#calls = { ...this.#calls, markMs: report.markMs };
  }

  #isValid(fanId: string, token: LineToken, nowMs: number): boolean {
    const isTheirs = token.eventId === this.#eventId && token.fanId === fanId;
    const isUsed = token.arrivedAtMs <= (this.#admittedAtMs.get(fanId) ?? Number.NEGATIVE_INFINITY);
    return isTheirs && !isUsed && nowMs < token.expiresAtMs;
  }

  /** The fan's slot: the one given before, while it holds, else the next that is free; Infinity when that is far off. */
  #slot(fanId: string, nowMs: number): number {
    const waiting = this.#waiting.get(fanId) as Waiting;
    if (waiting.slotAtMs !== undefined && nowMs - waiting.slotAtMs <= SLOT_HOLD_MS) return waiting.slotAtMs;
    const { tokens, atMs } = refill(this.#bucket, this.#rule, nowMs);
    const inMs = (Math.max(0, 1 - tokens) * 1_000) / this.#rule.perS;
    // So many called at once: a slot that far off would be lost with a fan who does not wait for it.
    if (inMs > CALL_AHEAD_MS) return Infinity;
    // Below zero the bucket is in debt to those whose slots are yet to come.
    this.#bucket = { tokens: tokens - 1, atMs };
    const slotAtMs = nowMs + inMs;
    this.#waiting.set(fanId, { ...waiting, slotAtMs });
    return slotAtMs;
  }

  #wait(fanId: string, lastPlace: number, nowMs: number): DoorAnswer {
    const waiting = this.#waiting.get(fanId) as Waiting;
    const { arrivedAtMs, slotAtMs } = waiting;
    const place = Math.min(lastPlace, placeIn(this.#calls, sliceOf(arrivedAtMs)));
    const retryInMs = Math.ceil(
      slotAtMs !== undefined && slotAtMs > nowMs ? this.#untilSlot(slotAtMs, nowMs) : this.#untilAsked(place),
    );
    const untilMs = nowMs + retryInMs + LATE_MAX_MS;
    this.#waiting.set(fanId, { ...waiting, dueMs: nowMs + retryInMs * (1 + LATE_SHARE) + LATE_MS, untilMs });
    const token = { eventId: this.#eventId, fanId, arrivedAtMs, place, expiresAtMs: untilMs };
    return { kind: 'wait', placeInLine: place, retryInMs, token };
  }

  #untilSlot(slotAtMs: number, nowMs: number): number {
    return slotAtMs - nowMs + this.#random() * SLOT_SPREAD_MS;
  }

  #untilAsked(place: number): number {
    const turnInMs = (place * 1_000) / this.#ratePerS();
    const asksPerS = Math.max(ASKS_MAX_PER_S, this.#ratePerS() * ASKS_PER_ADMISSION);
    const atMostMs = Math.min(LONG_RETRY_MAX_MS, Math.max(RETRY_MAX_MS, (this.#calls.waiting * 1_000) / asksPerS));
    return jitterMs(Math.min(atMostMs, Math.max(RETRY_MIN_MS, turnInMs * RETRY_SHARE)), RETRY_JITTER, this.#random);
  }

  /** Fans who are still expected here, by slices of arrival. */
  #slices(nowMs: number): Map<number, number> {
    const slices = new Map<number, number>();
    for (const { arrivedAtMs, dueMs } of this.#waiting.values()) {
      if (dueMs < nowMs) continue;
      const slice = sliceOf(arrivedAtMs);
      slices.set(slice, (slices.get(slice) ?? 0) + 1);
    }
    return slices;
  }

  #ratePerS(): number {
    let perS = this.#rule.perS;
    for (const report of this.#reports.values()) perS += report.ratePerS;
    return perS;
  }

  /** Moves the line on; returns who is expected here. */
  #call(seatFree: boolean, nowMs: number): Map<number, number> {
    for (const [processId, report] of this.#reports) if (nowMs - report.atMs > REPORT_TTL_MS) this.#reports.delete(processId);
    const here = this.#slices(nowMs);
    const bySlice = new Map(here);
    for (const { waiting } of this.#reports.values()) {
      for (const [slice, fans] of waiting) bySlice.set(slice, (bySlice.get(slice) ?? 0) + fans);
    }
    this.#calls = nextCalls(this.#calls, { waitingBySlice: bySlice, ratePerS: this.#ratePerS(), seatFree, nowMs });
    this.#calledAtMs = nowMs;
    return here;
  }

  /** Drops who has given up, and used tokens that have expired. The maps are in the order of time, more or less: who was told to wait long keeps those behind a little. */
  #forget(nowMs: number): void {
    for (const [fanId, { untilMs }] of this.#waiting) {
      if (nowMs <= untilMs) break;
      this.#waiting.delete(fanId);
    }
    for (const [fanId, atMs] of this.#admittedAtMs) {
      if (nowMs - atMs <= TOKEN_MAX_MS) break;
      this.#admittedAtMs.delete(fanId);
    }
  }
}
