/**
 * What stage and section share: a room that no client can crash, whose state leaves only on its own beat, and whose
 * requests answer with coded refusals.
 */
import { type Client, ClientState, type MessageContext, Room, SchemaSerializer, CloseCode as SdkCloseCode } from '@colyseus/core';
import type { z } from 'zod';
import { PartyError, refusalOf } from '../core/errors.ts';
import { type BucketRule, fullBucket, type TokenBucket, take } from '../core/token-bucket.ts';
import { CLOSE_CODES, type CloseCode, REQUEST_ERROR_CODES, type Refusal } from '../schemas/errors.ts';
import { JOIN_ACK_TIMEOUT_MS, SEAT_RETRY_MS } from '../schemas/limits.ts';
import { completeJoin, guardFrames, readFrame, rejectRequest, stopPatchInterval } from './colyseus-private.ts';
import { FanOut } from './fan-out.ts';
import { inBackground } from './in-background.ts';
import { isOneValue } from './packed-value.ts';
import { CopyOnceSerializer } from './serializer.ts';
import type { VenueDeps } from './venue.ts';

const SWEEP_EVERY_MS = 1_000;
/** What one connection may ask, whatever it asks: far above what a page does, and less than the transport reads before it lets a socket wait. */
const FRAME_RULE: BucketRule = { capacity: 60, perS: 30 };

/** What one flush came to. */
export interface Sent {
  readonly frames: number;
  readonly bytes: number;
  /** How long encoding and handing the frames to the sockets used the event loop. */
  readonly usedMs: number;
  /** How long it was until the last of them had it, whatever else was done meanwhile. */
  readonly elapsedMs: number;
}
const NOTHING_SENT: Sent = { frames: 0, bytes: 0, usedMs: 0, elapsedMs: 0 };

export type RoomDeps = Pick<VenueDeps, 'clock' | 'log' | 'metrics'>;

/** A held seat's promise, with Colyseus's `reject`. */
interface HeldSeat {
  reject(reason: Error): void;
}

export abstract class PartyRoom<State extends object, Seat> extends Room<{ state: State; client: Client<{ userData: Seat }> }> {
  override autoDispose = false;
  protected abstract readonly deps: RoomDeps;
  protected abstract readonly kind: 'section' | 'stage';
  /** Joined, but not acknowledged yet: when to give up, by session. */
  readonly #silent = new Map<string, number>();
  readonly #held = new Map<string, { readonly seat: Seat; readonly promise: HeldSeat }>();
  readonly #buckets = new WeakMap<Client, TokenBucket>();
  #stopSweep: (() => void) | undefined;
  #fanOut: FanOut | undefined;
  #serializer: CopyOnceSerializer<never> | undefined;
  #flushing: { readonly startMs: number; readonly onSent: (sent: Sent) => void } | undefined;

  /** A copy of the clients, to walk while some of them leave. */
  protected everyone(): Client<{ userData: Seat }>[] {
    return [...this.clients];
  }

  /** The last frame is on its way: one more would wait behind it. */
  protected get isHandingOut(): boolean {
    return this.#fanOut?.isBusy ?? false;
  }

  /**
   * Sends what changed to everyone. `onSent` is told when all have it: on return, unless they are many. `isMinor`: newcomers may be sent what was
   * before and then the change, as they are for some beats of mere talk; else they never hear of what was before.
   */
  protected flush(onSent: (sent: Sent) => void, isMinor = false): void {
    const startMs = this.deps.clock.nowMs();
    this.#flushing = { startMs, onSent };
    const hadChanges = this.broadcastPatch();
    this.#flushing = undefined;
    if (!isMinor) this.#serializer?.encodeAnew();
    if (!hadChanges) onSent(NOTHING_SENT);
  }

  /** To be called first in `onCreate`. */
  protected open(): void {
    stopPatchInterval(this);
    this.#stopSweep = this.deps.clock.every(SWEEP_EVERY_MS, () => this.#sweep());
  }

