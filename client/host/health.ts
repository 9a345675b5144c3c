/** What is not well, in one line or none. Pure. */

import type { StageView } from '../session/staff-types.ts';
import type { SessionPhase } from '../session/types.ts';

export type Issue =
  | { readonly kind: 'reconnecting' | 'ended' | 'silence' | 'doors-closed' | 'chat-closed' }
  | { readonly kind: 'crowded'; readonly share: number }
  | { readonly kind: 'drift'; readonly ms: number }
  | { readonly kind: 'reports'; readonly count: number };

/** Beyond this the slowest twentieth hears an echo of the rest. */
const DRIFT_MS = 80;

/** Worst first; empty when all is well. `playing`: whether something sounds or is held by the host. */
export function issuesOf(phase: SessionPhase['kind'], view: StageView, playing: boolean): readonly Issue[] {
  if (view.ended) return [{ kind: 'ended' }];
  const { crowd, policy } = view;
  const reported = view.feed.filter((entry) => entry.reason !== '').length;
  return [
    ...(phase === 'live' ? [] : [{ kind: 'reconnecting' } as const]),
    ...(crowd.syncP95Ms !== null && crowd.syncP95Ms > DRIFT_MS
      ? [{ kind: 'drift', ms: Math.round(crowd.syncP95Ms) } as const]
      : []),
    ...(playing ? [] : [{ kind: 'silence' } as const]),
    ...(policy.doors === 'closed' ? [{ kind: 'doors-closed' } as const] : []),
    ...(policy.chatMode === 'closed' ? [{ kind: 'chat-closed' } as const] : []),
    ...(reported > 0 ? [{ kind: 'reports', count: reported } as const] : []),
    ...(view.chat === 'crowded' ? [{ kind: 'crowded', share: crowd.shownShare } as const] : []),
  ];
}
