/**
 * What somebody shouts, line after line: frames that are made once and counted on in place. A thousand fans with a hundred lines a second each
 * would else cost the generator more than they cost the house, which shares its cores.
 */
import { maskedFrame, OPCODE } from './frames.ts';
import { type Payload, requestFrame } from './wire.ts';

/** Requests from this number on are shouts: seven digits, which they stay. */
export const SHOUTS_FROM = 1 << 20;
const DIGITS = 7;
/** Numbers that differ in each digit: where frames of theirs differ, there the number stands. */
const ONES = 1_111_111;
const TWOS = 2_222_222;
/** A request's number follows its code and its own type, four bytes long from 65,536 on. */
const ID_AT = 2;

interface Place {
  readonly at: number;
  /** Which of the lines that are shouted together. */
  readonly line: number;
}

export class ShoutFrames {
  readonly #frames: Buffer;
  readonly #ids: readonly Place[];
  /** Where each number begins, in digits. */
  readonly #numbers: readonly Place[];
  readonly #count: number;
  #next = SHOUTS_FROM;

  /** `count` lines at a time. `payload`: what line number so-and-so asks with; the number may stand in it, as often as it likes. */
  constructor(name: string, count: number, payload: (shout: number) => Payload) {
    // No mask: whoever shouts does not care for proxies, and digits stay digits.
    const frame = (shout: number) => maskedFrame(OPCODE.binary, requestFrame(shout, name, payload(shout)), 0);
    const [one, other] = [frame(ONES), frame(TWOS)];
    const headBytes = one.byteLength - requestFrame(ONES, name, payload(ONES)).byteLength;
    const numbers = [...one.keys()].filter(
      (at) => one[at] === DIGIT_ONE && other[at] === DIGIT_ONE + 1 && one.toString('latin1', at, at + DIGITS) === String(ONES),
    );
    const lines = Array.from({ length: count }, (_, line) => line);
    this.#count = count;
    this.#frames = Buffer.concat(lines.map(() => one));
    this.#ids = lines.map((line) => ({ line, at: line * one.byteLength + headBytes + ID_AT }));
    this.#numbers = lines.flatMap((line) => numbers.map((at) => ({ line, at: line * one.byteLength + at })));
  }

  /** The next `count` lines, as one packet. */
  next(): Uint8Array {
    const bytes = Buffer.from(this.#frames);
    for (const { at, line } of this.#ids) bytes.writeUInt32LE(this.#next + line, at);
    for (const { at, line } of this.#numbers) bytes.write(String(this.#next + line), at, 'latin1');
    this.#next += this.#count;
    return bytes;
  }
}

const DIGIT_ONE = 0x31;
