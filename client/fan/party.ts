/** What every part of the fan page is given. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Clock } from '../../core/clock.ts';
import { invariant } from '../../core/invariant.ts';
import type { PartyPlayer } from '../playback/types.ts';
import type { PartySession } from '../session/types.ts';

export interface Party {
  readonly session: PartySession;
  readonly player: PartyPlayer;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export const PartyContext = createContext<Party | null>(null);

export function useParty(): Party {
  const party = useContext(PartyContext);
  invariant(party !== null, 'the page is rendered within a party');
  return party;
}
