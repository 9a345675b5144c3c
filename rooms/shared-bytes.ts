/**
 * Bytes that many sockets are sent and that nobody changes any more. A transport keeps with them the frame that it made for the
 * first socket, so that the others cost a write and nothing else.
 */
export class SharedBytes extends Uint8Array {
  frame: Uint8Array | undefined;
}
