/** How a list of lines is looked at: window, new ones, what concerns the reader, drafts. Pure. */
import { LINE_MAX_BYTES, LINE_MAX_CHARS } from '../../schemas/limits.ts';
import type { ShownLine } from '../session/types.ts';

/** Lines drawn while the reader follows the end. */
export const WINDOW_LINES = 120;
/** The counter appears this close to the limit. */
const COUNTER_FROM_CHARS = 80;

interface Identified {
  readonly id: string;
}

/**
 * The lines to draw. Following: the newest. Reading back (`heldId`, the first line then drawn): from
 * that line on, so that nothing above the reader's eyes goes away.
 */
export function windowOf<L extends Identified>(lines: readonly L[], heldId: string | null): readonly L[] {
  if (heldId === null) return lines.slice(-WINDOW_LINES);
  const from = lines.findIndex((line) => line.id === heldId);
  return from < 0 ? lines : lines.slice(Math.max(0, from - WINDOW_LINES));
}

/** Lines after `seenId`; all of them when that one is gone. */
export function newSince<L extends Identified>(lines: readonly L[], seenId: string | null): number {
  if (seenId === null) return 0;
  return lines.length - 1 - lines.findIndex((line) => line.id === seenId);
}

/**
 * Whether a text names the fan called `name`, as a word of its own, in any case. A name of one or two characters is too easily
 * a word: it needs an @ in front, which any name may have.
 */
export function mentionOf(name: string): (text: string) => boolean {
  const literally = name.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const at = [...name].length < 3 ? '@' : '@?';
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${at}${literally}(?![\\p{L}\\p{N}])`, 'iu');
  return (text) => name !== '' && pattern.test(text);
}

/** Whether somebody else's line answers one of ours (`answered`, when the page still has it), or names us. */
export function isForMe(
  line: Pick<ShownLine, 'mine' | 'text'>,
  answered: Pick<ShownLine, 'mine'> | undefined,
  namesMe: (text: string) => boolean,
): boolean {
  if (line.mine !== null) return false;
  return (answered?.mine ?? null) !== null || namesMe(line.text);
}

/** Whether a key press means "send". Safari ends a composition before the Enter that confirms it: then only 229 tells them apart. */
export function isSendKey(event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'isComposing' | 'keyCode'>): boolean {
  return event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

/** The start of a quoted line. */
export function snippet(text: string, maxChars = 80): string {
  const characters = [...text.replace(/\s+/gu, ' ')];
  return characters.length <= maxChars ? characters.join('') : `${characters.slice(0, maxChars - 1).join('')}…`;
}

export interface Draft {
  readonly sendable: boolean;
  /** Characters left, or null while far from the limit. Negative: too long. */
  readonly leftChars: number | null;
}

/** What can be said about a text before it is sent; characters as people count them, bytes as the wire does. */
export function draftOf(text: string): Draft {
  const trimmed = text.trim();
  const left = LINE_MAX_CHARS - [...trimmed].length;
  const overBytes = new TextEncoder().encode(trimmed).length > LINE_MAX_BYTES;
  const leftChars = overBytes ? Math.min(left, -1) : left;
  return {
    sendable: trimmed !== '' && leftChars >= 0,
    leftChars: leftChars < COUNTER_FROM_CHARS ? leftChars : null,
  };
}

/** How long until slow mode lets this fan speak again, in ms. */
export function slowLeftMs(slowMs: number, lastOwnAtMs: number | null, nowMs: number): number {
  if (slowMs === 0 || lastOwnAtMs === null) return 0;
  return Math.max(0, lastOwnAtMs + slowMs - nowMs);
}

/** A fan's hue, 0 to 359: the same for everyone, so that a voice can be followed. */
export function hueOf(id: string): number {
  let hash = 2_166_136_261;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 16_777_619);
  // Neighbouring ids differ in their last characters only: stir once more.
  hash = Math.imul(hash ^ (hash >>> 15), 739_982_445);
  return ((hash ^ (hash >>> 12)) >>> 0) % 360;
}
