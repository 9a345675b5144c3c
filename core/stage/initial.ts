/** The stage of an event that has never been on one. */
import type { Policy, Sanction, StaffMember } from '../../schemas/chat.ts';
import type { EventId, LabelId, Slug } from '../../schemas/ids.ts';
import type { Playback, Track } from '../../schemas/playback.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';

/** What a booked event says about its beginning. */
export interface BookedEvent {
  readonly id: EventId;
  readonly labelId: LabelId;
  readonly slug: Slug;
  readonly state: 'before' | 'open' | 'ended';
  readonly setlist: readonly Track[];
  /** Plays the first track from `nowMs` on; otherwise it stands paused at its start. */
  readonly autoplay: boolean;
}

const OPEN_POLICY: Policy = {
  chatMode: 'open',
  slowMs: 0,
  links: 'everyone',
  pinnedLine: null,
  announcement: '',
  doors: 'open',
};

/** `staff` and `sanctions`: those that the event and its label have already. */
export function initialSnapshot(
  event: BookedEvent,
  epoch: number,
  nowMs: number,
  known: { readonly staff?: readonly StaffMember[]; readonly sanctions?: readonly Sanction[] } = {},
): StageSnapshot {
  return {
    eventId: event.id,
    labelId: event.labelId,
    slug: event.slug,
    epoch,
    seq: 0,
    ended: event.state === 'ended',
    playback: initialPlayback(event, nowMs),
    next: null,
    setlist: [...event.setlist],
    policy: OPEN_POLICY,
    sanctions: [...(known.sanctions ?? [])],
    removals: [],
    removalSeq: 0,
    staff: [...(known.staff ?? [])],
  };
}

function initialPlayback(event: BookedEvent, nowMs: number): Playback {
  const [first] = event.setlist;
  const status = first !== undefined && event.autoplay ? 'playing' : 'paused';
  return { trackId: first?.id ?? null, status, positionMs: 0, anchorMs: nowMs, rate: 1, revision: 0 };
}
