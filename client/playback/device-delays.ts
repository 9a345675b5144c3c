/** What starts and seeks lose on this device, learned over all its visits: both decks learn and use the same. */
import { BENDING, type Drift, type JumpKind, leadMs, newDrift } from '../../core/drift.ts';
import type { KeyValueStore } from '../session/page.ts';

const KEY = 'front-row:device-delays';
const KEPT = 9;

type Losses = Drift['losses'];

export interface DeviceDelays {
  readonly losses: Losses;
  /** How far ahead of the playhead to aim, in ms. */
  leadMs(kind: JumpKind): number;
  remember(losses: Losses): void;
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((one): one is number => Number.isFinite(one)).slice(-KEPT) : [];
}

function read(storage: KeyValueStore): Losses {
  try {
    const { start, seek } = Object(JSON.parse(storage.getItem(KEY) ?? '{}')) as Record<string, unknown>;
    return { start: numbers(start), seek: numbers(seek) };
  } catch {
    return { start: [], seek: [] };
  }
}

export function deviceDelays(storage: KeyValueStore): DeviceDelays {
  let losses = read(storage);
  return {
    get losses() {
      return losses;
    },
    leadMs: (kind) => leadMs({ ...newDrift(BENDING, 0), losses }, kind),
    remember(learned) {
      if (learned === losses) return;
      losses = learned;
      storage.setItem(KEY, JSON.stringify(losses));
    },
  };
}
