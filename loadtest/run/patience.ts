/** Waiting that a person may cut short. */
import type { Clock } from '../../core/clock.ts';

export type Pause = (ms: number) => Promise<void>;

/** Rejects with the signal's reason as soon as it is aborted. */
export function pausing(clock: Clock, interrupted: AbortSignal): Pause {
  return (ms) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = () => reject(interrupted.reason as Error);
    if (interrupted.aborted) stop();
    const cancel = clock.after(Math.max(0, ms), resolve);
    interrupted.addEventListener('abort', stop);
    return promise.finally(() => {
      cancel();
      interrupted.removeEventListener('abort', stop);
    });
  };
}

/** Whether it came true within the time. */
export async function holdsWithin(
  clock: Clock,
  pause: Pause,
  withinMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const endAtMs = clock.nowMs() + withinMs;
  while (!(await holds())) {
    if (clock.nowMs() >= endAtMs) return false;
    await pause(LOOK_EVERY_MS);
  }
  return true;
}

const LOOK_EVERY_MS = 200;