  /** To be called first in `onDispose`. */
  protected shut(): void {
    this.#stopSweep?.();
  }

  override setSerializer(serializer: Parameters<Room['setSerializer']>[0]): void {
    const handOut = (patch: Uint8Array, clients: readonly Client[]) => this.#handOut(patch, clients);
    if (!(serializer instanceof SchemaSerializer)) return super.setSerializer(serializer);
    const ours = new CopyOnceSerializer<never>(handOut);
    this.#serializer = ours;
    super.setSerializer(ours);
  }

  /** Whoever is here comes back with a new ticket. */
  override onBeforeShutdown(): void {
    inBackground(this.disconnect(CLOSE_CODES.moved), this.deps.log, 'a room did not close');
  }

  /** Without this, one throwing handler would end the process. */
  override onUncaughtException(error: Error, method: string): void {
    this.deps.metrics.handlerError(`${this.kind}.${method}`);
    this.deps.log.error({ err: error, room: this.roomId, method }, 'a room method threw');
  }

  /**
   * A handler bound to its schema: whatever goes wrong in it is answered with a code, and only our own errors speak. What needs no wait, as
   * a clock's ping does not, is answered in the same breath, without a promise.
   */
  protected request<S extends z.ZodType>(
    name: string,
    schema: S,
    handle: (client: Client<{ userData: Seat }>, payload: z.output<S>) => unknown,
  ): (client: Client<{ userData: Seat }>, payload: unknown, ctx: MessageContext) => unknown {
    return (client, payload, ctx) => {
      const refuse = (error: unknown) => this.#refuse(name, client, ctx, error);
      try {
        const parsed = schema.safeParse(payload ?? {});
        if (!parsed.success) throw new PartyError('bad_payload', firstIssue(parsed.error));
        const answer = handle(client, parsed.data);
        return answer instanceof Promise ? answer.catch(refuse) : answer;
      } catch (error) {
        return refuse(error);
      }
    };
  }

  /** Starts the wait for the client's acknowledgement of its join. */
  protected expectAck(client: Client): void {
    this.#silent.set(client.sessionId, this.deps.clock.nowMs() + JOIN_ACK_TIMEOUT_MS);
  }

  /** Tells the client why, then closes; its seat is not held. */
  protected sendAway(client: Client, code: CloseCode, refusal: Refusal): void {
    client.error(code, JSON.stringify(refusal));
    this.kickClient(client.sessionId, code, refusal.code);
  }

