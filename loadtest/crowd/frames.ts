/** WebSocket frames (RFC 6455) as a client writes and reads them, without extensions. */

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The other end broke the protocol: the connection is of no more use. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

const FIN = 0x80;
const MASKED = 0x80;
const RESERVED_BITS = 0x70;
const OPCODE_BITS = 0x0f;
const LENGTH_BITS = 0x7f;
const CONTROL_MAX_BYTES = 125;
/** Far above any state; a length beyond it is a broken frame. */
const FRAME_MAX_BYTES = 16 * 1_024 * 1_024;
const HEAD_MAX_BYTES = 10;

/** One whole frame. `mask`: 32 random bits. */
export function maskedFrame(opcode: number, payload: Uint8Array, mask: number): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const from = 2 + extended + 4;
  const frame = Buffer.allocUnsafe(from + length);
  frame[0] = FIN | opcode;
  frame[1] = MASKED | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.writeInt32BE(mask | 0, from - 4);
  for (let i = 0; i < length; i++) frame[from + i] = (payload[i] as number) ^ (frame[from - 4 + (i & 3)] as number);
  return frame;
}

/** Takes what a reader found. The bytes are `bytes[start … end − 1]`, and lent: they change after the call. */
export interface FrameSink {
  frame(opcode: number, bytes: Buffer, start: number, end: number): void;
}

/**
 * Delivers the messages of a chunk that continues what `reader` remembers; returns who remembers then, null while nothing is begun. Nearly every chunk
 * is whole messages, which need nobody to remember. Throws `FramingError`.
 */
export function readFrames(
  reader: FrameReader | null,
  chunk: Buffer,
  from: number,
  to: number,
  sink: FrameSink,
): FrameReader | null {
  const at = reader === null ? deliverWhole(chunk, from, to, sink) : from;
  if (at === to) return reader;
  const remembers = reader ?? new FrameReader();
  remembers.feed(chunk, at, to, sink);
  return remembers.isAtRest ? null : remembers;
}

/** Delivers the messages at the beginning that lie in the chunk whole, in one frame each; returns where it stopped. */
function deliverWhole(chunk: Buffer, from: number, to: number, sink: FrameSink): number {
  let at = from;
  while (at < to) {
    const total = frameBytes(chunk, at, to);
    const head = chunk[at] as number;
    if (total === 0 || total > to - at || (head & FIN) === 0 || (head & OPCODE_BITS) === OPCODE.continuation) return at;
    sink.frame(head & OPCODE_BITS, chunk, at + headBytes(chunk, at), at + total);
    at += total;
  }
  return at;
}

/** Cuts a stream of bytes into messages, however it is chunked. A message that lies whole in a chunk is not copied. */
export class FrameReader {
  /** The beginning of a frame whose rest is still to come. */
  #carry: Buffer | null = null;
  #carried = 0;
  /** The frames so far of a message that comes in several. */
  #parts: Buffer[] | null = null;
  #partsOpcode = 0;

  /** Nothing is begun: another reader would do as well. */
  get isAtRest(): boolean {
    return this.#carry === null && this.#parts === null;
  }

  /** Throws `FramingError`. */
  feed(chunk: Buffer, from: number, to: number, sink: FrameSink): void {
    let at = from;
    if (this.#carry !== null) at = this.#resume(chunk, at, to, sink);
    while (at < to) {
      const total = frameBytes(chunk, at, to);
      if (total === 0 || total > to - at) {
        this.#keep(chunk, at, to, total);
        return;
      }
      this.#deliver(chunk, at, total, sink);
      at += total;
    }
  }

  /** Completes the carried frame as far as `chunk` allows; returns where the chunk goes on. */
  #resume(chunk: Buffer, from: number, to: number, sink: FrameSink): number {
    let at = from;
    let total = 0;
    while (this.#carry !== null) {
      total = frameBytes(this.#carry, 0, this.#carried);
      const wanted = total === 0 ? this.#carried + 1 : total;
      if (wanted > this.#carry.length) {
        const larger = Buffer.allocUnsafe(wanted);
        this.#carry.copy(larger, 0, 0, this.#carried);
        this.#carry = larger;
      }
      const taken = Math.min(wanted - this.#carried, to - at);
      chunk.copy(this.#carry, this.#carried, at, at + taken);
      this.#carried += taken;
      at += taken;
      if (total > 0 && this.#carried === total) {
        const whole = this.#carry;
        this.#carry = null;
        this.#deliver(whole, 0, total, sink);
      } else if (taken === 0) return at;
    }
    return at;
  }

  #keep(chunk: Buffer, from: number, to: number, total: number): void {
    this.#carry = Buffer.allocUnsafe(Math.max(total, HEAD_MAX_BYTES));
    this.#carried = chunk.copy(this.#carry, 0, from, to);
  }

  #deliver(bytes: Buffer, at: number, total: number, sink: FrameSink): void {
    const head = bytes[at] as number;
    const opcode = head & OPCODE_BITS;
    const start = at + headBytes(bytes, at);
    const end = at + total;
    if (opcode >= OPCODE.close) return sink.frame(opcode, bytes, start, end);
    const isLast = (head & FIN) !== 0;
    if ((opcode === OPCODE.continuation) !== (this.#parts !== null)) throw new FramingError('a message within a message');
    if (isLast && this.#parts === null) return sink.frame(opcode, bytes, start, end);
    if (this.#parts === null) {
      this.#parts = [];
      this.#partsOpcode = opcode;
    }
    this.#parts.push(Buffer.from(bytes.subarray(start, end)));
    if (!isLast) return;
    const message = Buffer.concat(this.#parts);
    this.#parts = null;
    sink.frame(this.#partsOpcode, message, 0, message.length);
  }
}

function headBytes(bytes: Buffer, at: number): number {
  const length = (bytes[at + 1] as number) & LENGTH_BITS;
  return length < 126 ? 2 : length === 126 ? 4 : 10;
}

/** The frame's whole length, head included; 0 while that cannot be told yet. */
function frameBytes(bytes: Buffer, at: number, to: number): number {
  if (to - at < 2) return 0;
  const [head, second] = [bytes[at] as number, bytes[at + 1] as number];
  const opcode = head & OPCODE_BITS;
  const isControl = opcode >= OPCODE.close;
  if ((head & RESERVED_BITS) !== 0 || (second & MASKED) !== 0) throw new FramingError('a frame with bits of no meaning');
  if ((opcode > OPCODE.binary && !isControl) || opcode > OPCODE.pong) throw new FramingError(`opcode ${opcode}`);
  const length = second & LENGTH_BITS;
  if (isControl && (length > CONTROL_MAX_BYTES || (head & FIN) === 0)) throw new FramingError('a control frame in parts');
  if (length < 126) return 2 + length;
  if (length === 126) return to - at < 4 ? 0 : 4 + bytes.readUInt16BE(at + 2);
  if (to - at < HEAD_MAX_BYTES) return 0;
  const long = bytes.readBigUInt64BE(at + 2);
  if (long > FRAME_MAX_BYTES) throw new FramingError(`a frame of ${long} bytes`);
  return HEAD_MAX_BYTES + Number(long);
}
