/** What applies now, redrawn at the very moment when a cue takes over: no frame tells the page then. */
import { useEffect, useState } from 'preact/hooks';
import { type InForce, inForce } from '../../core/timeline.ts';
import type { PartyView } from '../session/types.ts';
import { useParty } from './party.ts';

export function useInForce(view: PartyView): InForce {
  const { session, clock } = useParty();
  const [, redraw] = useState(0);
  const applyAtMs = view.next?.applyAtMs;
  useEffect(() => {
    const leftMs = (applyAtMs ?? 0) - session.clock.nowMs();
    if (leftMs <= 0) return undefined;
    return clock.after(leftMs, () => redraw((count) => count + 1));
  }, [applyAtMs, session, clock]);
  return inForce(view, session.clock.nowMs());
}
