/** What a page shows, as one text: pages of one event that agree have the same. */
import type { PartyView } from '../../client/session/types.ts';

/** What plays at `nowMs`, the setlist, the policy, and whether it is over; not counts, which differ from page to page by design. */
export function stateDigest({ playback, next, setlist, nextSetlist, policy, ended }: PartyView, nowMs: number): string {
  const due = next !== null && nowMs >= next.applyAtMs;
  const { trackId, status, positionMs, anchorMs, rate, revision } = due ? next : playback;
  const tracks = (due && nextSetlist ? nextSetlist : setlist).map(({ id }) => id);
  const { chatMode, slowMs, links, announcement, doors, pinnedLine } = policy;
  return JSON.stringify([
    [trackId, status, positionMs, anchorMs, rate, revision],
    tracks,
    [chatMode, slowMs, links, announcement, doors, pinnedLine?.id ?? null],
    ended,
  ]);
}
