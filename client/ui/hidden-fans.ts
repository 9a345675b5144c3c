/** Whom a fan does not want to read: their own choice, on this device, at this event. Nobody else learns of it. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { KeyValueStore } from '../session/page.ts';
import { safeStorage } from './browser-storage.ts';

/** The longest list kept; the oldest choices give way. */
export const HIDDEN_MAX_FANS = 200;

export interface HiddenFan {
  readonly id: string;
  readonly name: string;
}

export class HiddenFans {
  readonly fans: ReadonlySignal<readonly HiddenFan[]>;
  readonly #fans = signal<readonly HiddenFan[]>([]);
  readonly #storage: KeyValueStore;
  readonly #key: string;

  constructor(slug: string, storage: KeyValueStore) {
    this.#storage = storage;
    this.#key = `front-row:hidden:${slug}`;
    this.#fans.value = parsed(storage.getItem(this.#key));
    this.fans = this.#fans;
  }

  hide({ id, name }: HiddenFan): void {
    this.#keep([...this.#fans.value.filter((fan) => fan.id !== id), { id, name }].slice(-HIDDEN_MAX_FANS));
  }

  show(id: string): void {
    this.#keep(this.#fans.value.filter((fan) => fan.id !== id));
  }

  #keep(fans: readonly HiddenFan[]): void {
    this.#fans.value = fans;
    this.#storage.setItem(this.#key, JSON.stringify(fans.map(({ id, name }) => [id, name])));
  }
}

function parsed(kept: string | null): readonly HiddenFan[] {
  try {
    const pairs = JSON.parse(kept ?? '[]') as readonly (readonly [unknown, unknown])[];
    return pairs.map(([id, name]) => ({ id: String(id), name: String(name) }));
  } catch {
    // Somebody else wrote there; a list that cannot be read is an empty one.
    return [];
  }
}

const bySlug = new Map<string, HiddenFans>();

/** The one list of the event `slug` on this page. */
export function hiddenFansAt(slug: string): HiddenFans {
  const known = bySlug.get(slug) ?? new HiddenFans(slug, safeStorage);
  bySlug.set(slug, known);
  return known;
}
