/** Bits, most significant first, into a buffer that grows. */

const CRC8 = table(8, 0x07);
const CRC16 = table(16, 0x8005);

export class BitWriter {
  #buffer: Uint8Array;
  #length = 0;
  #pending = 0;
  #pendingBits = 0;

  constructor(capacity: number) {
    this.#buffer = new Uint8Array(capacity);
  }

  /** Whole bytes written. */
  get length(): number {
    return this.#length;
  }

  /** The lowest `bits` (0 to 24) of a number that has no others. */
  put(value: number, bits: number): void {
    this.#pending = (this.#pending << bits) | value;
    this.#pendingBits += bits;
    while (this.#pendingBits >= 8) {
      this.#pendingBits -= 8;
      this.#byte((this.#pending >>> this.#pendingBits) & 0xff);
    }
    this.#pending &= (1 << this.#pendingBits) - 1;
  }

  zeros(count: number): void {
    let left = count;
    for (; left > 16; left -= 16) this.put(0, 16);
    this.put(0, left);
  }

  /** Only on a byte's border. */
  bytes(data: Uint8Array): void {
    for (const byte of data) this.#byte(byte);
  }

  align(): void {
    if (this.#pendingBits > 0) this.put(0, 8 - this.#pendingBits);
  }

  crc8(from: number): number {
    let crc = 0;
    for (let at = from; at < this.#length; at++) crc = CRC8[crc ^ (this.#buffer[at] as number)] as number;
    return crc;
  }

  crc16(from: number): number {
    let crc = 0;
    for (let at = from; at < this.#length; at++) {
      crc = ((crc << 8) & 0xffff) ^ (CRC16[(crc >>> 8) ^ (this.#buffer[at] as number)] as number);
    }
    return crc;
  }

  done(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  #byte(byte: number): void {
    if (this.#length === this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2 + 64);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.#length++] = byte;
  }
}

function table(width: 8 | 16, polynomial: number): Uint16Array {
  const top = 1 << (width - 1);
  const mask = 2 ** width - 1;
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) crc = (crc & top ? (crc << 1) ^ polynomial : crc << 1) & mask;
    return crc;
  });
}
