/**
 * One WebSocket, as lean as it can be: what it keeps besides Node's own socket is this object and its reader. `ws` keeps a
 * stream, a sender, three event emitters and the request that it began with. What Colyseus asks of a client's `ref` is here,
 * under the names that it uses.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import type { SharedBytes } from '../../rooms/shared-bytes.ts';
import { inTurns } from '../../rooms/turns.ts';
import { FrameReader, type FrameSink } from './frame-reader.ts';
import { ABNORMAL, binaryFrame, closeFrame, frame, NO_CODE, OPCODE } from './frames.ts';
import { quickWrite, type Writer } from './quick-write.ts';
import { BUFFERED_MAX_BYTES } from './slow-readers.ts';

/** What all sockets of a transport share. */
export interface SocketOwner {
  /** The largest message that is taken. */
  readonly maxBytes: number;
  readonly clock: Clock;
  onClosed(socket: PartySocket): void;
  /** Bytes wait to be taken by the kernel. */
  onWaiting(socket: PartySocket): void;
  onError(error: Error): void;
}

const STATE = { open: 1, closing: 2, closed: 3 } as const;
const OWNER = Symbol('party socket');
const NOTHING = Buffer.alloc(0);
/** How many frames of one socket are read at once, more than a page sends together as a rule; what is beyond comes as its turn does. */
export const FRAMES_PER_TURN = 4;
/** Sockets that had more to say and go on in the same turn of the event loop: a millisecond of work or two. */
const SOCKETS_PER_TURN = 8;
/**
 * How many frames of one socket are read as fast as turns come, and in each period when there were that many: more than any
 * page sends. Nobody is refused by it. What is beyond waits unread, and in the end with whoever sends it.
 */
export const BURST_FRAMES = 80;
const FRAMES_PER_PERIOD = 1;
const PERIOD_MS = 200;
/** A request too many counts as this many frames more: of a flood, hardly more is read than is granted. */
const HASTE_FRAMES = 11;
/** Less than a line's pace of two seconds until the next is read: a flood gets what anybody may have. */
const HASTE_DEBT_FRAMES = 3;
const PERIOD_MASK = 0x3fffffff;
/** Pings of somebody who is this far behind are not answered: each answer would cost memory, and prove nothing. */
const BEHIND_MAX_BYTES_FOR_PONG = 16 * 1_024;

type CloseListener = (code: number) => void;
type MessageListener = (bytes: Buffer) => void;
interface OwnedSocket extends Socket {
  [OWNER]: PartySocket;
}

export class PartySocket implements FrameSink, Writer {
  readonly OPEN = STATE.open;
  readyState: number = STATE.open;
  /** Colyseus keeps its own listener here. */
  onleave: unknown = undefined;
  /** The heartbeat's, see `Pulse`. */
  turn = 0;
  unheardTurns = 1;
  wasTold = false;
  unanswered = 0;
  readonly #socket: OwnedSocket;
  readonly #owner: SocketOwner;
  readonly #reader: FrameReader;
  #onMessage: MessageListener | undefined;
  #onClose: CloseListener | undefined;
  #closeCode = ABNORMAL;
  /** The last ping of this reading: it alone is answered, as RFC 6455 (5.5.3) allows. */
  #ping: Buffer | undefined;
  /** Written past the stream, and not taken by the kernel yet. */
  #waiting = 0;
  #period = 0;
  #framesLeft = BURST_FRAMES;
  #haste = 0;
  /** What came is not read to its end yet. */
  #hasMore = false;
  /** The other end sends no more, behind what is not read yet. */
  #isEnded = false;

