/** Chat lines, policy, removals and sanctions as plain values. */
import { z } from 'zod';
import { AddressHash, AuthorId, FanId, LineId, StaffId } from './ids.ts';
import { LINE_MAX_CHARS, NAME_MAX_CHARS, REASON_MAX_CHARS, SLOW_MODE_MAX_MS } from './limits.ts';

/** Ranks, lowest first. Everyone who is not staff is a fan. */
export const ROLES = ['fan', 'moderator', 'host', 'owner'] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;
export const Rank = z.enum(['moderator', 'host', 'owner']);
export type Rank = z.infer<typeof Rank>;

export const Lane = z.enum(['event', 'section']);
export type Lane = z.infer<typeof Lane>;

/** What became of an accepted line: for everyone, for the neighbours, or only its author's (the lanes are full). */
export const Fate = z.enum(['event', 'section', 'held']);
export type Fate = z.infer<typeof Fate>;

/** A line as it is shown. */
export const Line = z.strictObject({
  id: LineId,
  fanId: AuthorId,
  name: z.string().max(NAME_MAX_CHARS),
  role: Role,
  /** At most 500 code points by the chat policy; zod counts UTF-16 units, of which an emoji has two. */
  text: z
    .string()
    .min(1)
    .max(LINE_MAX_CHARS * 2),
  atMs: z.number().min(0),
  /** Id of the line that this one answers, or ''. */
  replyTo: z.union([z.literal(''), LineId]),
});
export type Line = z.infer<typeof Line>;

/** A line on its way up to the stage. */
export const UpLine = Line.extend({
  section: z.string().max(96),
  addressHash: AddressHash.nullable(),
  /** The line answers staff, so it goes first. */
  toStaff: z.boolean(),
});
export type UpLine = z.infer<typeof UpLine>;

export const CHAT_MODES = ['open', 'emoji', 'staff', 'closed'] as const;
export const ChatMode = z.enum(CHAT_MODES);
export type ChatMode = z.infer<typeof ChatMode>;

export const Policy = z.strictObject({
  chatMode: ChatMode,
  slowMs: z.int().min(0).max(SLOW_MODE_MAX_MS),
  /** Who may post links. */
  links: z.enum(['everyone', 'staff']),
  pinnedLine: Line.nullable(),
  /** '' when nothing is announced. */
  announcement: z.string().max(LINE_MAX_CHARS),
  doors: z.enum(['open', 'closed']),
});
export type Policy = z.infer<typeof Policy>;

/** What moderation took away: one line, all lines of one fan up to a moment, or (`all`) everybody's. */
export const Removal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('line'), lineId: LineId }),
  z.strictObject({ kind: z.literal('fan'), fanId: FanId, beforeMs: z.number().min(0) }),
  z.strictObject({ kind: z.literal('all'), beforeMs: z.number().min(0) }),
]);
export type Removal = z.infer<typeof Removal>;

/** A mute, kick or ban in force. `untilMs` null: until it is lifted. */
export const Sanction = z.strictObject({
  kind: z.enum(['mute', 'kick', 'ban']),
  fanId: FanId,
  name: z.string().max(NAME_MAX_CHARS),
  /** Set for kicks and bans: a new cookie from the same network is the same guest. */
  addressHash: AddressHash.nullable(),
  scope: z.enum(['event', 'label']),
  atMs: z.number().min(0),
  untilMs: z.number().min(0).nullable(),
  by: StaffId,
  reason: z.string().max(REASON_MAX_CHARS),
});
export type Sanction = z.infer<typeof Sanction>;

export const StaffMember = z.strictObject({
  id: StaffId,
  name: z.string().min(1).max(NAME_MAX_CHARS),
  rank: Rank,
  /** Event time at which the invitation ends, or null. */
  untilMs: z.number().min(0).nullable(),
  revoked: z.boolean(),
});
export type StaffMember = z.infer<typeof StaffMember>;
