/**
 * A write that the kernel takes at once, past Node's stream: `Writable` keeps state, makes a request and schedules a tick for each
 * write, which for a frame to a whole section costs as much as the kernel's own part. Only for sockets with nothing waiting in their
 * stream. What the kernel does not take waits in libuv, before whatever is written later (read in Node 24, `lib/net.js` and
 * `src/stream_base.cc`; pinned by `quick-write.test.ts`).
 */
import type { Socket } from 'node:net';

/** Libuv's request for bytes that have to wait. */
interface WriteRequest {
  oncomplete: () => void;
  /** Kept from the garbage collector until then. */
  buffer: Uint8Array;
}

interface Handle {
  /** 0, or an error's number. The request is used only when something waits. */
  writeBuffer?: (request: WriteRequest, bytes: Uint8Array) => number;
}

interface StreamWrap {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: Int32Array;
  readonly kLastWriteWasAsync: number;
}

const { WriteWrap, streamBaseState, kLastWriteWasAsync } = (
  process as unknown as { binding(name: 'stream_wrap'): StreamWrap }
).binding('stream_wrap');

/** Used again as long as nothing waits. */
let spare = new WriteWrap();

/** Who wrote; told when bytes that waited wait no more, taken or lost with the connection. */
export interface Writer {
  taken(bytes: number): void;
}

/**
 * Writes `bytes`, which nobody changes any more. Returns how many of them wait in libuv, until `writer` is told: none, as a rule. Returns
 * undefined when the stream has to do it: something waits there, or the kernel refused, which the stream knows how to end.
 */
export function quickWrite(socket: Socket, bytes: Uint8Array, writer: Writer): number | undefined {
  const { _handle: handle } = socket as unknown as { readonly _handle: Handle | null };
  if (!handle?.writeBuffer || socket.writableLength > 0 || socket.writableCorked > 0) return undefined;
  const request = spare;
  if (handle.writeBuffer(request, bytes) !== 0) return undefined;
  if (streamBaseState[kLastWriteWasAsync] === 0) return 0;
  spare = new WriteWrap();
  request.buffer = bytes;
  request.oncomplete = () => writer.taken(bytes.byteLength);
  return bytes.byteLength;
}
