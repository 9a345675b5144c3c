/** The stage's decisions: state × command × now → changes, an answer and effects, or a coded refusal. */
import type { Line, Policy, Removal, Role, Sanction, StaffMember } from '../../schemas/chat.ts';
import { COMMANDS, type Command } from '../../schemas/commands.ts';
import { type FanId, LineId, StaffId } from '../../schemas/ids.ts';
import { KICK_DEFAULT_MS, LINE_MAX_CHARS, REASON_MAX_CHARS } from '../../schemas/limits.ts';
import type { StageChange, StageSnapshot } from '../../schemas/stage.ts';
import { cleanText, isVisible } from '../chat-text.ts';
import { PartyError } from '../errors.ts';
import { assertNever } from '../invariant.ts';
import { authorise, holds, isTakenAway, roleOf, type Target, takesAway } from '../moderation.ts';
import { judgeName } from '../names.ts';
import type { Decision, StageContext, StageEffect, StageReply, TargetFan } from './decision.ts';
import { decideTransport, revisionOf } from './transport.ts';

/** Throws `PartyError`; then nothing has changed. */
export function decide(context: StageContext, command: Command, nowMs: number): Decision {
  const { snapshot } = context;
  const member = snapshot.staff.find(({ id }) => id === context.member.id) ?? context.member;
  authorise(member, command, targetOf(context, command, nowMs), nowMs);
  if (snapshot.ended && !('query' in COMMANDS[command.name])) throw new PartyError('not_allowed', 'The event is over.');
  switch (command.name) {
    case 'play':
    case 'pause':
    case 'skip':
    case 'previous':
    case 'seek':
    case 'play-track':
    case 'add-track':
    case 'remove-track':
    case 'move-track':
      return decideTransport(context, command, nowMs);
    case 'say': {
      const { replyTo = '' } = command.payload;
      const text = staffWords(command.payload.text);
      const id = LineId.parse(`lin_${context.newId(16)}`);
      const line: Line = { id, fanId: member.id, name: member.name, role: member.rank, text, atMs: nowMs, replyTo };
      return decided(snapshot, [], { lineId: id }, [{ kind: 'say', line }]);
    }
    case 'announce':
      return policy(snapshot, { announcement: staffWords(command.payload.text) });
    case 'clear-announcement':
      return policy(snapshot, { announcement: '' });
    case 'pin': {
      const line = known(context.line);
      if (isTakenAway(snapshot, line)) {
        throw new PartyError('unknown_line', 'That line has been taken away.');
      }
      return policy(snapshot, { pinnedLine: line });
    }
    case 'unpin':
      return policy(snapshot, { pinnedLine: null });
    case 'chat-mode':
      return policy(snapshot, { chatMode: command.payload.mode });
    case 'slow-mode':
      return policy(snapshot, { slowMs: command.payload.everyMs });
    case 'links':
      return policy(snapshot, { links: command.payload.allow });
    case 'doors':
      return policy(snapshot, { doors: command.payload.open ? 'open' : 'closed' });
    case 'delete-line':
      return remove(snapshot, { kind: 'line', lineId: known(context.line).id });
    case 'purge':
      return remove(snapshot, { kind: 'fan', fanId: knownFan(context.fan).id, beforeMs: nowMs });
    case 'clear-chat':
      return decided(snapshot, [{ kind: 'removal', removal: { kind: 'all', beforeMs: nowMs } }]);
    case 'mute':
    case 'kick':
    case 'ban':
      return sanction(context, command, member, nowMs);
    case 'unmute':
      return lift(snapshot, 'mute', command.payload.fanId, nowMs);
    case 'unban':
      return unban(snapshot, command.payload.fanId, roleOf(member, nowMs), nowMs);
    case 'end':
      return decided(snapshot, [{ kind: 'ended' }], {}, [{ kind: 'end' }]);
    case 'invite':
      return invite(context, command.payload, nowMs);
    case 'revoke': {
      const { staffId } = command.payload;
      const target = snapshot.staff.find(({ id }) => id === staffId);
      if (target === undefined) throw new PartyError('unknown_fan', 'Nobody on the staff has that id.');
      const changes: StageChange[] = target.revoked ? [] : [{ kind: 'staff', member: { ...target, revoked: true } }];
      return decided(snapshot, changes, {}, [{ kind: 'revoke', staffId }]);
    }
    case 'find-fan':
      return decided(snapshot, [], {}, [{ kind: 'find-fan', query: command.payload }]);
    case 'history':
      return decided(snapshot, [], {}, [{ kind: 'history', query: command.payload }]);
    case 'facts':
      return decided(snapshot, [], {}, [{ kind: 'facts', query: command.payload }]);
    default:
      return assertNever(command);
  }
}

function decided(
  snapshot: StageSnapshot,
  changes: readonly StageChange[],
  reply: Omit<StageReply, 'revision'> = {},
  effects: readonly StageEffect[] = [],
): Decision {
  return { changes, reply: { revision: revisionOf(snapshot), ...reply }, effects };
}

/** What staff say is cleaned as a fan's line is; throws `empty` when nothing of it can be seen. */
export function staffWords(text: string): string {
  const cleaned = cleanAndBounded(text, LINE_MAX_CHARS);
  if (!isVisible(cleaned)) throw new PartyError('empty', 'There is nothing to read in it.');
  return cleaned;
}

/** Bounded after it is cleaned: NFC takes some letters apart. Throws `too_long`. */
function cleanAndBounded(text: string, maxChars: number): string {
  const cleaned = cleanText(text);
  if (cleaned.length > maxChars) throw new PartyError('too_long', `That is too long; ${maxChars} characters are the most.`);
  return cleaned;
}

