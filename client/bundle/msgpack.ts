/**
 * MessagePack for JSON values: what the SDK's rooms send and receive here. Stands in for `msgpackr` in the browser, whose
 * records, extensions and stream parts are a sixth of the page's first load, and whose generated code the content security
 * policy forbids. `msgpack.test.ts` holds it against `msgpackr` in both directions.
 */

/** As in msgpackr: `pack(value, RESERVE_START_SPACE | n)` leaves `n` bytes free in front. */
export const RESERVE_START_SPACE = 2_048;

const MAX_DEPTH = 32;

class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #at: number;

  constructor(reserved: number) {
    this.#at = reserved;
  }

  taken(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  value(value: unknown, depth = 0): void {
    if (depth > MAX_DEPTH) throw new RangeError('nested too deeply for the wire');
    if (value === null) this.#put(0xc0);
    else if (value === undefined) this.#put(0xd4, 0, 0);
    else if (typeof value === 'boolean') this.#put(value ? 0xc3 : 0xc2);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#string(value);
    else if (Array.isArray(value)) {
      this.#head(value.length, 0x90, 16, 0xdc);
      for (const item of value) this.value(item, depth + 1);
    } else if (typeof value === 'object') {
      const entries = Object.entries(value);
      this.#head(entries.length, 0x80, 16, 0xde);
      for (const [key, item] of entries) {
        this.#string(key);
        this.value(item, depth + 1);
      }
    } else throw new TypeError(`a ${typeof value} does not cross the wire`);
  }

  #number(value: number): void {
    if (Number.isInteger(value) && value >= -32 && value < 128 && !Object.is(value, -0)) this.#put(value & 0xff);
    else if (Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff && !Object.is(value, -0)) {
      this.#put(0xce);
      this.#view.setUint32(this.#room(4), value);
    } else {
      this.#put(0xcb);
      this.#view.setFloat64(this.#room(8), value);
    }
  }

  #string(text: string): void {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length < 32) this.#put(0xa0 | bytes.length);
    else {
      this.#put(0xdb);
      this.#view.setUint32(this.#room(4), bytes.length);
    }
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** A length: within the first byte when small, else in 16 bits after `long`, or in 32 after the byte that follows it. */
  #head(length: number, short: number, below: number, long: number): void {
    if (length < below) this.#put(short | length);
    else if (length <= 0xffff) {
      this.#put(long);
      this.#view.setUint16(this.#room(2), length);
    } else {
      this.#put(long + 1);
      this.#view.setUint32(this.#room(4), length);
    }
  }

  #put(...bytes: number[]): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Makes room for `count` bytes and returns where they begin. */
  #room(count: number): number {
    const at = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#at, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

export class Packr {
  pack(value: unknown, options = 0): Uint8Array {
    const writer = new Writer(options & RESERVE_START_SPACE ? options & (RESERVE_START_SPACE - 1) : 0);
    writer.value(value);
    return writer.taken();
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
  }

  value(): unknown {
    const byte = this.#uint(1);
    if (byte < 0x80) return byte;
    if (byte < 0x90) return this.#map(byte & 15);
    if (byte < 0xa0) return this.#array(byte & 15);
    if (byte < 0xc0) return this.#string(byte & 31);
    if (byte >= 0xe0) return byte - 256;
    switch (byte) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.#view.getFloat32(this.#skip(4));
      case 0xcb:
        return this.#view.getFloat64(this.#skip(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(1 << (byte - 0xcc));
      case 0xcf:
        return Number(this.#view.getBigUint64(this.#skip(8)));
      case 0xd0:
        return this.#view.getInt8(this.#skip(1));
      case 0xd1:
        return this.#view.getInt16(this.#skip(2));
      case 0xd2:
        return this.#view.getInt32(this.#skip(4));
      case 0xd3:
        return Number(this.#view.getBigInt64(this.#skip(8)));
      case 0xd4:
        if (this.#uint(2) === 0) return undefined;
        break;
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#string(this.#uint(1 << (byte - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(2 << (byte - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(2 << (byte - 0xde)));
    }
    throw new TypeError(`no JSON value begins with 0x${byte.toString(16)}`);
  }

  #array(length: number): unknown[] {
    return Array.from({ length: this.#bounded(length) }, () => this.value());
  }

  #map(length: number): Record<string, unknown> {
    // Through entries, so that a key `__proto__` is a key.
    return Object.fromEntries(Array.from({ length: this.#bounded(length) }, () => [String(this.value()), this.value()]));
  }

  /** Every item takes a byte at least: a length beyond what is there is a lie. */
  #bounded(length: number): number {
    if (length > this.#bytes.length - this.#at) throw new RangeError('the frame ends early');
    return length;
  }

  #string(length: number): string {
    const at = this.#skip(length);
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length));
  }

  #uint(bytes: number): number {
    const at = this.#skip(bytes);
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #skip(count: number): number {
    const at = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) throw new RangeError('the frame ends early');
    return at;
  }
}

export function unpack(bytes: Uint8Array, { start = 0 }: { readonly start?: number } = {}): unknown {
  return new Reader(bytes, start).value();
}
