/** The stage's state as plain values, equal parts kept. */
import type { FeedState, LogState, SanctionState, StaffState, StageState } from '../../schemas/stage-state.ts';
import { keep, partyView, plainLine } from './party-view.ts';
import type { FeedView, LogView, SanctionView, StaffView, StageView } from './staff-types.ts';

function plainStaff({ id, name, rank, online, revoked }: StaffState): StaffView {
  return { id, name, rank: rank as StaffView['rank'], online, revoked };
}

function plainFeed({ seq, line, section, reason, reports }: FeedState): FeedView {
  return { seq, line: plainLine(line), section, reason, reports };
}

function plainLog({ seq, atMs, staffName, command, detail, reason, result }: LogState): LogView {
  return { seq, atMs, staffName, command, detail, reason, result };
}

function plainSanction({ kind, fanId, name, scope, untilMs, reason }: SanctionState): SanctionView {
  return {
    kind: kind as SanctionView['kind'],
    fanId,
    name,
    scope: scope as SanctionView['scope'],
    untilMs: untilMs === 0 ? null : untilMs,
    reason,
  };
}

function newestFirst<Slot extends { readonly seq: number }>(slots: readonly Slot[]): Slot[] {
  return slots.filter(({ seq }) => seq > 0).toSorted((a, b) => b.seq - a.seq);
}

const measured = (ms: number) => (ms < 0 ? null : ms);

/** The view of the stage's state; equal parts are `previous`'s own. */
export function stageView(state: StageState, previous: StageView | null): StageView {
  const { crowd } = state;
  return keep<StageView>(previous ?? undefined, {
    ...partyView(state, previous),
    epoch: state.epoch,
    crowd: {
      fans: crowd.fans,
      sections: crowd.sections,
      joinsPerS: crowd.joinsPerS,
      linesPerS: crowd.linesPerS,
      shownShare: crowd.shownShare,
      syncP50Ms: measured(crowd.syncP50Ms),
      syncP95Ms: measured(crowd.syncP95Ms),
    },
    staff: Array.from(state.staff.values(), plainStaff),
    feed: newestFirst(Array.from(state.feed, plainFeed)),
    log: newestFirst(Array.from(state.log, plainLog)),
    sanctions: Array.from(state.sanctions.values(), plainSanction),
  });
}
