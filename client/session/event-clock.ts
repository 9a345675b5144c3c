/** The page's view of event time, fed by the doors' reply and by clock pings; the pings double as liveness. */
import type { Clock } from '../../core/clock.ts';
import type { ClockSample } from '../../core/clock-sample.ts';
import {
  addSample,
  afterJoin,
  type ClockSync,
  eventNowMs,
  isStale,
  NO_SYNC,
  pingDelayMs,
  SILENCE_MS,
  shortestRoundTripMs,
} from '../../core/clock-sync.ts';
import type { ClockPing, ClockPong } from '../../schemas/section-messages.ts';
import type { Timed } from './doors.ts';
import type { Page } from './page.ts';
import type { Seat } from './seat.ts';
import type { ClockView } from './types.ts';
import { Unanswered } from './wire.ts';

export class EventClock implements ClockView {
  readonly #clock: Clock;
  readonly #isPlaying: () => boolean;
  #sync: ClockSync = NO_SYNC;

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
    this.#sync = afterJoin(this.#sync);
  }

  add(sample: ClockSample): void {
    this.#sync = addSample(this.#sync, sample, this.#isPlaying());
  }

  /** Takes an HTTP reply that names event time as a sample. */
  addReply({ value, sentAtMs, receivedAtMs }: Timed<{ readonly serverTimeMs: number }>): void {
    this.add({ t0: sentAtMs, t1: value.serverTimeMs, t2: value.serverTimeMs, t3: receivedAtMs });
  }

  /** How long to wait before looking whether another ping is needed. */
  pingDelayMs(page: { readonly hidden: boolean; readonly random: () => number }): number {
    return pingDelayMs(this.#sync, page);
  }

  /** Whether the clock takes another ping. */
  get isStale(): boolean {
    return isStale(this.#sync, this.#clock.nowMs());
  }
}

export interface HeartbeatDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly page: Page;
  readonly eventClock: EventClock;
  /** The playback error that the next ping carries, taken once; undefined for none. */
  readonly takeErrorMs: () => number | undefined;
}

export interface Heartbeat {
  /** Something came over the seat, which proves the link as well as an answer does. */
  heard(): void;
  stop(): void;
}

/** Pings over a seat until stopped, when the clock, the link or an error to report asks for it; a ping without an answer drops the seat. */
export function startHeartbeat(
  { clock, random, page, eventClock, takeErrorMs }: HeartbeatDeps,
  seat: Pick<Seat, 'ask' | 'drop'>,
): Heartbeat {
  let stopped = false;
  let open = false;
  /** Since the page last looked. */
  let heardAtMs = Number.NEGATIVE_INFINITY;
  let cancel = () => {};

  const schedule = (sinceMs: number) => {
    cancel();
    if (stopped) return;
    heardAtMs = Number.NEGATIVE_INFINITY;
    const delayMs = eventClock.pingDelayMs({ hidden: page.hidden(), random });
    cancel = clock.after(Math.max(0, sinceMs + delayMs - clock.nowMs()), look);
  };

  const look = () => {
    const errorMs = takeErrorMs();
    if (errorMs === undefined && Number.isFinite(heardAtMs) && !eventClock.isStale) schedule(heardAtMs);
    else ping(errorMs);
  };

  const ping = (errorMs: number | undefined) => {
    if (open || stopped) return;
    open = true;
    cancel();
    const payload: ClockPing = { t0: clock.nowMs(), ...(errorMs === undefined ? {} : { errorMs }) };
    seat
      .ask<ClockPong>('clock', payload, SILENCE_MS)
      .then(
        (pong) => eventClock.add({ t0: payload.t0, t1: pong.t1, t2: pong.t2, t3: clock.nowMs() }),
        (error: unknown) => {
          // A refusal is an answer too, and so is whatever else came meanwhile: the link lives, and a busy server is not helped by a crowd that leaves.
          if (error instanceof Unanswered && !stopped && heardAtMs < payload.t0) seat.drop();
        },
      )
      .finally(() => {
        open = false;
        schedule(clock.nowMs());
      });
  };

  const pingNow = () => ping(takeErrorMs());
  const stopWake = page.onWake(pingNow);
  pingNow();
  return {
    heard() {
      heardAtMs = clock.nowMs();
    },
    stop() {
      stopped = true;
      cancel();
      stopWake();
    },
  };
}
