/** A small FLAC encoder: 16-bit stereo, fixed predictors, Rice codes (RFC 9639). Lossless, and half the size of WAV. */
import { createHash } from 'node:crypto';
import { BitWriter } from './bit-writer.ts';

const BLOCK = 4_096;
const PARTITION_ORDER = 4;
const RATE_CODES: Readonly<Record<number, number>> = { 32_000: 8, 44_100: 9, 48_000: 10 };

export interface Pcm {
  readonly rateHz: 32_000 | 44_100 | 48_000;
  readonly left: Int16Array;
  readonly right: Int16Array;
}

export interface Tags {
  readonly comments: Readonly<Record<string, string>>;
  readonly picture: { readonly type: string; readonly data: Uint8Array } | null;
}

export function encodeFlac(pcm: Pcm, tags: Tags): Uint8Array {
  const out = new BitWriter(pcm.left.length * 3 + 65_536 + (tags.picture?.data.length ?? 0));
  out.bytes(Buffer.from('fLaC'));
  block(out, 0, false, streamInfo(pcm));
  block(out, 4, tags.picture === null, vorbisComment(tags.comments));
  if (tags.picture !== null) block(out, 6, true, picture(tags.picture));
  for (let start = 0, n = 0; start < pcm.left.length; start += BLOCK, n++) frame(out, pcm, start, n);
  return out.done();
}

function block(out: BitWriter, type: number, last: boolean, body: Uint8Array): void {
  out.put((last ? 0x80 : 0) | type, 8);
  out.put(body.length, 24);
  out.bytes(body);
}

function streamInfo({ rateHz, left, right }: Pcm): Uint8Array {
  const interleaved = new Int16Array(left.length * 2);
  for (let n = 0; n < left.length; n++) {
    interleaved[2 * n] = left[n] as number;
    interleaved[2 * n + 1] = right[n] as number;
  }
  const out = new BitWriter(34);
  out.put(BLOCK, 16);
  out.put(BLOCK, 16);
  out.put(0, 24); // smallest and largest frame: unknown
  out.put(0, 24);
  out.put(rateHz, 20);
  out.put(1, 3); // channels − 1
  out.put(15, 5); // bits − 1
  out.put(0, 4); // upper bits of the length
  out.put(left.length >>> 16, 16);
  out.put(left.length & 0xffff, 16);
  out.bytes(createHash('md5').update(new Uint8Array(interleaved.buffer)).digest());
  return out.done();
}

function vorbisComment(comments: Readonly<Record<string, string>>): Uint8Array {
  const field = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(bytes.length);
    return Buffer.concat([size, bytes]);
  };
  const entries = Object.entries(comments).map(([name, value]) => field(`${name}=${value}`));
  const count = Buffer.alloc(4);
  count.writeUInt32LE(entries.length);
  return Buffer.concat([field('Front Row'), count, ...entries]);
}

function picture({ type, data }: { readonly type: string; readonly data: Uint8Array }): Uint8Array {
  const head = Buffer.alloc(8 + type.length + 24);
  head.writeUInt32BE(3, 0); // front cover
  head.writeUInt32BE(type.length, 4);
  head.write(type, 8, 'ascii');
  head.writeUInt32BE(data.length, head.length - 4); // no description; size and colours are left to the picture
  return Buffer.concat([head, data]);
}

function frame(out: BitWriter, { rateHz, left, right }: Pcm, start: number, number: number): void {
  const size = Math.min(BLOCK, left.length - start);
  const mid = new Int32Array(size);
  const side = new Int32Array(size);
  for (let n = 0; n < size; n++) {
    const l = left[start + n] as number;
    const r = right[start + n] as number;
    mid[n] = (l + r) >> 1;
    side[n] = l - r;
  }
  const from = out.length;
  out.put(0xfff8, 16);
  out.put(size === BLOCK ? 12 : 7, 4);
  out.put(RATE_CODES[rateHz] as number, 4);
  out.put(0b1010_100_0, 8); // mid and side, 16 bits
  out.bytes(Buffer.from(utf8Number(number)));
  if (size !== BLOCK) out.put(size - 1, 16);
  out.put(out.crc8(from), 8);
  subframe(out, mid, 16);
  subframe(out, side, 17);
  out.align();
  out.put(out.crc16(from), 16);
}

/** Numbers of frames are written as UTF-8 writes code points. */
function utf8Number(n: number): number[] {
  if (n < 0x80) return [n];
  if (n < 0x800) return [0xc0 | (n >> 6), 0x80 | (n & 0x3f)];
  return [0xe0 | (n >> 12), 0x80 | ((n >> 6) & 0x3f), 0x80 | (n & 0x3f)];
}

function subframe(out: BitWriter, samples: Int32Array, bits: number): void {
  const { order, residual } = predict(samples);
  out.put(0b001000 | order, 7); // a zero, and "fixed predictor"
  out.put(0, 1);
  for (let n = 0; n < order; n++) out.put((samples[n] as number) & ((1 << bits) - 1), bits);
  const partitionOrder = samples.length === BLOCK ? PARTITION_ORDER : 0;
  out.put(partitionOrder, 6); // Rice method 0, 4-bit parameters
  const width = samples.length >> partitionOrder;
  for (let from = 0; from < samples.length; from += width) rice(out, residual.subarray(Math.max(from, order), from + width));
}

/** The order, 0 to 4, whose differences are smallest; `residual` is indexed like `samples`. */
function predict(samples: Int32Array): { readonly order: number; readonly residual: Int32Array } {
  let best = { order: 0, residual: samples, cost: cost(samples, 0) };
  let residual = samples;
  for (let order = 1; order <= 4 && order < samples.length; order++) {
    const next = new Int32Array(samples.length);
    for (let n = order; n < samples.length; n++) next[n] = (residual[n] as number) - (residual[n - 1] as number);
    residual = next;
    const nextCost = cost(residual, order);
    if (nextCost < best.cost) best = { order, residual, cost: nextCost };
  }
  return best;
}

function cost(residual: Int32Array, from: number): number {
  let sum = 0;
  for (let n = from; n < residual.length; n++) sum += Math.abs(residual[n] as number);
  return sum;
}

function rice(out: BitWriter, residual: Int32Array): void {
  let sum = 0;
  for (let n = 0; n < residual.length; n++) sum += Math.abs(residual[n] as number);
  const mean = residual.length === 0 ? 0 : (2 * sum) / residual.length;
  const parameter = Math.min(14, Math.max(0, Math.floor(Math.log2(mean + 1e-9))));
  out.put(parameter, 4);
  for (let n = 0; n < residual.length; n++) {
    const value = residual[n] as number;
    const folded = value >= 0 ? 2 * value : -2 * value - 1;
    out.zeros(folded >>> parameter);
    out.put((1 << parameter) | (folded & ((1 << parameter) - 1)), parameter + 1);
  }
}
