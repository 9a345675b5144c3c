/** What the words of a typed command mean. */
import type { Rank, StaffMember } from '../schemas/chat.ts';
import type { SlashArg } from '../schemas/commands.ts';
import { FanId, LineId, StaffId, type TrackId } from '../schemas/ids.ts';
import type { Setlist } from '../schemas/playback.ts';
import { PartyError } from './errors.ts';
import { assertNever } from './invariant.ts';

/** What a typed command is read against. */
export interface SlashContext {
  readonly rank: Rank;
  readonly setlist: Setlist;
  readonly staff: readonly Pick<StaffMember, 'id' | 'name'>[];
  /** What `find-fan` answered for this name, fans whose names only resemble it too; undefined: not asked yet. */
  readonly fansNamed: (name: string) => readonly { readonly id: FanId; readonly name: string }[] | undefined;
  /** The line that `this` means, if one is selected. */
  readonly selectedLine?: LineId | undefined;
}

/** Thrown when a fan's name has not been looked up. */
export class NeedsFan extends Error {
  readonly fanName: string;

  constructor(fanName: string) {
    super(`who is ${fanName}?`);
    this.fanName = fanName;
  }
}

/** The payload's value for one word; undefined when the word is not of this kind. Throws when it names nothing or too much. */
export function readArg(kind: SlashArg, field: string, word: string, context: SlashContext): unknown {
  switch (kind) {
    case 'position':
      return positionMs(word);
    case 'duration':
      return durationMs(word);
    case 'fan':
      return fanId(word, context);
    case 'line':
      return lineId(word, context);
    case 'track':
      return trackId(word, context.setlist);
    case 'index':
      return /^[1-9]\d{0,5}$/.test(word) ? Number(word) - 1 : undefined;
    case 'on-off':
      return ON_OFF.get(word.toLowerCase());
    case 'word':
      return field === 'staffId' ? staffId(word, context.staff) : word;
    case 'scope':
    case 'text':
    case 'url':
      return word;
    default:
      return assertNever(kind);
  }
}

const ON_OFF: ReadonlyMap<string, boolean> = new Map([
  ['on', true],
  ['open', true],
  ['yes', true],
  ['off', false],
  ['closed', false],
  ['close', false],
  ['no', false],
]);

/** Milliseconds of `1:30`, `1:02:03` or `90` (seconds), each with decimals if wanted. */
export function positionMs(word: string): number | undefined {
  const match = /^(?:(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d(?:\.\d+)?)|(\d{1,6}(?:\.\d+)?))$/.exec(word);
  if (match === null) return undefined;
  const [, hours = 0, minutes = 0, seconds, bare] = match;
  return Math.round((Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds ?? bare)) * 1_000);
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of `10m`, `1h30m` or `45` (seconds); `off` is 0, `forever` is null. */
export function durationMs(word: string): number | null | undefined {
  const text = word.toLowerCase();
  if (text === 'forever') return null;
  if (text === 'off') return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  if (!/^(?:\d{1,6}[smhdw])+$/.test(text)) return undefined;
  return Array.from(text.matchAll(/(\d+)([smhdw])/g)).reduce(
    (sum, [, n, unit]) => sum + Number(n) * (UNITS_MS[unit ?? ''] ?? 0),
    0,
  );
}

function fanId(word: string, context: SlashContext): FanId {
  const id = FanId.safeParse(word);
  if (id.success) return id.data;
  const name = word.replace(/^@/, '').trim();
  if (name === '') throw new PartyError('bad_payload', 'Whose name? Write @name, or @"a name in two words".');
  const fans = context.fansNamed(name);
  if (fans === undefined) throw new NeedsFan(name);
  const show = (fan: { readonly id: FanId; readonly name: string }) => `${fan.name} (${fan.id})`;
  const same = fans.filter((fan) => fold(fan.name) === fold(name));
  if (same.length === 0 && fans.length > 0) {
    // A name that only resembles it may be somebody else's: a ban must not guess.
    throw new PartyError('unknown_fan', `There is no fan called “${name}”. Did you mean ${fans.map(show).join(', ')}?`);
  }
  return only(same, `fan called “${name}”`, 'unknown_fan', show).id;
}

function lineId(word: string, { selectedLine }: SlashContext): LineId {
  const id = LineId.safeParse(word);
  if (id.success) return id.data;
  if (word.toLowerCase() === 'this' && selectedLine !== undefined) return selectedLine;
  throw new PartyError('unknown_line', 'Which line? Select one and write “this”, or give its id.');
}

/** By id, by place from 1, by title, or by the beginning of one title. */
function trackId(word: string, setlist: Setlist): TrackId {
  const byId = setlist.find(({ id }) => id === word);
  if (byId !== undefined) return byId.id;
  const byPlace = /^\d{1,3}$/.test(word) ? setlist[Number(word) - 1] : undefined;
  if (byPlace !== undefined) return byPlace.id;
  const wanted = fold(word);
  const same = setlist.filter(({ title }) => fold(title) === wanted);
  const begins = setlist.filter(({ title }) => fold(title).startsWith(wanted));
  return only(same.length > 0 ? same : begins, `track “${word}”`, 'unknown_track', (track) => `“${track.title}” (${track.id})`)
    .id;
}

function staffId(word: string, staff: SlashContext['staff']): StaffId {
  const id = StaffId.safeParse(word);
  if (id.success) return id.data;
  const name = word.replace(/^@/, '');
  const members = staff.filter((member) => fold(member.name) === fold(name));
  return only(members, `member of staff called “${name}”`, 'unknown_fan', (member) => `${member.name} (${member.id})`).id;
}

function only<T>(found: readonly T[], what: string, code: 'unknown_fan' | 'unknown_track', show: (one: T) => string): T {
  const [first, ...others] = found;
  if (first === undefined) throw new PartyError(code, `There is no ${what}.`);
  if (others.length > 0) throw new PartyError(code, `There is more than one ${what}: ${found.map(show).join(', ')}.`);
  return first;
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
