/** The one reducer of the stage's snapshot: the stage and every link apply the same changes with it. */
import type { Policy } from '../../schemas/chat.ts';
import { REMOVAL_RING_SLOTS } from '../../schemas/limits.ts';
import type { Playback } from '../../schemas/playback.ts';
import type { Cursor, StageChange, StageSnapshot } from '../../schemas/stage.ts';
import { assertNever } from '../invariant.ts';
import { prune } from '../moderation.ts';

/** The snapshot after one notice: all its changes, and its place in the stream. */
export function applyNotice(
  snapshot: StageSnapshot,
  notice: Cursor & { readonly changes: readonly StageChange[] },
): StageSnapshot {
  return { ...notice.changes.reduce(applyChange, snapshot), epoch: notice.epoch, seq: notice.seq };
}

/** The snapshot after one change. */
export function applyChange(snapshot: StageSnapshot, change: StageChange): StageSnapshot {
  switch (change.kind) {
    case 'cue': {
      // What we hold as pending may have come into force at the stage before it did here: then its setlist holds too.
      const held = snapshot.next?.revision === change.playback.revision ? promoted(snapshot) : snapshot;
      return { ...held, playback: change.playback, setlist: change.setlist ?? held.setlist, next: change.next };
    }
    case 'policy':
      return { ...snapshot, policy: { ...snapshot.policy, ...given(change.policy) } };
    case 'removal': {
      const removalSeq = snapshot.removalSeq + 1;
      const removals = [...snapshot.removals, { seq: removalSeq, removal: change.removal }].slice(-REMOVAL_RING_SLOTS);
      return { ...snapshot, removals, removalSeq };
    }
    case 'sanction': {
      const { sanction } = change;
      const others = prune(snapshot.sanctions, sanction.atMs).filter(
        (other) => other.kind !== sanction.kind || other.fanId !== sanction.fanId,
      );
      return { ...snapshot, sanctions: [...others, sanction] };
    }
    case 'lift': {
      const sanctions = snapshot.sanctions.filter(({ kind, fanId }) => kind !== change.sanction || fanId !== change.fanId);
      return { ...snapshot, sanctions };
    }
    case 'staff': {
      const others = snapshot.staff.filter(({ id }) => id !== change.member.id);
      return { ...snapshot, staff: [...others, change.member] };
    }
    case 'ended':
      return { ...snapshot, ended: true };
    default:
      return assertNever(change);
  }
}

/** The snapshot with a cue that is due at `nowMs` in force. */
export function promote(snapshot: StageSnapshot, nowMs: number): StageSnapshot {
  return snapshot.next !== null && snapshot.next.applyAtMs <= nowMs ? promoted(snapshot) : snapshot;
}

function promoted(snapshot: StageSnapshot): StageSnapshot {
  if (snapshot.next === null) return snapshot;
  const { applyAtMs: _applyAtMs, setlist, ...playback } = snapshot.next;
  return { ...snapshot, playback: playback satisfies Playback, setlist: setlist ?? snapshot.setlist, next: null };
}

/** Drops the fields that a change leaves alone, which zod types as possibly undefined. */
function given(policy: { readonly [Field in keyof Policy]?: Policy[Field] | undefined }): Partial<Policy> {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined));
}
