/**
 * Reading in bulk. A process that wakes for each frame is given the core for each frame: a switch of context on both sides, which costs more
 * than the frame. Phones do not share cores with their server, so a crowd that does looks at its sockets all at once, now and then.
 */

/** What a crowd may take longer to see than a phone would. */
const NAP_MS = 4;

const never = new Int32Array(new SharedArrayBuffer(4));

/** From now on this process sleeps between its turns, whatever comes meanwhile. */
export function readInBulk(): void {
  Atomics.wait(never, 0, 0, NAP_MS);
  setImmediate(readInBulk);
}