/** One field of the policy; no change when it is so already. */
function policy(snapshot: StageSnapshot, wanted: Partial<Policy>): Decision {
  const isSo = Object.entries(wanted).every(
    ([field, value]) => JSON.stringify(snapshot.policy[field as keyof Policy]) === JSON.stringify(value),
  );
  return decided(snapshot, isSo ? [] : [{ kind: 'policy', policy: wanted }]);
}

/** What is taken away does not stay pinned. (Emptying the whole chat leaves the pin, which staff put there on purpose.) */
function remove(snapshot: StageSnapshot, removal: Removal): Decision {
  const { pinnedLine } = snapshot.policy;
  const unpin = pinnedLine !== null && takesAway(removal, pinnedLine);
  const changes: StageChange[] = unpin ? [{ kind: 'policy', policy: { pinnedLine: null } }] : [];
  return decided(snapshot, [{ kind: 'removal', removal }, ...changes]);
}

function sanction(
  context: StageContext,
  command: Extract<Command, { name: 'mute' | 'kick' | 'ban' }>,
  member: StaffMember,
  nowMs: number,
): Decision {
  const fan = knownFan(context.fan);
  const forMs = command.payload.forMs === undefined ? KICK_DEFAULT_MS : command.payload.forMs;
  const given: Sanction = {
    kind: command.name,
    fanId: fan.id,
    name: fan.name,
    addressHash: command.name === 'ban' ? fan.addressHash : null,
    scope: command.name === 'ban' ? command.payload.scope : 'event',
    atMs: nowMs,
    untilMs: forMs === null ? null : nowMs + forMs,
    by: member.id,
    reason: cleanAndBounded(command.payload.reason ?? '', REASON_MAX_CHARS),
  };
  return decided(context.snapshot, [{ kind: 'sanction', sanction: given }], {}, labelEffects(context.snapshot, given));
}

/** A label's ban outlives the event; one that is narrowed to the event must not. */
function labelEffects(snapshot: StageSnapshot, given: Sanction): StageEffect[] {
  if (given.scope === 'label') return [{ kind: 'label-ban', sanction: given }];
  const before = snapshot.sanctions.find(({ kind, fanId }) => kind === given.kind && fanId === given.fanId);
  return before?.scope === 'label' ? [{ kind: 'lift-label-ban', fanId: given.fanId }] : [];
}

function lift(snapshot: StageSnapshot, kind: Sanction['kind'], fanId: FanId, nowMs: number): Decision {
  if (inForceOn(snapshot, kind, fanId, nowMs) === undefined) {
    throw new PartyError('unknown_fan', `There is no ${kind} in force on that fan.`);
  }
  return decided(snapshot, [{ kind: 'lift', sanction: kind, fanId }]);
}

/** A ban of the label may have been set at another event: hosts may lift what this stage has not seen. */
function unban(snapshot: StageSnapshot, fanId: FanId, role: Role, nowMs: number): Decision {
  const ban = inForceOn(snapshot, 'ban', fanId, nowMs);
  if (ban?.scope === 'event' || (ban === undefined && role === 'moderator')) return lift(snapshot, 'ban', fanId, nowMs);
  return decided(snapshot, [{ kind: 'lift', sanction: 'ban', fanId }], {}, [{ kind: 'lift-label-ban', fanId }]);
}

function invite(
  context: StageContext,
  { name, rank, forMs }: Extract<Command, { name: 'invite' }>['payload'],
  nowMs: number,
): Decision {
  const colleagues = context.snapshot.staff.filter((other) => roleOf(other, nowMs) !== 'fan').map((other) => other.name);
  const verdict = judgeName(name, colleagues);
  if ('problem' in verdict) throw new PartyError('bad_payload', verdict.problem);
  const id = StaffId.parse(`stf_${context.newId(12)}`);
  const member: StaffMember = { id, name: verdict.name, rank, untilMs: nowMs + forMs, revoked: false };
  return decided(context.snapshot, [{ kind: 'staff', member }], { staffId: id }, [
    { kind: 'invite', inviteId: context.newId(24), member },
  ]);
}

function targetOf({ snapshot, line, fan }: StageContext, command: Command, nowMs: number): Target {
  switch (command.name) {
    case 'delete-line': {
      if (line === undefined) return {};
      const author = snapshot.staff.find(({ id }) => id === line.fanId);
      return { who: { id: line.fanId, role: author === undefined ? line.role : roleOf(author, nowMs) } };
    }
    case 'purge':
    case 'mute':
    case 'kick':
      return { who: fan };
    case 'ban':
    case 'unban':
      return { who: fan, ban: inForceOn(snapshot, 'ban', command.payload.fanId, nowMs) };
    case 'revoke': {
      const member = snapshot.staff.find(({ id }) => id === command.payload.staffId);
      return member === undefined ? {} : { who: { id: member.id, role: roleOf(member, nowMs) } };
    }
    default:
      return {};
  }
}

function inForceOn(snapshot: StageSnapshot, kind: Sanction['kind'], fanId: FanId, nowMs: number): Sanction | undefined {
  return snapshot.sanctions.find((given) => given.kind === kind && given.fanId === fanId && holds(given, nowMs));
}

function known(line: Line | undefined): Line {
  if (line === undefined) throw new PartyError('unknown_line', 'Nobody remembers that line.');
  return line;
}

function knownFan(fan: TargetFan | undefined): TargetFan {
  if (fan === undefined) throw new PartyError('unknown_fan', 'Nobody knows that fan.');
  return fan;
}
