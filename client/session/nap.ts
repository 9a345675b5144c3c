/** A wait that ends early when it is called off, or when the page wakes. */
import type { Clock } from '../../core/clock.ts';
import type { Page } from './page.ts';

/** Resolves with true when the page woke (only if one is given), else with false. */
export function nap(clock: Clock, ms: number, signal: AbortSignal, page?: Pick<Page, 'onWake'>): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const end = (isWoken: boolean) => {
      cancel();
      stopWake?.();
      signal.removeEventListener('abort', callOff);
      resolve(isWoken);
    };
    const callOff = () => end(false);
    const cancel = clock.after(ms, callOff);
    const stopWake = page?.onWake(() => end(true));
    signal.addEventListener('abort', callOff);
  });
}
