/** What a phase means for the page around it. */
import type { PartySession, PartyView, SessionPhase } from './types.ts';

/** Whether the show is on: in a seat, or on the way back to one. */
export function isAtShow(phase: SessionPhase): boolean {
  return phase.kind === 'live' || phase.kind === 'reconnecting' || (phase.kind === 'in-line' && phase.wasIn);
}

/** What is to sound: what the room plays, and nothing for whoever is out of it or once it is over. */
export function soundingView({ phase, view }: Pick<PartySession, 'phase' | 'view'>): PartyView | null {
  return isAtShow(phase.value) && view.value?.ended === false ? view.value : null;
}
