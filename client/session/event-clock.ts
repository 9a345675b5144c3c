/** The page's view of event time, fed by the doors' reply and by clock pings; the pings double as liveness. */
import type { Clock } from '../../core/clock.ts';
import type { ClockSample } from '../../core/clock-sample.ts';
import {
  addSample,
  afterJoin,
  type ClockSync,
  eventNowMs,
  joinPingAfterMs,
  NO_SYNC,
  pingDelayMs,
  SILENCE_MS,
  shortestRoundTripMs,
  staleAtMs,
} from '../../core/clock-sync.ts';
import type { ClockPing, ClockPong } from '../../schemas/section-messages.ts';
import type { Timed } from './door-call.ts';
import type { Page } from './page.ts';
import type { Seat } from './seat.ts';
import type { ClockView } from './types.ts';
import { Unanswered } from './wire.ts';

export class EventClock implements ClockView {
  readonly #clock: Clock;
  readonly #isPlaying: () => boolean;
  #sync: ClockSync = NO_SYNC;
  /** Both kept, since the clock is looked at more often than it learns. */
  #staleAtMs = staleAtMs(NO_SYNC);
  #soonMs = joinPingAfterMs(NO_SYNC);
  #askedRestMs = 0;

  /** `isPlaying`: event time glides to a correction instead of stepping while this holds. */
  constructor(clock: Clock, isPlaying: () => boolean) {
    this.#clock = clock;
    this.#isPlaying = isPlaying;
  }

  nowMs(): number {
    return eventNowMs(this.#sync, this.#clock.nowMs());
  }

  get roundTripMs(): number | null {
    return shortestRoundTripMs(this.#sync);
  }

  get samples(): number {
    return this.#sync.samples.length;
  }

  /** Forgets how many pings this connection has answered, so that it soon sends some. */
  rejoined(): void {
    this.#take(afterJoin(this.#sync));
  }

  /** `askedRestMs`: for how long whoever answered would like not to be asked again. */
  add(sample: ClockSample, askedRestMs = 0): void {
    this.#askedRestMs = askedRestMs;
    this.#take(addSample(this.#sync, sample, this.#isPlaying()));
  }

  /** Takes an HTTP reply that names event time as a sample. */
  addReply({ value, sentAtMs, receivedAtMs }: Timed<{ readonly serverTimeMs: number }>): void {
    this.add({ t0: sentAtMs, t1: value.serverTimeMs, t2: value.serverTimeMs, t3: receivedAtMs });
  }

  /** How long to wait before looking whether another ping is needed. */
  pingDelayMs(page: { readonly hidden: boolean; readonly random: () => number }): number {
    return pingDelayMs(this.#soonMs, page);
  }

  /** Whether the clock takes another ping. */
  get isStale(): boolean {
    return this.#clock.nowMs() >= this.#staleAtMs;
  }

  #take(sync: ClockSync): void {
    this.#sync = sync;
    this.#staleAtMs = staleAtMs(sync, this.#askedRestMs);
    this.#soonMs = joinPingAfterMs(sync);
  }
}

/** What a heartbeat needs of a seat. */
export type HeartbeatSeat = Pick<Seat, 'ask' | 'drop'> & {
  /** When something last came over it. */
  readonly heardAtMs: () => number;
};

export interface HeartbeatDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly page: Page;
  readonly eventClock: EventClock;
  /** The playback error that the next ping carries, taken once; undefined for none. */
  readonly takeErrorMs: () => number | undefined;
}

/**
 * Pings over a seat until stopped, when the clock, the link or an error to report asks for it; a ping without an answer drops the seat.
 */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  readonly #clock: Clock;
  readonly #seat: HeartbeatSeat;
  readonly #stopWake: () => void;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #isOpen = false;
  #isStopped = false;
  #cancel: (() => void) | null = null;

  /** The first ping leaves at once. */
  constructor(deps: HeartbeatDeps, seat: HeartbeatSeat) {
    this.#deps = deps;
    this.#clock = deps.clock;
    this.#seat = seat;
    const pingNow = () => this.#ping(deps.takeErrorMs());
    this.#stopWake = deps.page.onWake(pingNow);
    pingNow();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#stopWake();
  }

  #schedule(sinceMs: number): void {
    const { page, random, eventClock } = this.#deps;
    this.#cancel?.();
    if (this.#isStopped) return;
    this.#lookedAtMs = this.#clock.nowMs();
    const delayMs = eventClock.pingDelayMs({ hidden: page.hidden(), random });
    this.#cancel = this.#clock.after(Math.max(0, sinceMs + delayMs - this.#lookedAtMs), () => this.#look());
  }

  #look(): void {
    const errorMs = this.#deps.takeErrorMs();
    const heardAtMs = this.#seat.heardAtMs();
    if (errorMs === undefined && heardAtMs > this.#lookedAtMs && !this.#deps.eventClock.isStale) this.#schedule(heardAtMs);
    else this.#ping(errorMs);
  }

  #ping(errorMs: number | undefined): void {
    if (this.#isOpen || this.#isStopped) return;
    const { eventClock } = this.#deps;
    this.#isOpen = true;
    this.#cancel?.();
    const payload: ClockPing = { t0: this.#clock.nowMs(), ...(errorMs === undefined ? {} : { errorMs }) };
    this.#seat
      .ask<ClockPong>('clock', payload, SILENCE_MS)
      .then(
        ({ t1, t2, restMs }) => eventClock.add({ t0: payload.t0, t1, t2, t3: this.#clock.nowMs() }, restMs),
        (error: unknown) => {
          // A refusal is an answer too, and so is whatever else came meanwhile: the link lives, and a busy server is not helped by a crowd that leaves.
          if (error instanceof Unanswered && !this.#isStopped && this.#seat.heardAtMs() < payload.t0) this.#seat.drop();
        },
      )
      .finally(() => {
        this.#isOpen = false;
        this.#schedule(this.#clock.nowMs());
      });
  }
}
