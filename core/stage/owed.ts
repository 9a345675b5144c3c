/**
 * What a committed command has to have done outside the snapshot, made again from its record: its stage may have died, or been refused
 * by a disk that was late, between the two. To do it twice is to do it once.
 */
import type { Line } from '../../schemas/chat.ts';
import type { CommandPayload } from '../../schemas/commands.ts';
import type { LineId, StaffId } from '../../schemas/ids.ts';
import type { CommandEntry, StageSnapshot } from '../../schemas/stage.ts';
import { staffWords } from './decide.ts';
import type { StageEffect } from './decision.ts';

/** `snapshot`: as it is now. What has been decided otherwise since is owed no more. */
export function owedBy(entry: CommandEntry, snapshot: StageSnapshot): StageEffect[] {
  if (entry.result !== 'done') return [];
  switch (entry.command) {
    case 'say':
      return [{ kind: 'say', line: lineOf(entry, snapshot) }];
    case 'invite': {
      const { staffId, url } = entry.reply as { readonly staffId: StaffId; readonly url: string };
      const member = snapshot.staff.find(({ id }) => id === staffId);
      return member === undefined ? [] : [{ kind: 'invite', inviteId: url.slice(url.lastIndexOf('=') + 1), member }];
    }
    case 'revoke':
      return [{ kind: 'revoke', staffId: (entry.payload as CommandPayload<'revoke'>).staffId }];
    case 'ban': {
      const ban = snapshot.sanctions.find((given) => isGivenBy(entry, given));
      if (ban === undefined) return [];
      return ban.scope === 'label' ? [{ kind: 'label-ban', sanction: ban }] : [{ kind: 'lift-label-ban', fanId: ban.fanId }];
    }
    case 'unban': {
      const { fanId } = entry.payload as CommandPayload<'unban'>;
      const isBannedAgain = snapshot.sanctions.some((given) => given.kind === 'ban' && given.fanId === fanId);
      return isBannedAgain ? [] : [{ kind: 'lift-label-ban', fanId }];
    }
    case 'end':
      // A demo that was over begins anew under the same name.
      return snapshot.ended ? [{ kind: 'end' }] : [];
    default:
      return [];
  }
}

/** Is this ban the one that the command set? */
export function isGivenBy(entry: CommandEntry, { kind, fanId, atMs }: StageSnapshot['sanctions'][number]): boolean {
  if (entry.command !== 'ban' || entry.result !== 'done' || kind !== 'ban') return false;
  return (entry.payload as CommandPayload<'ban'>).fanId === fanId && entry.atMs === atMs;
}

function lineOf({ payload, reply, staffId, staffName, atMs }: CommandEntry, { staff }: StageSnapshot): Line {
  const { text, replyTo = '' } = payload as CommandPayload<'say'>;
  const { lineId: id } = reply as { readonly lineId: LineId };
  const role = staff.find((member) => member.id === staffId)?.rank ?? 'moderator';
  return { id, fanId: staffId, name: staffName, role, text: staffWords(text), atMs, replyTo };
}
