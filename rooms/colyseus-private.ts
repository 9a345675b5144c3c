/**
 * The one file that touches Colyseus's private members. Each is pinned by `colyseus-private.room.test.ts`, which fails
 * when Colyseus changes it. Read in core 0.18.17.
 */
import { type Client, ClientState, getMessageBytes, matchMaker, Protocol, ResponseStatus, Room } from '@colyseus/core';
import { decode } from '@colyseus/schema';
import type { Refusal } from '../schemas/errors.ts';
import { SharedBytes } from './shared-bytes.ts';

/** Low bits of a frame's first byte; the rest are modifiers (`PROTOCOL_CODE_MASK` in shared-types, not exported by core). */
const FRAME_CODE_MASK = 0x1f;
/** The longest delay `setInterval` takes. A `null` patch rate would instead tick each room's clock every 16 ms. */
const NEVER_MS = 2_147_483_647;

/** What a client's frame asks for. */
export type Frame =
  /** `payloadAt`: where the packed payload begins; the frame's end when there is none. */
  | { readonly kind: 'request'; readonly id: number; readonly type: string; readonly payloadAt: number }
  /** The client has what it needs to take the state: once in a connection's life. */
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'ping' }
  /** Fire and forget, or inputs: nothing here takes them. */
  | { readonly kind: 'message' };

/** Reads a frame's head. Throws on bytes that are not a frame. */
export function readFrame(bytes: Uint8Array): Frame {
  const code = (bytes[0] ?? 0) & FRAME_CODE_MASK;
  if (code === Protocol.JOIN_ROOM) return { kind: 'acknowledge' };
  if (code === Protocol.LEAVE_ROOM) return { kind: 'leave' };
  if (code === Protocol.PING) return { kind: 'ping' };
  if (code !== Protocol.ROOM_REQUEST) return { kind: 'message' };
  const it = { offset: 1 };
  const id = decode.number(bytes, it);
  const named = decode.stringCheck(bytes, it) ? nameAt(bytes, it.offset) : undefined;
  return { kind: 'request', id, type: named?.name ?? '', payloadAt: named?.end ?? bytes.byteLength };
}

/** Ours are short and ASCII; `decode.string` would tell the console of every byte that is not UTF-8. */
function nameAt(bytes: Uint8Array, at: number): { readonly name: string; readonly end: number } | undefined {
  const head = bytes[at] ?? 0;
  const [start, length] = head === 0xd9 ? [at + 2, bytes[at + 1] ?? 0] : [at + 1, head & 0x1f];
  const end = start + length;
  if ((head >= 0xc0 && head !== 0xd9) || end > bytes.byteLength) return undefined;
  return { name: String.fromCharCode(...bytes.subarray(start, end)), end };
}

/**
 * Puts `guard` before Colyseus's own dispatch of a room class: it sees every frame first and passes it on with `next`.
 * Colyseus disconnects for unknown types and for payloads that do not unpack; a throw there would end the process.
 */
export function guardFrames<R extends Room>(
  roomClass: { readonly prototype: R },
  guard: (room: R, client: Client, bytes: Uint8Array, next: () => void) => void,
): void {
  const stock = Room.prototype['_onMessage'] as (this: Room, client: Client, bytes: Uint8Array) => void;
  Object.defineProperty(roomClass.prototype, '_onMessage', {
    configurable: true,
    value(this: R, client: Client, bytes: Uint8Array) {
      guard(this, client, bytes, () => stock.call(this, client, bytes));
    },
  });
}

/**
 * What Colyseus does when a client acknowledges its join: state, then what was sent meanwhile. Colyseus ends it with a `delete`,
 * which turns the client's object into a dictionary of a whole KB.
 */
