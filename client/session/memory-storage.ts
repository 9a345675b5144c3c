import type { KeyValueStore } from './page.ts';

/** What a browser keeps for a page, for a session that has none. */
export function memoryStorage(): KeyValueStore {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}