  /** Holds the seat of a client whose network failed, and of nobody else. A page that finds its link dead closes it with 4010. */
  protected holdSeat(client: Client<{ userData: Seat }>, code = 1006): boolean {
    const isNetwork = code < 4000 || code === SdkCloseCode.MAY_TRY_RECONNECT;
    if (!isNetwork || client.userData === undefined) return false;
    const held = this.allowReconnection(client, SEAT_RETRY_MS / 1_000);
    // For a client that never acknowledged its join this is a plain promise, rejected already.
    held.catch(() => this.#held.delete(client.sessionId));
    if (!('reject' in held)) return false;
    this.#held.set(client.sessionId, { seat: client.userData, promise: held as unknown as HeldSeat });
    held.then(
      () => this.#held.delete(client.sessionId),
      () => undefined,
    );
    return true;
  }

  /** Gives up the held seats that `matches` names, so that no reconnection token brings them back. */
  protected dropHeldSeats(matches: (seat: Seat) => boolean): void {
    for (const [sessionId, { seat, promise }] of this.#held) {
      if (!matches(seat)) continue;
      this.#held.delete(sessionId);
      promise.reject(new Error('seat withdrawn'));
    }
  }

  /**
   * Every frame passes here first. What has no handler is refused or dropped, never a reason to disconnect:
   * a page of another version must not be thrown out for asking.
   */
  receiveFrame(client: Client, bytes: Uint8Array, next: () => void): void {
    try {
      const frame = readFrame(bytes);
      if (frame.kind === 'acknowledge') return completeJoin(this, client);
      if (frame.kind === 'leave') return next();
      const taken = take(this.#buckets.get(client) ?? fullBucket(FRAME_RULE, 0), FRAME_RULE, this.deps.clock.nowMs());
      this.#buckets.set(client, taken.bucket);
      // Everything that we take has an answer, so a plain message is never for us.
      if (frame.kind === 'message') return;
      if (frame.kind === 'ping') return taken.taken ? next() : undefined;
      if (!taken.taken) {
        slowDown(client);
        rejectRequest(client, frame.id, { code: 'rate_limited', message: 'Too many requests.', retryInMs: taken.retryInMs });
      } else if (!Object.hasOwn(this.messages ?? {}, frame.type)) {
        rejectRequest(client, frame.id, { code: 'unknown_request', message: 'There is no such request.' });
      } else if (frame.payloadAt < bytes.byteLength && !isOneValue(bytes, frame.payloadAt)) {
        rejectRequest(client, frame.id, { code: 'bad_payload', message: 'The payload cannot be read.' });
      } else next();
    } catch (error) {
      this.deps.metrics.handlerError(`${this.kind}.frame`);
      this.deps.log.debug({ err: error, room: this.roomId }, 'a frame could not be read');
    }
  }

  #refuse(name: string, client: Client, ctx: MessageContext, error: unknown): unknown {
    if (!(error instanceof PartyError)) {
      this.deps.metrics.handlerError(`${this.kind}.${name}`);
      this.deps.log.error({ err: error, room: this.roomId, request: name }, 'a request failed');
    }
    const refusal = requestRefusalOf(error);
    if (isHaste(refusal)) slowDown(client);
    return ctx.reject(refusal);
  }

  #handOut(patch: Uint8Array, clients: readonly Client[]): void {
    const { clock } = this.deps;
    const { startMs, onSent } = this.#flushing ?? { startMs: clock.nowMs(), onSent: () => undefined };
    const encodedMs = clock.nowMs() - startMs;
    const sent = { frames: clients.length, bytes: patch.byteLength };
    this.#fanOut ??= new FanOut(clock);
    this.#fanOut.send(patch, clients, (usedMs) =>
      onSent({ ...sent, usedMs: encodedMs + usedMs, elapsedMs: clock.nowMs() - startMs }),
    );
  }

  #sweep(): void {
    const nowMs = this.deps.clock.nowMs();
    for (const [sessionId, giveUpAtMs] of this.#silent) {
      const client = this.clients.get(sessionId);
      if (client?.state !== ClientState.JOINING) this.#silent.delete(sessionId);
      else if (nowMs >= giveUpAtMs) {
        this.sendAway(client, CLOSE_CODES.silentJoin, { code: 'unavailable', message: 'The join was never acknowledged.' });
      }
    }
  }

  protected forget(client: Client): void {
    this.#silent.delete(client.sessionId);
  }
}

/** A store that is late or away, or a room that closes, is what the catalogue of requests calls `stage_unavailable`. */
function requestRefusalOf(error: unknown): Refusal {
  const refusal = refusalOf(error);
  if (REQUEST_ERROR_CODES.some((code) => code === refusal.code)) return refusal;
  return { ...refusal, code: refusal.code === 'unavailable' ? 'stage_unavailable' : 'internal' };
}

const isHaste = ({ code }: Refusal): boolean => code === 'rate_limited' || code === 'slow_mode';

/** Whoever was told to wait and asks on is read more slowly, where the transport can. */
function slowDown(client: Client & { slowDown?(): void }): void {
  client.slowDown?.();
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'The payload does not fit.';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}

guardFrames(PartyRoom as unknown as { prototype: PartyRoom<object, unknown> }, (room, client, bytes, next) => {
  room.receiveFrame(client, bytes, next);
});
