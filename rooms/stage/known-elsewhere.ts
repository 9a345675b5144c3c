/** What the event store knows of an event besides its stage: bans of the label, and staff who were invited or revoked elsewhere. */
import { holds } from '../../core/moderation.ts';
import type { Sanction, StaffMember } from '../../schemas/chat.ts';
import type { StageChange, StageSnapshot } from '../../schemas/stage.ts';
import type { AfterWork } from '../after-work.ts';
import { inBackground } from '../in-background.ts';
import type { LabelBan } from '../ports.ts';
import type { VenueDeps } from '../venue.ts';
import type { CommandDesk } from './command-desk.ts';

export interface KnownElsewhere {
  /** Those of the label that hold. */
  readonly bans: readonly LabelBan[];
  readonly staff: readonly StaffMember[];
}

export function sanctionOf({ fanId, name, addressHash, atMs, untilMs, by, reason }: LabelBan): Sanction {
  return { kind: 'ban', fanId, name, addressHash, scope: 'label', atMs, untilMs, by, reason };
}

/**
 * The label's bans are the event store's word: those lifted elsewhere are gone, those set elsewhere are in force. `isOwed`: it has not
 * been told of this one yet.
 */
export function withBans(held: readonly Sanction[], label: readonly Sanction[], isOwed: (ban: Sanction) => boolean): Sanction[] {
  const owed = held.filter((given) => given.scope === 'label' && isOwed(given));
  const known = [...owed, ...label.filter(({ fanId }) => !owed.some((ban) => ban.fanId === fanId))];
  const own = held.filter(
    ({ scope, kind, fanId }) => scope === 'event' && !(kind === 'ban' && known.some((ban) => ban.fanId === fanId)),
  );
  return [...own, ...known];
}

/** Nobody comes back by a snapshot: who is revoked in either is revoked. */
export function withStaff(held: readonly StaffMember[], stored: readonly StaffMember[]): StaffMember[] {
  const merged = new Map(held.map((member) => [member.id, member]));
  for (const member of stored) {
    const known = merged.get(member.id);
    merged.set(member.id, { ...member, revoked: member.revoked || known?.revoked === true });
  }
  return [...merged.values()];
}

/** A ban of the label reaches the label's other events within this, and the mistaken end of one too. */
const LOOK_EVERY_S = 3;

interface ElsewhereDeps extends Pick<VenueDeps, 'events' | 'eventNowMs' | 'log'> {
  readonly current: () => StageSnapshot;
  readonly afterWork: AfterWork;
  readonly change: CommandDesk['change'];
}

/** Has a stage that runs follow what was decided elsewhere since it began. */
export class ElsewhereWatch {
  readonly #deps: ElsewhereDeps;
  #seconds = 0;

  constructor(deps: ElsewhereDeps) {
    this.#deps = deps;
  }

  everySecond(): void {
    this.#seconds += 1;
    if (this.#seconds % LOOK_EVERY_S !== 0 || this.#deps.current().ended) return;
    inBackground(lookElsewhere(this.#deps), this.#deps.log, 'what is known elsewhere could not be read');
  }
}

async function lookElsewhere({ events, eventNowMs, current, afterWork, change }: ElsewhereDeps): Promise<void> {
  const { begun } = afterWork;
  const { eventId, labelId } = current();
  const [bans, staff] = await Promise.all([events.labelBans(labelId, eventNowMs()), events.staffOf(eventId)]);
  // What the stage has decided meanwhile, and may not have written yet, is newer than what was read.
  const isCurrent = () => afterWork.isDone && afterWork.begun === begun;
  await change(() => (isCurrent() ? newsFrom(current(), { bans, staff }, eventNowMs()) : []));
}

/** The changes after which a stage that runs knows it too; none while it does. */
function newsFrom({ sanctions, staff }: StageSnapshot, known: KnownElsewhere, nowMs: number): StageChange[] {
  const changes: StageChange[] = [];
  const ours = sanctions.filter(({ kind, scope }) => kind === 'ban' && scope === 'label');
  for (const ban of known.bans) {
    const same = ours.some(({ fanId, atMs, untilMs }) => fanId === ban.fanId && atMs === ban.atMs && untilMs === ban.untilMs);
    if (!same) changes.push({ kind: 'sanction', sanction: sanctionOf(ban) });
  }
  for (const held of ours) {
    const isLifted = holds(held, nowMs) && !known.bans.some(({ fanId }) => fanId === held.fanId);
    if (isLifted) changes.push({ kind: 'lift', sanction: 'ban', fanId: held.fanId });
  }
  for (const member of known.staff) {
    const here = staff.find(({ id }) => id === member.id);
    if (here === undefined) changes.push({ kind: 'staff', member });
    else if (member.revoked && !here.revoked) changes.push({ kind: 'staff', member: { ...here, revoked: true } });
  }
  return changes;
}
