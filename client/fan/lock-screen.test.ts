import assert from 'node:assert/strict';
import { obeyMediaKeys } from './lock-screen.ts';

describe('the lock screen', () => {
  it('PL17 pauses and plays the listener’s own sound', () => {
    const told: string[] = [];
    const keys = new Map<string, () => void>();
    const mediaSession = { setActionHandler: (action: string, obey: () => void) => keys.set(action, obey) };
    const player = { lock: () => told.push('lock'), unlock: async () => void told.push('unlock') };
    obeyMediaKeys(player, mediaSession as unknown as MediaSession);
    keys.get('pause')?.();
    keys.get('play')?.();
    assert.deepEqual(
      [told, [...keys.keys()]],
      [
        ['lock', 'unlock'],
        ['pause', 'play'],
      ],
    );
  });
});
