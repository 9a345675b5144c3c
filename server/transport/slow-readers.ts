/**
 * Cuts whoever does not read: what is written for them waits in memory, and nobody else should pay for that. A page
 * that was cut comes back with a new ticket and gets the whole state, which is less than what it had missed.
 */
import type { Clock } from '../../core/clock.ts';
import { CLOSE_CODES } from '../../schemas/errors.ts';

/** Bytes written and not taken by the kernel, whose own buffers are full by then. Several beats at full house. */
export const BUFFERED_MAX_BYTES = 256 * 1_024;
/** Two looks in a row: one burst on a slow line is not a slow reader. */
const LOOK_EVERY_MS = 1_000;

/** What is needed of a socket. */
export interface Reader {
  readonly bufferedAmount: number;
  close(code: number, reason: string): void;
  terminate(): void;
}

export interface SlowReaderWatch {
  /** To be told of every reader for whom bytes wait: it is looked at until none do, or it is forgotten. */
  watch(reader: Reader): void;
  forget(reader: Reader): void;
  /** Bytes written and not yet taken by the kernel, over all sockets, when they were last looked at. */
  bufferedBytes(): number;
  stop(): void;
}

/** Looks each second at those for whom something waits, who are few of a house; `onCut` is told of each one that is cut. */
export function watchSlowReaders(clock: Clock, onCut: () => void): SlowReaderWatch {
  /** How many looks in a row found each one too far behind. */
  const looks = new Map<Reader, number>();
  let bufferedBytes = 0;
  const stop = clock.every(LOOK_EVERY_MS, () => {
    bufferedBytes = 0;
    for (const [reader, before] of looks) {
      const { bufferedAmount } = reader;
      bufferedBytes += bufferedAmount;
      const now = bufferedAmount > BUFFERED_MAX_BYTES ? before + 1 : 0;
      if (bufferedAmount > 0) looks.set(reader, now);
      else looks.delete(reader);
      if (now === 2) {
        reader.close(CLOSE_CODES.tooSlow, 'too_slow');
        onCut();
      }
      // The close frame waits behind what is not read, and would for ever.
      if (now > 2) reader.terminate();
    }
  });
  return {
    watch(reader) {
      if (!looks.has(reader)) looks.set(reader, 0);
    },
    forget: (reader) => void looks.delete(reader),
    bufferedBytes: () => bufferedBytes,
    stop,
  };
}
