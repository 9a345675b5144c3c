/** Taps on reactions, gathered: one request per emoji and interval, however fast the fingers. */
import type { Clock } from '../../core/clock.ts';
import { REACTIONS_PER_REQUEST } from '../../schemas/limits.ts';

/** A tap leaves at the latest after this long. */
export const TAP_WINDOW_MS = 400;

export interface TapBatch {
  tap(emoji: string): void;
  /** Forgets what has not left. */
  dispose(): void;
}

/** `send` gets at most `REACTIONS_PER_REQUEST` taps at once and is called at most once per `TAP_WINDOW_MS`; taps beyond are dropped. */
export function tapBatch(clock: Clock, send: (emoji: string, count: number) => void): TapBatch {
  const counts = new Map<string, number>();
  let cancel: (() => void) | undefined;

  const flush = () => {
    const [next] = counts;
    cancel = undefined;
    if (!next) return;
    const [emoji, count] = next;
    counts.delete(emoji);
    if (counts.size > 0) cancel = clock.after(TAP_WINDOW_MS, flush);
    send(emoji, count);
  };

  return {
    tap(emoji) {
      counts.set(emoji, Math.min(REACTIONS_PER_REQUEST, (counts.get(emoji) ?? 0) + 1));
      cancel ??= clock.after(TAP_WINDOW_MS, flush);
    },
    dispose() {
      cancel?.();
      cancel = undefined;
      counts.clear();
    },
  };
}
