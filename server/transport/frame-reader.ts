/** RFC 6455 frames as a server reads them, however the network cut them. Keeps nothing between frames that came whole. */
import { isCloseCode, NO_CODE, OPCODE, PROTOCOL_ERROR, TOO_BIG } from './frames.ts';

/** What the frames come to. Bytes are views of what the network delivered: to be used at once. */
export interface FrameSink {
  takeMessage(bytes: Buffer): void;
  takePing(bytes: Buffer): void;
  takePong(): void;
  takeClose(code: number): void;
  /** What came is no WebSocket, or too long; nothing more is read. */
  takeViolation(closeCode: number): void;
}

const FINAL = 0x80;
const RESERVED = 0x70;
const MASKED = 0x80;
const MASK_BYTES = 4;
const CONTROL_MAX_BYTES = 125;

export class FrameReader {
  readonly #maxBytes: number;
  /** What was not read yet, in a buffer of our own. */
  #rest: Buffer | undefined;
  /** A message that comes in several frames, in one buffer: a thousand frames of a byte cost no more than one of a thousand. */
  #parts: { readonly into: Buffer; bytes: number } | undefined;
  #isOver = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes up to `framesMax` frames and keeps the rest. How many more it would have taken: with 0, read again later. */
  read(chunk: Buffer, sink: FrameSink, framesMax: number): number {
    const rest = this.#rest;
    this.#rest = undefined;
    const bytes = rest === undefined ? chunk : chunk.length === 0 ? rest : Buffer.concat([rest, chunk]);
    let at = 0;
    let framesLeft = framesMax;
    while (!this.#isOver && framesLeft > 0) {
      const end = this.#frame(bytes, at, sink);
      if (end === undefined) break;
      at = end;
      framesLeft--;
    }
    // Whatever comes behind the end is no work.
    if (this.#isOver) return framesMax;
    if (at < bytes.length) this.#rest = keep(bytes, at, rest !== undefined);
    return framesLeft;
  }

  /** Where the frame at `at` ends; undefined when it has not come whole. */
  #frame(bytes: Buffer, at: number, sink: FrameSink): number | undefined {
    const [first, second] = [bytes[at], bytes[at + 1]];
    if (first === undefined || second === undefined) return undefined;
    const opcode = first & 0x0f;
    const isFinal = (first & FINAL) !== 0;
    const isControl = opcode >= OPCODE.close;
    let length = second & 0x7f;
    let start = at + 2;
    const isKnown = opcode <= OPCODE.binary || (isControl && opcode <= OPCODE.pong);
    const isInOrder = isControl || (opcode === OPCODE.continuation) === (this.#parts !== undefined);
    if ((first & RESERVED) !== 0 || (second & MASKED) === 0 || !isKnown || !isInOrder)
      return this.#violation(sink, PROTOCOL_ERROR);
    if (isControl && (!isFinal || length > CONTROL_MAX_BYTES)) return this.#violation(sink, PROTOCOL_ERROR);
    if (length === 126) {
      if (bytes.length < start + 2) return undefined;
      length = bytes.readUInt16BE(start);
      start += 2;
    } else if (length === 127) {
      if (bytes.length < start + 8) return undefined;
      length = bytes.readUInt32BE(start) * 2 ** 32 + bytes.readUInt32BE(start + 4);
      start += 8;
    }
    // Said before the rest is waited for: nobody makes us keep what we will not take.
    if (!isControl && (this.#parts?.bytes ?? 0) + length > this.#maxBytes) return this.#violation(sink, TOO_BIG);
    const end = start + MASK_BYTES + length;
    if (bytes.length < end) return undefined;
    const payload = unmask(bytes, start, end);
    if (isControl) this.#control(opcode, payload, sink);
    else this.#data(payload, isFinal, sink);
    return end;
  }

  #control(opcode: number, payload: Buffer, sink: FrameSink): void {
    if (opcode === OPCODE.ping) return sink.takePing(payload);
    if (opcode === OPCODE.pong) return sink.takePong();
    this.#isOver = true;
    const code = payload.length === 0 ? NO_CODE : payload.length === 1 ? PROTOCOL_ERROR : payload.readUInt16BE(0);
    if (payload.length > 0 && (payload.length === 1 || !isCloseCode(code))) return sink.takeViolation(PROTOCOL_ERROR);
    sink.takeClose(code);
  }

  #data(payload: Buffer, isFinal: boolean, sink: FrameSink): void {
    if (this.#parts === undefined && isFinal) return sink.takeMessage(payload);
    this.#parts ??= { into: Buffer.allocUnsafeSlow(this.#maxBytes), bytes: 0 };
    const { into } = this.#parts;
    this.#parts.bytes += payload.copy(into, this.#parts.bytes);
    if (!isFinal) return;
    const whole = into.subarray(0, this.#parts.bytes);
    this.#parts = undefined;
    sink.takeMessage(whole);
  }

  #violation(sink: FrameSink, closeCode: number): undefined {
    this.#isOver = true;
    this.#parts = undefined;
    sink.takeViolation(closeCode);
  }
}

/**
 * A view would keep all that came before it alive, so what is left is copied; but not over and over for whoever is read a frame at a time:
 * a view of our own buffer is good until it is less than half of that.
 */
function keep(bytes: Buffer, at: number, isOurs: boolean): Buffer {
  const left = bytes.subarray(at);
  return isOurs && left.length > bytes.length / 2 ? left : Buffer.from(left);
}

/** In place: nobody else looks at what the network delivered. */
function unmask(bytes: Buffer, maskAt: number, end: number): Buffer {
  const start = maskAt + MASK_BYTES;
  for (let at = start; at < end; at++) bytes[at] = (bytes[at] as number) ^ (bytes[maskAt + ((at - start) & 3)] as number);
  return bytes.subarray(start, end);
}
