/**
 * When a screen reader hears of new chat, and what. A crowd writes ten lines a second and a voice
 * reads one in three, so lines wait for the last announcement to be over and many become one sentence.
 */

export const ANNOUNCE_EVERY_MS = 6_000;
/** This many or fewer are read out; more are summed up. */
const READ_AT_MOST = 2;

export interface SpokenLine {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  /** Answers the listener, or comes from staff: read before all others. */
  readonly important: boolean;
}

export type Announcement =
  | { readonly kind: 'wait'; readonly untilMs: number }
  | { readonly kind: 'silence' }
  /** Read `lines`; `more` further ones came in. */
  | { readonly kind: 'say'; readonly lines: readonly SpokenLine[]; readonly more: number };

export function nextAnnouncement(pending: readonly SpokenLine[], lastAtMs: number, nowMs: number): Announcement {
  if (pending.length === 0) return { kind: 'silence' };
  const untilMs = lastAtMs + ANNOUNCE_EVERY_MS;
  if (nowMs < untilMs) return { kind: 'wait', untilMs };
  if (pending.length <= READ_AT_MOST) return { kind: 'say', lines: pending, more: 0 };
  const important = pending.filter((line) => line.important).slice(-READ_AT_MOST);
  const lines = important.length > 0 ? important : pending.slice(-1);
  return { kind: 'say', lines, more: pending.length - lines.length };
}
