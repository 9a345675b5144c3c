/** A person's own choices, kept on this device. */
import { effect, type Signal, signal } from '@preact/signals';
import { safeStorage } from './browser-storage.ts';

function kept(key: string, fallback: string): Signal<string> {
  const name = `front-row:${key}`;
  const value = signal(safeStorage.getItem(name) ?? fallback);
  effect(() => safeStorage.setItem(name, value.value));
  return value;
}

function keptFlag(key: string, fallback: boolean): Signal<boolean> {
  const text = kept(key, String(fallback));
  const value = signal(text.value === 'true');
  effect(() => {
    text.value = String(value.value);
  });
  return value;
}

export const fanName = kept('name', '');
/** '' follows the browser. */
export const chosenLanguage = kept('language', '');
export const speakChat = keptFlag('speak-chat', true);
export const calmReactions = keptFlag('calm-reactions', false);
