/** A seat in a room: taken with a ticket, kept through one short drop, given up with a close code. */

import { Client, Room, type SeatReservation } from '@colyseus/sdk';
import type { Clock } from '../../core/clock.ts';
import type { PartyError } from '../../core/errors.ts';
import { CLOSE_CODES } from '../../schemas/errors.ts';
import type { TicketGranted } from '../../schemas/http.ts';
import { JOIN_ACK_TIMEOUT_MS } from '../../schemas/limits.ts';
import { deferred } from './deferred.ts';
import { ask, toPartyError } from './wire.ts';

/** The one retry on the same seat has to succeed within this time; then doors. */
export const RETRY_WITHIN_MS = 2_000;
/** The retry waits a random part of this, so that a router that restarts is not met by everybody at once. */
export const RETRY_SPREAD_MS = 600;
/** What the SDK closes with when it means to come back at once. */
export const MAY_TRY_RECONNECT = 4010;
export const ABNORMAL_CLOSURE = 1006;
/** A refused connection says why before it closes with its code; this is how long we wait for the close. */
export const CLOSE_AFTER_ERROR_MS = 1_000;
export const ANSWER_TIMEOUT_MS = 8_000;

export interface SeatEnd {
  /** A close code; `closeAction` says what it asks for. */
  readonly code: number;
  /** What the room said before it closed, or null. */
  readonly refusal: PartyError | null;
}

export interface SeatHooks<State> {
  /** The state, after the join, after every patch and after a retry. */
  readonly onState: (state: State) => void;
  /** The link dropped; one retry is under way. */
  readonly onDrop: () => void;
}

export interface Seat {
  /** Throws `PartyError` when refused, `Unanswered` when time or connection ran out. */
  ask<Answer>(name: string, payload: unknown, timeoutMs?: number): Promise<Answer>;
  /** Treats the link as dead, although nothing closed it. */
  drop(): void;
  /** Gives the seat up: `ended` follows, with 4000. */
  leave(): void;
  /** When the room last sent its state or a change of it, by the page's clock: it proves the link as well as an answer does. −∞ before the first. */
  readonly heardAtMs: number;
  /** Settles once, when the seat is lost for good or was never had. */
  readonly ended: Promise<SeatEnd>;
}

/** A client that hands out its room before the connection opens, so that no early frame is missed. */
class SeatClient<State> extends Client {
  readonly #onRoom: (room: Room<unknown, State>) => void;

  constructor(origin: string, onRoom: (room: Room<unknown, State>) => void) {
    super(origin);
    this.#onRoom = onRoom;
  }

  protected override createRoom<T>(name: string, stateClass?: new () => T): Room<unknown, T> {
    const room = new Room<unknown, T>(name, stateClass);
    this.#onRoom(room as unknown as Room<unknown, State>);
    return room;
  }
}

export interface SeatDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export type TakeSeat<State> = typeof takeSeat<State>;

/** Rooms say why, as JSON, in an error frame before they close. */
export function readRefusal(message: string | undefined): PartyError | null {
  if (!message?.startsWith('{')) return null;
  try {
    return toPartyError(JSON.parse(message));
  } catch {
    return null;
  }
}

/** Sits down with a granted ticket. */
export function takeSeat<State>(
  { clock, random }: SeatDeps,
  origin: string,
  granted: TicketGranted,
  stateClass: new () => State,
  hooks: SeatHooks<State>,
): Seat {
  const { promise: ended, resolve } = deferred<SeatEnd>();
  let room: Room<unknown, State> | undefined;
  let over = false;
  let joined = false;
  let dropped = false;
  let heardAtMs = Number.NEGATIVE_INFINITY;
  let refusal: PartyError | null = null;
  let cancelTimer = clock.after(JOIN_ACK_TIMEOUT_MS, () => end(ABNORMAL_CLOSURE));

  const end = (code: number) => {
    if (over) return;
    over = true;
    cancelTimer();
    if (room) {
      room.reconnection.enabled = false;
      room.removeAllListeners();
      room.connection?.close();
    }
    resolve({ code, refusal });
  };

  const endAfter = (ms: number, code: number) => {
    cancelTimer();
    cancelTimer = clock.after(ms, () => end(code));
  };

  /** Once per drop: what closes later only says what we know. */
  const lose = () => {
    if (over || dropped) return;
    dropped = true;
    endAfter(RETRY_WITHIN_MS, ABNORMAL_CLOSURE);
    hooks.onDrop();
  };

  const client = new SeatClient<State>(origin, (made) => {
    room = made;
    Object.assign(made.reconnection, { maxRetries: 1, minUptime: 0, minDelay: 0, maxEnqueuedMessages: 0 });
    made.reconnection.backoff = () => Math.round(random() * RETRY_SPREAD_MS);
    made.onStateChange((state) => {
      if (over) return;
      cancelTimer();
      joined = true;
      dropped = false;
      heardAtMs = clock.nowMs();
      hooks.onState(state);
    });
    made.onDrop(lose);
    made.onLeave((code) => end(code));
    let errors = 0;
    made.onError((code, message) => {
      refusal = readRefusal(message) ?? refusal;
      // Once seated, an error is followed by a close that `onLeave` or `onDrop` reports.
      if (joined) return;
      if (++errors > 1) end(code);
      else endAfter(CLOSE_AFTER_ERROR_MS, code);
    });
  });
  client.auth.token = granted.ticket;
  client.consumeSeatReservation(granted.seat as SeatReservation, stateClass).catch(() => {
    // A refusal is reported by `onError`; anything else never became a connection.
    if (!room?.connection) end(ABNORMAL_CLOSURE);
  });

  return {
    ended,
    get heardAtMs() {
      return heardAtMs;
    },
    ask: (name, payload, timeoutMs = ANSWER_TIMEOUT_MS) => ask(room as Room, name, payload, timeoutMs),
    drop: () => {
      if (over) return;
      if (room?.connection?.isOpen) room.connection.close(MAY_TRY_RECONNECT);
      // A dead link does not answer the farewell, and browsers wait up to a minute for that: we do not.
      lose();
    },
    leave: () => {
      if (!over && room?.connection?.isOpen) void room.leave(true).catch(() => {});
      end(CLOSE_CODES.left);
    },
  };
}
