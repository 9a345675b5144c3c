/** Tries an address before fans meet it. */
import type { Clock } from '../../core/clock.ts';

/** Slower than this, nobody waits for what comes of it. */
const LISTEN_MS = 8_000;

/** The part of a media element that this needs. */
export type Listener = Pick<HTMLAudioElement, 'preload' | 'src' | 'duration' | 'load' | 'removeAttribute'> &
  Pick<EventTarget, 'addEventListener'>;

/** What this browser finds at an address. `durationMs` null: it has no end. */
export type Found = { readonly kind: 'plays'; readonly durationMs: number | null } | { readonly kind: 'fails' | 'unknown' };

/** Loads no more of `url` than says how long it is, into `element`, which belongs to nobody else. Never rejects. */
export async function listenTo(url: string, element: Listener, clock: Clock): Promise<Found> {
  let cancel = () => {};
  const found = await new Promise<Found>((resolve) => {
    cancel = clock.after(LISTEN_MS, () => resolve({ kind: 'unknown' }));
    element.addEventListener('error', () => resolve({ kind: 'fails' }));
    element.addEventListener('loadedmetadata', () => {
      const { duration } = element;
      resolve({ kind: 'plays', durationMs: Number.isFinite(duration) ? Math.round(duration * 1_000) : null });
    });
    element.preload = 'metadata';
    element.src = url;
  });
  cancel();
  // What was being fetched is not wanted any more.
  element.removeAttribute('src');
  element.load();
  return found;
}
