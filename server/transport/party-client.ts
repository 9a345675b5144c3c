/**
 * Colyseus's client over our socket. All that Colyseus ever adds to it is here from the start and nothing is deleted (see
 * `completeJoin`): V8 then keeps the object compact, where the stock client turns into a dictionary.
 */
import {
  type Client,
  ClientState,
  type connectClientToRoom,
  enqueueClientRaw,
  getMessageBytes,
  type ISendOptions,
  Protocol,
} from '@colyseus/core';
import type { FollowersSent } from '../../rooms/shared-bytes.ts';
import type { PartySocket } from './party-socket.ts';

/** With what a room keeps to itself. */
type RoomClient = Parameters<typeof connectClientToRoom>[1];

export class PartyClient implements FollowersSent {
  declare '~messages': Client['~messages'];
  ref: PartySocket;
  readonly id: string;
  sessionId: string;
  state: ClientState = ClientState.JOINING;
  reconnectionToken = '';
  auth: unknown = undefined;
  userData: unknown = undefined;
  view: Client['view'] = undefined;
  _pendingFrameClients: unknown = undefined;
  _pendingFrames: unknown = undefined;
  _numMessagesLastSecond = 0;
  _messageCountResetsAt = 0;
  _lastMessageTime = 0;
  _joinedAt = 0;
  _enqueuedMessages: Uint8Array[] | undefined = [];

  constructor(sessionId: string, ref: PartySocket) {
    this.sessionId = sessionId;
    this.id = sessionId;
    this.ref = ref;
  }

  get sendsFollowers(): true {
    return true;
  }

  get readyState(): number {
    return this.ref.readyState;
  }

  raw(bytes: Uint8Array, _options?: ISendOptions, done?: () => void): void {
    this.ref.send(bytes, done);
  }

  enqueueRaw(bytes: Uint8Array, options?: ISendOptions): void {
    enqueueClientRaw(this.asClient(), bytes, options);
  }

  send(type: string | number, message?: unknown, options?: ISendOptions): void {
    this.enqueueRaw(getMessageBytes.raw(Protocol.ROOM_DATA, type, message), options);
  }

  sendBytes(type: string | number, bytes: Uint8Array, options?: ISendOptions): void {
    this.enqueueRaw(getMessageBytes.raw(Protocol.ROOM_DATA_BYTES, type, undefined, bytes), options);
  }

  error(code: number, message = '', done?: () => void): void {
    this.raw(getMessageBytes[Protocol.ERROR](code, message), undefined, done);
  }

  slowDown(): void {
    this.ref.slowDown();
  }

  leave(code?: number, reason?: string): void {
    this.ref.close(code, reason);
  }

  toJSON(): object {
    return { sessionId: this.sessionId, readyState: this.readyState };
  }

  /** Colyseus types `ref` as Node's whole event emitter; it uses the four methods that ours has. */
  asClient(): RoomClient {
    return this as unknown as RoomClient;
  }
}
