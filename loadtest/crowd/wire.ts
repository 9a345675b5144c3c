/** Colyseus's frames as a light fan writes and reads them. Read in sdk 0.18.4. */
import { decode, encode } from '@colyseus/schema';
import { unpack } from '../../client/bundle/msgpack.ts';

export const JOIN_ROOM = 10;
export const ERROR = 11;
export const LEAVE_ROOM = 12;
export const ROOM_STATE = 14;
export const ROOM_STATE_PATCH = 15;
const ROOM_REQUEST = 21;
export const ROOM_RESPONSE = 22;

/** Low bits of a frame's first byte; the others are modifiers, of which our rooms use none. */
export const CODE_BITS = 0x1f;

/** What a reply says of its request. */
export const STATUS = { ok: 0, rejected: 1, error: 2 } as const;

/** What a fan asks with: names to texts and numbers. */
export type Payload = Readonly<Record<string, string | number>>;

/** Far more than a line of chat, the longest that a fan sends. */
const scratch = Buffer.allocUnsafeSlow(16 * 1_024);
const FIXED_TEXT_MAX = 31;

/**
 * A request's frame, lent until the next one is made. Packed here: the page's own packer makes buffers for every value, which was
 * the largest part of what a fan cost.
 */
export function requestFrame(id: number, name: string, payload: Payload): Uint8Array {
  const it = { offset: 1 };
  scratch[0] = ROOM_REQUEST;
  encode.number(scratch, id, it);
  encode.string(scratch, name, it);
  const names = Object.keys(payload);
  let at = it.offset;
  scratch[at++] = FIX_MAP | names.length;
  for (const key of names) {
    at = packText(at, key);
    const value = payload[key] as string | number;
    at = typeof value === 'string' ? packText(at, value) : packNumber(at, value);
  }
  return scratch.subarray(0, at);
}

const FIX_MAP = 0x80;
const FIX_TEXT = 0xa0;
const TEXT_16 = 0xda;
const FLOAT_64 = 0xcb;

function packText(at: number, text: string): number {
  const bytes = Buffer.byteLength(text);
  const from = bytes <= FIXED_TEXT_MAX ? at + 1 : at + 3;
  if (bytes <= FIXED_TEXT_MAX) scratch[at] = FIX_TEXT | bytes;
  else {
    scratch[at] = TEXT_16;
    scratch.writeUInt16BE(bytes, at + 1);
  }
  return from + scratch.write(text, from);
}

function packNumber(at: number, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value < FIX_MAP) {
    scratch[at] = value;
    return at + 1;
  }
  scratch[at] = FLOAT_64;
  return scratch.writeDoubleBE(value, at + 1);
}

export interface Reply {
  readonly id: number;
  readonly status: number;
  readonly payload: unknown;
}

/** Throws on bytes that are no reply. */
export function readReply(bytes: Buffer, start: number, end: number): Reply {
  const it = { offset: start + 1 };
  const id = decode.number(bytes, it);
  const status = bytes[it.offset++] ?? STATUS.error;
  const payload = it.offset < end ? unpack(bytes.subarray(it.offset, end)) : undefined;
  return { id, status, payload };
}

/** The token that lets this fan back onto its seat. */
export function readWelcome(bytes: Buffer, start: number): string {
  const length = bytes[start + 1] ?? 0;
  return bytes.toString('latin1', start + 2, start + 2 + length);
}

export function readError(bytes: Buffer, start: number): { readonly code: number; readonly message: string } {
  const it = { offset: start + 1 };
  return { code: decode.number(bytes, it), message: decode.string(bytes, it) };
}
