/** RFC 6455 frames as a server writes them: whole, unmasked, uncompressed. */
import { SharedBytes } from '../../rooms/shared-bytes.ts';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Close codes of the protocol itself. */
export const PROTOCOL_ERROR = 1002;
export const TOO_BIG = 1009;
/** The other end gave no code, or went without a word. */
export const NO_CODE = 1005;
export const ABNORMAL = 1006;

const FINAL = 0x80;
const CLOSE_REASON_MAX_BYTES = 123;

/** Copies the payload, so that whoever sent it may change it again; what is shared is framed once for all. */
export function binaryFrame(payload: Uint8Array): Uint8Array {
  if (!(payload instanceof SharedBytes)) return frame(OPCODE.binary, payload);
  payload.frame ??= withFollowers(payload);
  return payload.frame;
}

function withFollowers(payload: SharedBytes): Uint8Array {
  const first = frame(OPCODE.binary, payload);
  return payload.followers?.length ? Buffer.concat([first, ...payload.followers.map(binaryFrame)]) : first;
}

export function frame(opcode: number, payload: Uint8Array): Buffer {
  const { byteLength } = payload;
  const head = byteLength < 126 ? 2 : byteLength <= 0xffff ? 4 : 10;
  const bytes = Buffer.allocUnsafe(head + byteLength);
  bytes[0] = FINAL | opcode;
  if (head === 2) bytes[1] = byteLength;
  else if (head === 4) {
    bytes[1] = 126;
    bytes.writeUInt16BE(byteLength, 2);
  } else {
    bytes[1] = 127;
    bytes.writeUInt32BE(Math.floor(byteLength / 2 ** 32), 2);
    bytes.writeUInt32BE(byteLength >>> 0, 6);
  }
  bytes.set(payload, head);
  return bytes;
}

/** `code` undefined: a goodbye without a reason. The reason is cut to what a control frame holds. */
export function closeFrame(code?: number, reason = ''): Buffer {
  if (code === undefined) return frame(OPCODE.close, new Uint8Array());
  const payload = Buffer.alloc(2 + CLOSE_REASON_MAX_BYTES);
  payload.writeUInt16BE(code);
  // Whole characters only.
  const written = payload.write(reason, 2, 'utf8');
  return frame(OPCODE.close, payload.subarray(0, 2 + written));
}

/** May a peer close with this code? */
export function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_CODE && code !== ABNORMAL) || (code >= 3000 && code <= 4999)
  );
}
