/** How a stage begins: under a new epoch, from the newest snapshot or the booked event, with what others know by now. */
import { PartyError } from '../../core/errors.ts';
import { initialSnapshot } from '../../core/stage/initial.ts';
import { isGivenBy } from '../../core/stage/owed.ts';
import type { Sanction } from '../../schemas/chat.ts';
import { LOG_RING_SLOTS } from '../../schemas/limits.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';
import type { PartyEvent, StageLease } from '../ports.ts';
import type { VenueDeps } from '../venue.ts';
import { type KnownElsewhere, sanctionOf, withBans, withStaff } from './known-elsewhere.ts';

/** An event that this process has, from `takeStage` until it is released or lost. */
export interface Tenure {
  /** What the stage starts from; stored. */
  readonly snapshot: StageSnapshot;
  /** Settles when another stage has taken over. */
  readonly lost: Promise<void>;
  /** Gives the event back; whatever this stage still tries from here on is fenced. */
  release(): Promise<void>;
}

export interface OpeningDeps extends Pick<VenueDeps, 'stageStore' | 'journal' | 'events' | 'eventNowMs'> {
  readonly lease: StageLease;
}

/** What this process has seen of the stages before. */
export interface SeenStage {
  readonly epoch: number;
  readonly snapshot: StageSnapshot | null;
}

/**
 * Takes the event over and stores where it starts from; whoever held it before is fenced from here on. Rejects with
 * `stage_unavailable` when another process has it; then nothing is held.
 */
export async function takeStage(deps: OpeningDeps, event: PartyEvent, seen: SeenStage): Promise<Tenure> {
  const { stageStore, lease } = deps;
  const epoch = await stageStore.acquire(event.id, seen.epoch);
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
  const release = lease.hold(event.id, epoch, lose);
  try {
    const snapshot = await startOf(deps, event, seen.snapshot, epoch);
    if ((await stageStore.commit(snapshot, null)) === 'fenced') {
      throw new PartyError('stage_unavailable', 'Another stage has taken the event over.');
    }
    return { snapshot, lost, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function startOf(
  { stageStore, journal, events, eventNowMs }: OpeningDeps,
  event: PartyEvent,
  seen: SeenStage['snapshot'],
  epoch: number,
): Promise<StageSnapshot> {
  const nowMs = eventNowMs();
  const [stored, commands, elsewhere] = await Promise.all([
    stageStore.load(event.id),
    journal.lastCommands(event.id, LOG_RING_SLOTS),
    knownElsewhere(events, event, nowMs),
  ]);
  const last = newer(stored, seen);
  if (elsewhere instanceof PartyError) {
    // The show goes on without the event store; what was decided elsewhere is looked up every few seconds.
    if (last === null) throw elsewhere;
    return { ...last, epoch, seq: 0 };
  }
  const { staff, bans } = elsewhere;
  const label = bans.map(sanctionOf);
  if (last === null) return initialSnapshot(event, epoch, nowMs, { staff, sanctions: label });
  // What the stage before acknowledged, and may not have told the event store any more, holds until it is told.
  const isOwed = (ban: Sanction) => commands.some((entry) => isGivenBy(entry, ban));
  return { ...last, epoch, seq: 0, sanctions: withBans(last.sanctions, label, isOwed), staff: withStaff(last.staff, staff) };
}

/** The refusal, when the event store is away. */
async function knownElsewhere(
  events: OpeningDeps['events'],
  { id, labelId }: PartyEvent,
  nowMs: number,
): Promise<KnownElsewhere | PartyError> {
  try {
    const [bans, staff] = await Promise.all([events.labelBans(labelId, nowMs), events.staffOf(id)]);
    return { bans, staff };
  } catch (error) {
    if (error instanceof PartyError && error.code === 'unavailable') return error;
    throw error;
  }
}

/** The store may have been emptied, and whoever wrote to it last may be gone: what is remembered here can be all there is. */
function newer(a: StageSnapshot | null, b: StageSnapshot | null): StageSnapshot | null {
  if (a === null || b === null) return a ?? b;
  return b.epoch > a.epoch || (b.epoch === a.epoch && b.seq > a.seq) ? b : a;
}
