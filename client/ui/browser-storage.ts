/** `localStorage`, for browsers that refuse it too: what cannot be kept lasts as long as the page. */
import type { KeyValueStore } from '../session/page.ts';

const kept = new Map<string, string>();

function attempt<T>(task: () => T, fallback: T): T {
  try {
    return task();
  } catch {
    return fallback;
  }
}

export const safeStorage: KeyValueStore = {
  getItem: (key) => attempt(() => localStorage.getItem(key), null) ?? kept.get(key) ?? null,
  setItem(key, value) {
    kept.set(key, value);
    attempt(() => localStorage.setItem(key, value), undefined);
  },
  removeItem(key) {
    kept.delete(key);
    attempt(() => localStorage.removeItem(key), undefined);
  },
};