export function completeJoin(room: Room, joining: Client): void {
  const client: Client & { _joinedAt?: number; _enqueuedMessages?: readonly Uint8Array[] | undefined } = joining;
  if (client.state !== ClientState.JOINING) return;
  client.state = ClientState.JOINED;
  client['_joinedAt'] = room.clock.elapsedTime;
  const whole = room['_serializer'].getFullState(client as Parameters<Room['sendFullState']>[0]);
  client.raw(whole);
  if (whole instanceof SharedBytes && !('sendsFollowers' in client)) for (const bytes of whole.followers ?? []) client.raw(bytes);
  for (const bytes of client['_enqueuedMessages'] ?? []) client.raw(bytes);
  client['_enqueuedMessages'] = undefined;
}

/** Answers a request that Colyseus would not hand to a handler. */
export function rejectRequest(client: Client, requestId: number, refusal: Refusal): void {
  client.enqueueRaw(getMessageBytes[Protocol.ROOM_RESPONSE](requestId, ResponseStatus.REJECTED, refusal));
}

/** Turns Colyseus's patch interval off: the room's own beat calls `broadcastPatch`. */
export function stopPatchInterval(room: Room): void {
  room.patchRate = NEVER_MS;
}

/**
 * Gives up a seat that was reserved and never sat on. Reserving the same session again without this leaves the first
 * reservation's timer running, which then takes the second one away.
 */
export function releaseReservation(room: Room, sessionId: string, onError: (error: unknown) => void): boolean {
  const seat = reservations(room)[sessionId];
  if (seat === undefined || seat[2] === true || seat[3] === true) return false;
  clearTimeout(room['_reservedSeatTimeouts'][sessionId]);
  delete room['_reservedSeatTimeouts'][sessionId];
  delete room['_reservedSeats'][sessionId];
  void Promise.resolve(matchMaker.driver.update(room['_listing'], { $inc: { clients: -1 } })).catch(onError);
  return true;
}

/**
 * Reserves a seat for whom the transport has judged and connects in the same breath. What `matchMaker.reserveSeatFor` does for a seat
 * of this process, without its copy of everything by JSON and the timer that would be taken back at once. False: the room is
 * full or closes, or somebody is just sitting down on that ticket.
 */
export function reserveAtOnce(room: Room, claims: { readonly sessionId: string }, onError: (error: unknown) => void): boolean {
  const { sessionId } = claims;
  if (room.hasReservedSeat(sessionId)) return true;
  if (reservations(room)[sessionId] !== undefined || room.hasReachedMaxClients()) return false;
  room['_reservedSeats'][sessionId] = [{}, claims, false, false];
  void Promise.resolve(matchMaker.driver.update(room['_listing'], { $inc: { clients: 1 } })).catch(onError);
  return true;
}

/** By session: join options, auth, whether it was sat on, whether it is held for a reconnection. */
type Reservations = Record<string, readonly [options: unknown, auth: unknown, consumed?: boolean, held?: boolean]>;

function reservations(room: Room): Reservations {
  return room['_reservedSeats'] as Reservations;
}

/** Reserved seats that nobody sits on yet, reconnections aside: what was sealed in their tickets, by session. */
export function pendingReservations(room: Room): ReadonlyMap<string, unknown> {
  const pending = new Map<string, unknown>();
  for (const [sessionId, seat] of Object.entries(reservations(room))) {
    if (seat[2] !== true && seat[3] !== true) pending.set(sessionId, seat[1]);
  }
  return pending;
}

/** Makes the stock matchmaking routes refuse everything: seats come from the doors alone. */
export function closeStockMatchmaking(): void {
  matchMaker.controller.exposedMethods = [];
}

/** Where `@pm2/io` looks whether it has begun already. */
const PM2_IO = Symbol.for('@pm2/io');

/**
 * To be called before `matchMaker.setup`, which imports `@pm2/io` when it is installed, to hand it two counts. Its import alone patches
 * the HTTP server and starts timers that walk over every open socket each second: 20 ms of each second, and 5 µs a fan. Nobody
 * here reads what it measures.
 */
export function keepPm2IoQuiet(): void {
  Object.defineProperty(globalThis, PM2_IO, { configurable: true, writable: true, value: { metric: () => undefined } });
}
