/** What commands do outside the snapshot, once it is committed. */
import { STALE_MS } from '../../core/chat-lanes.ts';
import { isTakenAway, prune } from '../../core/moderation.ts';
import type { StageEffect } from '../../core/stage/decision.ts';
import { owedBy } from '../../core/stage/owed.ts';
import type { Line } from '../../schemas/chat.ts';
import type { CommandPayload } from '../../schemas/commands.ts';
import { Key } from '../../schemas/section-messages.ts';
import type { CommandEntry, StageSnapshot } from '../../schemas/stage.ts';
import type { AfterWork } from '../after-work.ts';
import type { HistoryQuery, PartyEvent } from '../ports.ts';
import type { StageEvents, VenueDeps } from '../venue.ts';
import type { BusAsks } from './bus-asks.ts';
import type { CommandReply } from './command-desk.ts';

/** More than any chart shows; a month by the second would be millions. */
const FACT_POINTS_MAX = 2_000;

export interface EffectDeps extends Pick<VenueDeps, 'journal' | 'eventNowMs' | 'inviteUrl' | 'log'> {
  readonly events: StageEvents;
  readonly event: PartyEvent;
  readonly current: () => StageSnapshot;
  readonly asks: BusAsks;
  readonly afterWork: AfterWork;
  /** Staff said a line. */
  readonly say: (line: Line) => void;
}

/** What an effect will answer, known before it happens. */
export function foretell({ inviteUrl, event }: Pick<EffectDeps, 'inviteUrl' | 'event'>, effect: StageEffect): CommandReply {
  return effect.kind === 'invite' ? { url: inviteUrl(event.slug, effect.inviteId) } : {};
}

export async function perform(deps: EffectDeps, effect: StageEffect, entry: CommandEntry): Promise<CommandReply> {
  const { journal, events, event, afterWork } = deps;
  switch (effect.kind) {
    case 'say': {
      const { line } = effect;
      const key = entry.key ?? Key.parse(line.id);
      const said = { ...line, eventId: event.id, section: '', key, seq: 0, fate: 'event', addressHash: null } as const;
      await afterWork.do('say', () => journal.appendLine(said));
      deps.say(line);
      return {};
    }
    case 'invite': {
      const { inviteId, member } = effect;
      const invite = { id: inviteId, eventId: event.id, staff: member, rank: member.rank, openedAtMs: null };
      await afterWork.do('invite', () => events.saveInvite(invite));
      return {};
    }
    case 'revoke':
      await afterWork.do('revoke', () => events.revokeStaff(event.id, effect.staffId));
      return {};
    case 'label-ban': {
      const { fanId, name, addressHash, atMs, untilMs, by, reason } = effect.sanction;
      const ban = { labelId: event.labelId, fanId, name, addressHash, atMs, untilMs, by, reason };
      await afterWork.do('label-ban', () => events.saveLabelBan(ban));
      return {};
    }
    case 'lift-label-ban':
      await afterWork.do('lift-label-ban', () => events.liftLabelBan(event.labelId, effect.fanId));
      return {};
    case 'end':
      await afterWork.do('end', () => events.setEventState(event.id, 'ended'));
      return {};
    case 'find-fan':
      return { fans: await findFans(deps, effect.query.name) };
    case 'history':
      return { lines: await journal.history(event.id, given(effect.query)) };
    case 'facts':
      return { points: await journal.facts(event.id, sinceOf(effect.query, deps.eventNowMs()), effect.query.stepMs) };
  }
}

/** What was asked for, as far back as a bounded number of points reaches. */
function sinceOf({ sinceMs, stepMs }: CommandPayload<'facts'>, nowMs: number): number {
  return Math.max(sinceMs, nowMs - FACT_POINTS_MAX * stepMs);
}

async function findFans({ asks, current, eventNowMs }: EffectDeps, name: string): Promise<unknown[]> {
  const inForce = prune(current().sanctions, eventNowMs());
  const found = await asks.fans(name);
  const seated = found.map(({ addressHash: _kept, ...fan }) => ({
    ...fan,
    muted: inForce.some(({ kind, fanId }) => kind === 'mute' && fanId === fan.id),
    banned: inForce.some(({ kind, fanId }) => kind === 'ban' && fanId === fan.id),
  }));
  // Who was banned sits nowhere any more, and is who staff look for to lift it.
  const gone = inForce.filter(({ kind, name: whose, fanId }) => {
    return kind === 'ban' && whose.toLowerCase().includes(name.toLowerCase()) && !seated.some(({ id }) => id === fanId);
  });
  return [
    ...seated,
    ...gone.map(({ fanId, name: whose, atMs }) => ({
      id: fanId,
      name: whose,
      section: '',
      joinedAtMs: atMs,
      muted: inForce.some((other) => other.kind === 'mute' && other.fanId === fanId),
      banned: true,
    })),
  ];
}

function given(query: { readonly [Field in keyof HistoryQuery]: HistoryQuery[Field] | undefined }): HistoryQuery {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as unknown as HistoryQuery;
}

/**
 * Does again what a command that was committed before may have left undone. A line that nobody waits for any more is only kept, and an old
 * lifting is left: another event may have banned the fan anew since.
 */
export async function redo(deps: EffectDeps, entry: CommandEntry): Promise<void> {
  const snapshot = deps.current();
  const isOld = deps.eventNowMs() - entry.atMs > STALE_MS;
  for (const effect of owedBy(entry, snapshot)) {
    if (isOld && effect.kind === 'lift-label-ban') continue;
    const isTold = effect.kind === 'say' && !isOld && !isTakenAway(snapshot, effect.line);
    await perform(isTold ? deps : { ...deps, say: () => undefined }, effect, entry);
  }
}
