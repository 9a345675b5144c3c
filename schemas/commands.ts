/**
 * The one registry of staff commands: name, payload, rank, help.
 * The console's buttons, the slash commands, the help text, the protocol page and the journal all derive from it.
 */
import { z } from 'zod';
import { ChatMode, type Rank, Rank as RankSchema } from './chat.ts';
import { FanId, LineId, StaffId, TrackId } from './ids.ts';
import {
  HISTORY_MAX_LINES,
  LINE_MAX_CHARS,
  NAME_MAX_CHARS,
  REASON_MAX_CHARS,
  SANCTION_MAX_MS,
  SETLIST_MAX_TRACKS,
  SLOW_MODE_MAX_MS,
  TRACK_MAX_MS,
} from './limits.ts';
import { NewTrack } from './playback.ts';
import { Key } from './section-messages.ts';

/** Safe to send twice: the same key has the same effect once. */
const keyed = { key: Key.optional() };
/** The revision the sender was looking at; an older one is refused with `stale_revision`. */
const revised = { revision: z.int().min(0).optional() };
const reason = z.string().trim().max(REASON_MAX_CHARS);
const text = z.string().trim().min(1).max(LINE_MAX_CHARS);
const forMs = z.int().min(1_000).max(SANCTION_MAX_MS);
const index = z.int().min(0).max(SETLIST_MAX_TRACKS);

/** How a slash command's words become a payload, in order. `?` at the end: may be left out. */
export type SlashArg =
  | 'position'
  | 'duration'
  | 'fan'
  | 'line'
  | 'track'
  | 'index'
  | 'text'
  | 'on-off'
  | 'word'
  | 'scope'
  | 'url';

interface CommandSpec {
  readonly payload: z.ZodType;
  readonly rank: Rank;
  readonly help: string;
  /** `[payload field, kind, optional?]`; absent: no slash form. */
  readonly slash?: readonly (readonly [field: string, kind: SlashArg, optional?: 'optional'])[];
  /** Only reads; not journalled, not counted as a change. */
  readonly query?: true;
}

