/**
 * Bytes that many sockets are sent and that nobody changes any more. A transport keeps with them the frame that it made for the
 * first socket, so that the others cost a write and nothing else.
 */
export class SharedBytes extends Uint8Array {
  frame: Uint8Array | undefined;
  /** Messages that belong right behind this one. A transport that knows of them sends all in one write. */
  followers: readonly SharedBytes[] | undefined;
}

/** Says of a client that its transport does: others are sent them one by one. */
export interface FollowersSent {
  readonly sendsFollowers: true;
}
