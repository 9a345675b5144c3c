/** A listener's own volume, mute and nudge, kept in this browser. */
import { effect, type Signal, signal } from '@preact/signals';
import type { KeyValueStore } from '../session/page.ts';

const KEY = 'front-row:listener';
/** No pair of headphones is later than this. */
const NUDGE_MAX_MS = 1_000;

export interface ListenerSettings {
  /** 0 to 1. */
  readonly volume: Signal<number>;
  readonly muted: Signal<boolean>;
  readonly nudgeMs: Signal<number>;
  dispose(): void;
}

function within(value: unknown, min: number, max: number, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : fallback;
}

function read(storage: KeyValueStore): Record<string, unknown> {
  try {
    return Object(JSON.parse(storage.getItem(KEY) ?? '{}')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export function listenerSettings(storage: KeyValueStore): ListenerSettings {
  const stored = read(storage);
  const volume = signal(within(stored['volume'], 0, 1, 1));
  const muted = signal(stored['muted'] === true);
  const nudgeMs = signal(within(stored['nudgeMs'], -NUDGE_MAX_MS, NUDGE_MAX_MS, 0));
  const dispose = effect(() => {
    storage.setItem(KEY, JSON.stringify({ volume: volume.value, muted: muted.value, nudgeMs: nudgeMs.value }));
  });
  return { volume, muted, nudgeMs, dispose };
}
