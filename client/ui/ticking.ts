/** Re-renders a component at a steady pace, for what counts down. */
import { useEffect, useState } from 'preact/hooks';
import type { Clock } from '../../core/clock.ts';

/** `read()` now and every `periodMs` (0: only now). */
export function useTicking<T>(clock: Clock, periodMs: number, read: () => T): T {
  const [, tick] = useState(0);
  useEffect(() => {
    if (periodMs === 0) return undefined;
    return clock.every(periodMs, () => tick((count) => count + 1));
  }, [clock, periodMs]);
  return read();
}