  /** `socket`: upgraded already. `head`: what came right behind the request. */
  constructor(socket: Socket, head: Buffer, owner: SocketOwner) {
    this.#socket = socket as OwnedSocket;
    this.#socket[OWNER] = this;
    this.#owner = owner;
    this.#reader = new FrameReader(owner.maxBytes);
    socket.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onError);
    if (head.length > 0) this.receive(head);
  }

  /** Bytes that the kernel has not taken yet. */
  get bufferedAmount(): number {
    return this.#socket.writableLength + this.#waiting;
  }

  /** `done` runs when the bytes are with the kernel, or nobody is there to take them. */
  send(bytes: Uint8Array | SharedBytes, done?: () => void): void {
    if (this.readyState !== STATE.open) return done?.();
    this.wasTold = true;
    const frame = binaryFrame(bytes);
    const waiting = done === undefined ? quickWrite(this.#socket, frame, this) : undefined;
    if (waiting === undefined) return this.#write(frame, done);
    if (waiting === 0) return;
    this.#waiting += waiting;
    this.#owner.onWaiting(this);
  }

  taken(bytes: number): void {
    this.#waiting -= bytes;
  }

  /** A request was refused because it came too early: what follows is read more slowly. */
  slowDown(): void {
    this.#haste += HASTE_FRAMES;
  }

  ping(): void {
    if (this.readyState === STATE.open) this.#write(PING);
  }

  /** Says goodbye; the connection ends when the other end has said so too. */
  close(code?: number, reason?: string): void {
    if (this.#beginToClose()) this.#write(closeFrame(code, reason));
  }

  /** Ends at once, without a goodbye. */
  terminate(): void {
    if (this.readyState === STATE.closed) return;
    this.readyState = STATE.closing;
    this.#socket.destroy();
  }

  on(event: 'message', listener: MessageListener): this {
    this.#onMessage = event === 'message' ? listener : this.#onMessage;
    return this;
  }

  once(event: 'close', listener: CloseListener): this {
    this.#onClose = event === 'close' ? listener : this.#onClose;
    return this;
  }

  removeListener(event: 'close', listener: CloseListener): this {
    if (event === 'close' && this.#onClose === listener) this.#onClose = undefined;
    return this;
  }

  removeAllListeners(event: 'message'): this {
    if (event === 'message') this.#onMessage = undefined;
    return this;
  }

  receive(chunk: Buffer): void {
    if (this.#read(chunk)) return;
    this.#hasMore = true;
    this.#socket.pause();
    this.#expectMore();
  }

  takeMessage(bytes: Buffer): void {
    // Who was said goodbye to is not kept by talking on.
    if (this.readyState !== STATE.open) return;
    this.unheardTurns = 0;
    this.unanswered = 0;
    this.#onMessage?.(bytes);
  }

  takePing(bytes: Buffer): void {
    this.#ping = bytes;
  }

  takePong(): void {
    if (this.readyState !== STATE.open) return;
    this.unheardTurns = 1;
    this.unanswered = 0;
  }

  takeClose(code: number): void {
    this.#closeCode = code;
    this.#leave(code === NO_CODE ? undefined : code);
  }

  takeViolation(closeCode: number): void {
    this.#leave(closeCode);
  }

  /** The other end will send no more. What came before is heard first, unless it is too much to be heard soon. */
  ended(): void {
    this.#isEnded = true;
    if (this.#hasMore && !this.#isToWait()) return;
    this.#beginToClose();
    this.#socket.end();
  }

  failed(error: Error): void {
    this.#owner.onError(error);
  }

  closed(): void {
    this.readyState = STATE.closed;
    this.#owner.onClosed(this);
    const listener = this.#onClose;
    this.#onClose = undefined;
    listener?.(this.#closeCode);
  }

  /** Answers a goodbye, unless ours was first, and sends no more. */
  #leave(code: number | undefined): void {
    if (this.#beginToClose()) this.#write(closeFrame(code));
    this.#socket.end();
  }

  /** False: it was begun before. From here on nothing that is heard puts off the heartbeat, which ends whoever does not go. */
  #beginToClose(): boolean {
    if (this.readyState !== STATE.open) return false;
    this.readyState = STATE.closing;
    this.unheardTurns = 1;
    this.unanswered ||= 1;
    return true;
  }

  #write(bytes: Uint8Array, done?: () => void): void {
    this.#socket.write(bytes, done);
    if (this.#socket.writableLength > 0) this.#owner.onWaiting(this);
  }

  #answerPing(bytes: Buffer): void {
    this.#ping = undefined;
    if (this.readyState !== STATE.open || this.bufferedAmount > BEHIND_MAX_BYTES_FOR_PONG) return;
    this.#write(frame(OPCODE.pong, bytes));
  }

  /** False: there may be more, which waits for its turn, or is to wait: who sends this much, or does not take what we answer. Nobody else does. */
  #read(chunk: Buffer): boolean {
    // A small integer, which costs no memory of its own.
    const period = (this.#owner.clock.nowMs() / PERIOD_MS) & PERIOD_MASK;
    const more = ((period - this.#period) & PERIOD_MASK) * FRAMES_PER_PERIOD;
    const allowed = Math.min(BURST_FRAMES, this.#framesLeft + more);
    this.#period = period;
    const turn = Math.max(0, Math.min(FRAMES_PER_TURN, allowed));
    const unused = this.#reader.read(chunk, this, turn);
    this.#framesLeft = Math.max(-HASTE_DEBT_FRAMES, allowed - (turn - unused) - this.#haste);
    this.#haste = 0;
    if (this.#ping !== undefined && (unused > 0 || this.#isToWait())) this.#answerPing(this.#ping);
    return unused > 0 && !this.#isToWait();
  }

  #isToWait(): boolean {
    return this.#framesLeft <= 0 || this.bufferedAmount > BUFFERED_MAX_BYTES;
  }

  #expectMore(): void {
    const { clock } = this.#owner;
    if (!this.#isToWait()) inTurns(clock, [this], SOCKETS_PER_TURN, readOn);
    else if (this.#isEnded) this.ended();
    else clock.after(PERIOD_MS, () => this.readOn());
  }

  /** Its turn has come. */
  readOn(): void {
    if (this.readyState === STATE.closed) return;
    if (this.bufferedAmount > BUFFERED_MAX_BYTES || !this.#read(NOTHING)) return this.#expectMore();
    this.#hasMore = false;
    this.#socket.resume();
    if (this.#isEnded) this.ended();
  }
}

const readOn = (socket: PartySocket): void => socket.readOn();

const PING = frame(OPCODE.ping, NOTHING);

/** One function each for all sockets: a closure would cost every one of them memory. */
function onData(this: Socket, chunk: Buffer): void {
  (this as OwnedSocket)[OWNER].receive(chunk);
}
function onEnd(this: Socket): void {
  (this as OwnedSocket)[OWNER].ended();
}
function onClose(this: Socket): void {
  (this as OwnedSocket)[OWNER].closed();
}
function onError(this: Socket, error: Error): void {
  (this as OwnedSocket)[OWNER].failed(error);
}
