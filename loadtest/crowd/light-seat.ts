/**
 * A seat as `client/session/seat.ts` takes it, without the SDK: one retry on the same seat, then it is lost. What the SDK and that
 * file do with close codes, errors and time-outs is done here the same way.
 */

import {
  ABNORMAL_CLOSURE,
  ANSWER_TIMEOUT_MS,
  CLOSE_AFTER_ERROR_MS,
  MAY_TRY_RECONNECT,
  RETRY_SPREAD_MS,
  RETRY_WITHIN_MS,
  readRefusal,
  type Seat,
  type SeatEnd,
  type SeatHooks,
  type TakeSeat,
} from '../../client/session/seat.ts';
import { toPartyError, Unanswered } from '../../client/session/wire.ts';
import type { Clock } from '../../core/clock.ts';
import type { PartyError } from '../../core/errors.ts';
import { CLOSE_CODES } from '../../schemas/errors.ts';
import type { TicketGranted } from '../../schemas/http.ts';
import { JOIN_ACK_TIMEOUT_MS } from '../../schemas/limits.ts';
import type { SectionState } from '../../schemas/section-state.ts';
import { LightSocket, type SocketOwner } from './light-socket.ts';
import { endpointOf, type Road } from './road.ts';
import { SHOUTS_FROM, type ShoutFrames } from './shout-frames.ts';
import {
  CODE_BITS,
  ERROR,
  JOIN_ROOM,
  LEAVE_ROOM,
  type Payload,
  ROOM_RESPONSE,
  ROOM_STATE,
  ROOM_STATE_PATCH,
  readError,
  readReply,
  readWelcome,
  requestFrame,
  STATUS,
} from './wire.ts';

/** Who sits: sees what the seat brings, before the session does. The bytes are lent. */
export interface Sitter {
  /** The room let us in. */
  welcomed(): void;
  takeWhole(bytes: Buffer, start: number, end: number): SectionState;
  takePatch(bytes: Buffer, start: number, end: number): void;
  /** A frame that means nothing to a fan. */
  takeStrange(bytes: number): void;
  /** A request was answered with what it asked for. */
  answered(name: string): void;
  /** Something shouted was answered; `reply`: with what, unless it was refused. */
  heeded(shout: number, reply: unknown, refusal: PartyError | null): void;
  /** The link dropped, or the room closed it; the seat may still come back. */
  dropped(code: number): void;
}

/** What the SDK reports when its one retry failed. */
const FAILED_TO_RECONNECT = 4003;
const NETWORK_CODES: ReadonlySet<number> = new Set([1001, 1005, ABNORMAL_CLOSURE, MAY_TRY_RECONNECT]);
const ACKNOWLEDGE = Uint8Array.of(JOIN_ROOM);
const LEAVE = Uint8Array.of(LEAVE_ROOM);

interface Question {
  readonly name: string;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
}

/** `pageOrigin`: where the fan's page came from. */
export function lightSeats(
  road: Road,
  pageOrigin: string,
  sitter: Sitter,
  onSeat: (seat: LightSeat) => void,
): TakeSeat<SectionState> {
  return ({ clock, random }, origin, granted, _stateClass, hooks) => {
    const seat = new LightSeat({ road, clock, random, pageOrigin, origin, granted, sitter, hooks });
    onSeat(seat);
    return seat;
  };
}

interface LightSeatDeps {
  readonly road: Road;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pageOrigin: string;
  readonly origin: string;
  readonly granted: TicketGranted;
  readonly sitter: Sitter;
  readonly hooks: SeatHooks<SectionState>;
}

export class LightSeat implements Seat, SocketOwner {
  readonly ended: Promise<SeatEnd>;
  heardAtMs = Number.NEGATIVE_INFINITY;
  readonly #deps: LightSeatDeps;
  /** Those again, since every frame needs them. */
  readonly #clock: Clock;
  readonly #sitter: Sitter;
  readonly #hooks: SeatHooks<SectionState>;
  readonly #settle: (end: SeatEnd) => void;
  #questions: Map<number, Question> | null = null;
  #asked = 0;
  #socket: LightSocket;
  #token = '';
  #welcomed = false;
  #joined = false;
  #retried = false;
  #over = false;
  #refusal: PartyError | null = null;
  #cancelTimer: () => void;

  constructor(deps: LightSeatDeps) {
    this.#deps = deps;
    this.#clock = deps.clock;
    this.#sitter = deps.sitter;
    this.#hooks = deps.hooks;
    const { promise, resolve } = Promise.withResolvers<SeatEnd>();
    this.ended = promise;
    this.#settle = resolve;
    this.#cancelTimer = deps.clock.after(JOIN_ACK_TIMEOUT_MS, () => this.#end(ABNORMAL_CLOSURE));
    this.#socket = this.#connect('');
  }