export const COMMANDS = {
  play: { payload: z.strictObject({ ...keyed, ...revised }), rank: 'host', help: 'Plays from where it stands.', slash: [] },
  pause: { payload: z.strictObject({ ...keyed, ...revised }), rank: 'host', help: 'Pauses for everyone.', slash: [] },
  skip: { payload: z.strictObject({ ...keyed, ...revised }), rank: 'host', help: 'Goes to the next track.', slash: [] },
  previous: { payload: z.strictObject({ ...keyed, ...revised }), rank: 'host', help: 'Goes back a track.', slash: [] },
  seek: {
    payload: z.strictObject({ ...keyed, ...revised, toMs: z.int().min(0).max(TRACK_MAX_MS) }),
    rank: 'host',
    help: 'Moves within the track.',
    slash: [['toMs', 'position']],
  },
  'play-track': {
    payload: z.strictObject({ ...keyed, ...revised, trackId: TrackId }),
    rank: 'host',
    help: 'Starts a track of the setlist.',
    slash: [['trackId', 'track']],
  },
  'add-track': {
    payload: NewTrack.extend({ ...keyed, ...revised, atIndex: index.optional() }),
    rank: 'host',
    help: 'Adds a track to the setlist.',
  },
  'remove-track': {
    payload: z.strictObject({ ...keyed, ...revised, trackId: TrackId }),
    rank: 'host',
    help: 'Takes a track off the setlist.',
    slash: [['trackId', 'track']],
  },
  'move-track': {
    payload: z.strictObject({ ...keyed, ...revised, trackId: TrackId, toIndex: index }),
    rank: 'host',
    help: 'Moves a track within the setlist.',
    slash: [
      ['trackId', 'track'],
      ['toIndex', 'index'],
    ],
  },
  say: {
    payload: z.strictObject({ ...keyed, text, replyTo: LineId.optional() }),
    rank: 'moderator',
    help: 'Says a staff line; everyone sees it.',
    slash: [['text', 'text']],
  },
  announce: {
    payload: z.strictObject({ ...keyed, text }),
    rank: 'host',
    help: 'Shows an announcement.',
    slash: [['text', 'text']],
  },
  'clear-announcement': { payload: z.strictObject(keyed), rank: 'host', help: 'Takes the announcement away.', slash: [] },
  pin: {
    payload: z.strictObject({ ...keyed, lineId: LineId }),
    rank: 'moderator',
    help: 'Pins a line.',
    slash: [['lineId', 'line']],
  },
  unpin: { payload: z.strictObject(keyed), rank: 'moderator', help: 'Unpins.', slash: [] },
  'chat-mode': {
    payload: z.strictObject({ ...keyed, mode: ChatMode }),
    rank: 'moderator',
    help: 'Opens chat, or leaves it to emoji, to staff, or closes it.',
    slash: [['mode', 'word']],
  },
  'slow-mode': {
    payload: z.strictObject({ ...keyed, everyMs: z.int().min(0).max(SLOW_MODE_MAX_MS) }),
    rank: 'moderator',
    help: 'One line per fan and interval; 0 ends it.',
    slash: [['everyMs', 'duration']],
  },
  links: {
    payload: z.strictObject({ ...keyed, allow: z.enum(['everyone', 'staff']) }),
    rank: 'moderator',
    help: 'Says who may post links.',
    slash: [['allow', 'word']],
  },
  'delete-line': {
    payload: z.strictObject({ ...keyed, lineId: LineId, reason: reason.optional() }),
    rank: 'moderator',
    help: 'Takes a line away everywhere.',
    slash: [
      ['lineId', 'line'],
      ['reason', 'text', 'optional'],
    ],
  },
  purge: {
    payload: z.strictObject({ ...keyed, fanId: FanId, reason: reason.optional() }),
    rank: 'moderator',
    help: "Takes all of a fan's lines away.",
    slash: [
      ['fanId', 'fan'],
      ['reason', 'text', 'optional'],
    ],
  },
  'clear-chat': { payload: z.strictObject(keyed), rank: 'moderator', help: 'Empties the chat for everyone.', slash: [] },
  mute: {
    payload: z.strictObject({ ...keyed, fanId: FanId, forMs, reason: reason.optional() }),
    rank: 'moderator',
    help: 'Mutes a fan for a while.',
    slash: [
      ['fanId', 'fan'],
      ['forMs', 'duration'],
      ['reason', 'text', 'optional'],
    ],
  },
  unmute: {
    payload: z.strictObject({ ...keyed, fanId: FanId }),
    rank: 'moderator',
    help: 'Lifts a mute.',
    slash: [['fanId', 'fan']],
  },
  kick: {
    payload: z.strictObject({ ...keyed, fanId: FanId, forMs: forMs.optional(), reason: reason.optional() }),
    rank: 'moderator',
    help: 'Sends a fan out, five minutes unless said otherwise.',
    slash: [
      ['fanId', 'fan'],
      ['forMs', 'duration', 'optional'],
      ['reason', 'text', 'optional'],
    ],
  },
  ban: {
    payload: z.strictObject({
      ...keyed,
      fanId: FanId,
      forMs: forMs.nullable(),
      scope: z.enum(['event', 'label']),
      reason: reason.min(1),
    }),
    rank: 'moderator',
    help: 'Bans a fan from the event, or from the label (hosts); over 24 h or for ever: hosts.',
    slash: [
      ['fanId', 'fan'],
      ['forMs', 'duration'],
      ['scope', 'scope'],
      ['reason', 'text'],
    ],
  },
  unban: {
    payload: z.strictObject({ ...keyed, fanId: FanId }),
    rank: 'moderator',
    help: 'Lifts a ban.',
    slash: [['fanId', 'fan']],
  },
  doors: {
    payload: z.strictObject({ ...keyed, open: z.boolean() }),
    rank: 'host',
    help: 'Opens or closes the doors.',
    slash: [['open', 'on-off']],
  },
  end: { payload: z.strictObject(keyed), rank: 'host', help: 'Ends the event for everyone.', slash: [] },
  'find-fan': {
    payload: z.strictObject({ name: z.string().trim().min(1).max(NAME_MAX_CHARS) }),
    rank: 'moderator',
    help: 'Finds fans by name in every section.',
    slash: [['name', 'text']],
    query: true,
  },
  history: {
    payload: z.strictObject({
      fanId: FanId.optional(),
      text: z.string().trim().min(1).max(LINE_MAX_CHARS).optional(),
      beforeMs: z.number().min(0).optional(),
      limit: z.int().min(1).max(HISTORY_MAX_LINES),
    }),
    rank: 'moderator',
    help: 'Reads lines from the journal, newest first.',
    query: true,
  },
  facts: {
    payload: z.strictObject({ sinceMs: z.number().min(0), stepMs: z.int().min(1_000).max(3_600_000) }),
    rank: 'moderator',
    help: 'Audience, lines and reactions over time, from the journal.',
    query: true,
  },
  invite: {
    payload: z.strictObject({ ...keyed, name: z.string().trim().min(1).max(NAME_MAX_CHARS), rank: RankSchema, forMs }),
    rank: 'host',
    help: 'Makes an invitation for a member of staff, below your own rank or equal.',
    slash: [
      ['name', 'word'],
      ['rank', 'word'],
      ['forMs', 'duration'],
    ],
  },
  revoke: {
    payload: z.strictObject({ ...keyed, staffId: StaffId }),
    rank: 'host',
    help: "Ends a staff member's invitation.",
    slash: [['staffId', 'word']],
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof COMMANDS;
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

/** A parsed command: its name and its payload, as a union over all commands. */
export type Command = {
  [N in CommandName]: { readonly name: N; readonly payload: z.infer<(typeof COMMANDS)[N]['payload']> };
}[CommandName];
export type CommandPayload<N extends CommandName> = z.infer<(typeof COMMANDS)[N]['payload']>;
