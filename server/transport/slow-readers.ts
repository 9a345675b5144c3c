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
  /** Bytes written and not yet taken by the kernel, over all sockets, when they were last looked at. */
  readonly bufferedBytes: () => number;
  readonly stop: () => void;
}

/** Looks at all sockets each second; `onCut` is told of each one that is cut. */
export function watchSlowReaders(clock: Clock, readers: () => Iterable<Reader>, onCut: () => void): SlowReaderWatch {
  let behind = new Map<Reader, number>();
  let bufferedBytes = 0;
  const stop = clock.every(LOOK_EVERY_MS, () => {
    const still = new Map<Reader, number>();
    bufferedBytes = 0;
    for (const reader of readers()) {
      const { bufferedAmount } = reader;
      bufferedBytes += bufferedAmount;
      if (bufferedAmount <= BUFFERED_MAX_BYTES) continue;
      const looks = (behind.get(reader) ?? 0) + 1;
      still.set(reader, looks);
      if (looks === 2) {
        reader.close(CLOSE_CODES.tooSlow, 'too_slow');
        onCut();
      }
      // The close frame waits behind what is not read, and would for ever.
      if (looks > 2) reader.terminate();
    }
    behind = still;
  });
  return { bufferedBytes: () => bufferedBytes, stop };
}