  /** Bound, since a session passes it on. */
  readonly ask = <Answer>(name: string, payload: unknown, timeoutMs = ANSWER_TIMEOUT_MS): Promise<Answer> => {
    if (this.#over || !this.#socket.isOpen) return Promise.reject(new Unanswered('the connection is not open'));
    const id = this.#asked++;
    const questions = (this.#questions ??= new Map());
    return new Promise<Answer>((resolve, reject) => {
      const giveUp = () => {
        if (questions.delete(id)) reject(new Unanswered('no answer in time'));
      };
      const cancel = this.#deps.clock.after(timeoutMs, () => this.#deps.road.afterLook(giveUp));
      questions.set(id, { name, resolve: resolve as (answer: unknown) => void, reject, cancel });
      this.#socket.send(requestFrame(id, name, payload as Payload));
    });
  };

  /** Says much at once, and waits for nothing. */
  shout(frames: ShoutFrames): void {
    if (!this.#over && this.#socket.isOpen) this.#socket.sendFrames(frames.next());
  }

  drop(): void {
    if (!this.#over && this.#socket.isOpen) this.#socket.close(MAY_TRY_RECONNECT);
  }

  leave(): void {
    if (!this.#over && this.#socket.isOpen) this.#socket.send(LEAVE);
    this.#end(CLOSE_CODES.left);
  }

  /** The network goes. */
  cut(): void {
    if (!this.#over) this.#socket.cut();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  opened(): void {}

  message(bytes: Buffer, start: number, end: number): void {
    switch ((bytes[start] as number) & CODE_BITS) {
      case ROOM_STATE_PATCH:
        // The session of a fan without a screen does nothing with a change but note its time, and everybody has one at every beat.
        this.heardAtMs = this.#clock.nowMs();
        return this.#sitter.takePatch(bytes, start, end);
      case ROOM_RESPONSE:
        return this.#answered(bytes, start, end);
      case JOIN_ROOM:
        this.#welcomed = true;
        this.#token = readWelcome(bytes, start);
        this.#sitter.welcomed();
        return this.#socket.send(ACKNOWLEDGE);
      case ROOM_STATE:
        this.#cancelTimer();
        this.#joined = true;
        this.#retried = false;
        this.heardAtMs = this.#clock.nowMs();
        return this.#hooks.onState(this.#sitter.takeWhole(bytes, start, end));
      case ERROR: {
        const { code, message } = readError(bytes, start);
        this.#refusal = readRefusal(message) ?? this.#refusal;
        if (!this.#joined) this.#endAfter(CLOSE_AFTER_ERROR_MS, code);
        return;
      }
      default:
        return this.#sitter.takeStrange(end - start);
    }
  }

  closed(code: number): void {
    if (this.#over) return;
    this.#rejectQuestions();
    if (!this.#welcomed) return this.#end(code);
    if (!NETWORK_CODES.has(code)) {
      this.#sitter.dropped(code);
      return this.#end(code);
    }
    if (this.#retried) return this.#end(FAILED_TO_RECONNECT);
    this.#retried = true;
    const { clock, random } = this.#deps;
    this.#sitter.dropped(code);
    this.#endAfter(RETRY_WITHIN_MS, ABNORMAL_CLOSURE);
    this.#hooks.onDrop();
    clock.after(Math.round(random() * RETRY_SPREAD_MS), () => {
      if (!this.#over) this.#socket = this.#connect(`&reconnectionToken=${this.#token}`);
    });
  }

  #connect(more: string): LightSocket {
    const { road, random, pageOrigin, origin, granted } = this.#deps;
    const { processId, roomId, sessionId, publicAddress } = granted.seat;
    const server = publicAddress === undefined ? origin : `http://${publicAddress}`;
    const base = publicAddress === undefined ? '' : endpointOf(server).path;
    const path = `${base}/${processId}/${roomId}?sessionId=${sessionId}&_authToken=${granted.ticket}${more}&skipHandshake=1`;
    return new LightSocket(road, random, { server, path, origin: pageOrigin }, this);
  }

  #answered(bytes: Buffer, start: number, end: number): void {
    const { id, status, payload } = readReply(bytes, start, end);
    if (id >= SHOUTS_FROM) {
      const isOk = status === STATUS.ok;
      return this.#sitter.heeded(id, isOk ? payload : null, isOk ? null : toPartyError(payload));
    }
    const question = this.#questions?.get(id);
    if (question === undefined) return;
    this.#questions?.delete(id);
    question.cancel();
    if (status !== STATUS.ok) return question.reject(toPartyError(payload));
    question.resolve(payload);
    this.#sitter.answered(question.name);
  }

  #rejectQuestions(): void {
    for (const { reject, cancel } of this.#questions?.values() ?? []) {
      cancel();
      reject(new Unanswered('the connection closed first'));
    }
    this.#questions = null;
  }

  #endAfter(ms: number, code: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.clock.after(ms, () => this.#end(code));
  }

  #end(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer();
    this.#rejectQuestions();
    this.#socket.close(1000);
    this.#settle({ code, refusal: this.#refusal });
  }
}
