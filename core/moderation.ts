/** Who may do what to whom, and whom the doors keep out. */
import { type Line, type Rank, type Removal, ROLES, type Role, type Sanction, type StaffMember } from '../schemas/chat.ts';
import { COMMANDS, type Command } from '../schemas/commands.ts';
import type { AddressHash, AuthorId, FanId } from '../schemas/ids.ts';
import { MODERATOR_BAN_MAX_MS } from '../schemas/limits.ts';
import { PartyError } from './errors.ts';
import { assertNever } from './invariant.ts';

/** What a command acts on, as far as permission depends on it. */
export interface Target {
  /** The fan, the author of the line, or the member of staff that the command names. */
  readonly who?: { readonly id: AuthorId; readonly role: Role } | undefined;
  /** The ban in force on that fan. */
  readonly ban?: Sanction | undefined;
}

/** A guest at the doors or at a socket. `sinceMs`: event time when this identity was made. */
export interface Guest {
  readonly fanId: FanId;
  readonly addressHash: AddressHash | null;
  readonly sinceMs: number;
}

/** Whether `role` is at least `rank`. */
export function atLeast(role: Role, rank: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(rank);
}

/** A member's rank now: revoked and expired staff are fans. */
export function roleOf(member: StaffMember | undefined, nowMs: number): Role {
  if (member === undefined || member.revoked) return 'fan';
  return member.untilMs !== null && member.untilMs <= nowMs ? 'fan' : member.rank;
}

/** Refuses with `not_allowed` what this member may not do to this target. */
export function authorise(member: StaffMember, command: Command, target: Target, nowMs: number): void {
  const role = roleOf(member, nowMs);
  if (role === 'fan') throw refused('Your invitation has ended.');
  const needed = rankNeeded(command, target);
  if (!atLeast(role, needed)) throw refused(`This takes a ${needed}; you are a ${role}.`);
  if (command.name === 'invite' && !atLeast(role, command.payload.rank)) {
    throw refused('Nobody can invite above their own rank.');
  }
  const { who } = target;
  const ownLine = command.name === 'delete-line' && who?.id === member.id;
  if (ACTS_ON_SOMEONE.has(command.name) && who !== undefined && !ownLine && who.role !== 'fan' && atLeast(who.role, role)) {
    throw refused('Nobody acts on staff of their own rank or above.');
  }
}

/** Pinning a host's line is an honour, not a sanction: it is not among these. */
const ACTS_ON_SOMEONE: ReadonlySet<Command['name']> = new Set([
  'delete-line',
  'purge',
  'mute',
  'unmute',
  'kick',
  'ban',
  'unban',
  'revoke',
]);

/** The registry's rank, raised for bans beyond a moderator's reach: whoever sets, replaces or lifts one needs it alike. */
function rankNeeded(command: Command, target: Target): Rank {
  const { rank } = COMMANDS[command.name];
  if (command.name !== 'ban' && command.name !== 'unban') return rank;
  if (target.ban !== undefined && isHostsBan(target.ban.scope, lengthMs(target.ban))) return 'host';
  return command.name === 'ban' && isHostsBan(command.payload.scope, command.payload.forMs) ? 'host' : rank;
}

function isHostsBan(scope: Sanction['scope'], forMs: number | null): boolean {
  return scope === 'label' || forMs === null || forMs > MODERATOR_BAN_MAX_MS;
}

function lengthMs(sanction: Sanction): number | null {
  return sanction.untilMs === null ? null : sanction.untilMs - sanction.atMs;
}

function refused(message: string): PartyError {
  return new PartyError('not_allowed', message);
}

/** Whether a sanction still holds at `nowMs`. */
export function holds(sanction: Sanction, nowMs: number): boolean {
  return sanction.untilMs === null || nowMs < sanction.untilMs;
}

/** Those that still hold. */
export function prune(sanctions: readonly Sanction[], nowMs: number): Sanction[] {
  return sanctions.filter((sanction) => holds(sanction, nowMs));
}

/**
 * The ban, else the kick, that keeps this guest out at `nowMs`; of several the one that holds longest.
 * A ban with an address also refuses identities made after it on the same network; those from before are neighbours.
 */
export function sanctionFor(sanctions: readonly Sanction[], guest: Guest, nowMs: number): Sanction | undefined {
  return sanctions
    .filter((sanction) => sanction.kind !== 'mute' && holds(sanction, nowMs) && names(sanction, guest))
    .toSorted((a, b) => Number(b.kind === 'ban') - Number(a.kind === 'ban') || endOf(b) - endOf(a))[0];
}

function names(sanction: Sanction, guest: Guest): boolean {
  if (sanction.fanId === guest.fanId) return true;
  if (sanction.kind !== 'ban' || sanction.addressHash === null) return false;
  return sanction.addressHash === guest.addressHash && guest.sinceMs > sanction.atMs;
}

/** A finite stand-in for "for ever", so that two of them compare as equal. */
function endOf(sanction: Sanction): number {
  return sanction.untilMs ?? Number.MAX_SAFE_INTEGER;
}

/** The mute in force on this fan. */
export function muteFor(sanctions: readonly Sanction[], fanId: FanId, nowMs: number): Sanction | undefined {
  return sanctions.find((sanction) => sanction.kind === 'mute' && sanction.fanId === fanId && holds(sanction, nowMs));
}

/** Whether a removal takes this line away: what was said up to its moment, not what comes after. */
export function takesAway(removal: Removal, line: Pick<Line, 'id' | 'fanId' | 'atMs'>): boolean {
  switch (removal.kind) {
    case 'line':
      return removal.lineId === line.id;
    case 'fan':
      return removal.fanId === line.fanId && line.atMs <= removal.beforeMs;
    case 'all':
      return line.atMs <= removal.beforeMs;
    default:
      return assertNever(removal);
  }
}

/** Whether any of the removals that a snapshot remembers takes this line away. */
export function isTakenAway(
  { removals }: { readonly removals: readonly { readonly removal: Removal }[] },
  line: Pick<Line, 'id' | 'fanId' | 'atMs'>,
): boolean {
  return removals.some(({ removal }) => takesAway(removal, line));
}
