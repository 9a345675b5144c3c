/** A WebSocket without the platform's: the upgrade by hand, frames out of one shared buffer, no object per frame. */
import { type FrameReader, FramingError, maskedFrame, OPCODE, readFrames } from './frames.ts';
import { endpointOf, type Road } from './road.ts';
import type { Reader, Wire } from './sockets.ts';

/** What a light socket tells its owner. */
export interface SocketOwner {
  opened(): void;
  /** A message; the bytes are lent. */
  message(bytes: Buffer, start: number, end: number): void;
  /** Once, with the close code: 1006 when nobody said one. */
  closed(code: number, reason: string): void;
}

const ABNORMAL = 1006;
const NO_STATUS = 1005;
const PROTOCOL_ERROR = 1002;
/** The handshake's answer depends on it alone, and proves nothing to us. */
const KEY = 'ZnJvbnQgcm93IGNyb3dkIQ==';
const HEAD_MAX_BYTES = 8_192;

export class LightSocket implements Reader {
  readonly #owner: SocketOwner;
  readonly #random: () => number;
  readonly #wire: Wire;
  /** While a message is begun that did not come whole. */
  #frames: FrameReader | null = null;
  /** The upgrade's answer so far; null once it is whole. */
  #head: string | null = '';
  #closeCode = ABNORMAL;
  #closeReason = '';
  #isOver = false;

  /** `path`: with its query. `origin`: of the page. */
  constructor(road: Road, random: () => number, at: { server: string; path: string; origin: string }, owner: SocketOwner) {
    this.#owner = owner;
    this.#random = random;
    const { hostname, port } = endpointOf(at.server);
    this.#wire = road.connect(hostname, port, this);
    const head =
      `GET ${at.path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n` +
      `sec-websocket-version: 13\r\nsec-websocket-key: ${KEY}\r\norigin: ${at.origin}\r\n\r\n`;
    this.#wire.write(Buffer.from(head, 'latin1'));
  }

  get isOpen(): boolean {
    return this.#head === null && !this.#isOver;
  }

  send(message: Uint8Array): void {
    this.#write(OPCODE.binary, message);
  }

  /** Frames that are made already. */
  sendFrames(frames: Uint8Array): void {
    if (!this.#isOver) this.#wire.write(frames);
  }

  /** Says goodbye with `code` and is over: what comes after is not heard. */
  close(code: number): void {
    if (this.#isOver) return;
    if (this.#head === null) {
      const payload = Buffer.allocUnsafe(2);
      payload.writeUInt16BE(code, 0);
      this.#write(OPCODE.close, payload);
      this.#wire.end();
    } else this.#wire.destroy();
    this.#finish(code, '');
  }

  /** The network goes: no goodbye. */
  cut(): void {
    this.#wire.destroy();
    this.#finish(ABNORMAL, '');
  }

  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  read(bytes: Buffer, length: number): void {
    if (this.#isOver) return;
    try {
      const from = this.#head === null ? 0 : this.#upgraded(bytes, length);
      this.#frames = readFrames(this.#frames, bytes, from, length, this);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.close(PROTOCOL_ERROR);
    }
  }

  ended(): void {
    this.#finish(this.#closeCode, this.#closeReason);
  }

  frame(opcode: number, bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return;
    switch (opcode) {
      case OPCODE.binary:
      case OPCODE.text:
        return this.#owner.message(bytes, start, end);
      case OPCODE.ping:
        return this.#write(OPCODE.pong, bytes.subarray(start, end));
      case OPCODE.close: {
        this.#closeCode = end - start >= 2 ? bytes.readUInt16BE(start) : NO_STATUS;
        this.#closeReason = bytes.toString('utf8', Math.min(start + 2, end), end);
        this.#write(OPCODE.close, bytes.subarray(start, Math.min(start + 2, end)));
        this.#wire.end();
        return this.#finish(this.#closeCode, this.#closeReason);
      }
    }
  }

  /** Reads the server's answer; returns where frames begin. */
  #upgraded(bytes: Buffer, length: number): number {
    const before = this.#head as string;
    const head = before + bytes.toString('latin1', 0, length);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0 && head.length < HEAD_MAX_BYTES) {
      this.#head = head;
      return length;
    }
    if (end < 0 || !head.startsWith('HTTP/1.1 101 ')) {
      this.cut();
      return length;
    }
    this.#head = null;
    this.#owner.opened();
    return end + 4 - before.length;
  }

  #write(opcode: number, payload: Uint8Array): void {
    if (this.#isOver) return;
    this.#wire.write(maskedFrame(opcode, payload, this.#random() * 0x1_0000_0000));
  }

  #finish(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.closed(code, reason);
  }
}
