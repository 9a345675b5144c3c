/** Whether a line may be said: the event's policy, the author's standing and pace, and the text itself. */
import type { Policy, Role, Sanction } from '../schemas/chat.ts';
import { LINE_MAX_CHARS } from '../schemas/limits.ts';
import { charCount, cleanText, hasLink, isEmojiOnly, isVisible, likeness } from './chat-text.ts';
import { PartyError } from './errors.ts';
import { type BucketRule, fullBucket, type TokenBucket, take } from './token-bucket.ts';

/** A fan's pace: a burst of five, then a line every two seconds. */
export const FAN_PACE: BucketRule = { capacity: 5, perS: 0.5 };
/** Staff answer many fans at once; a console run wild is still held. */
const STAFF_PACE: BucketRule = { capacity: 20, perS: 4 };
/** The same line again within this time is a repeat. */
const REPEAT_WINDOW_MS = 30_000;
/** Emoji are a gesture: the same ones again are fine after this. */
const EMOJI_REPEAT_WINDOW_MS = 3_000;
const REMEMBERED_LINES = 3;

/** What a section remembers of one author. Only an accepted line changes it. */
export interface AuthorState {
  readonly bucket: TokenBucket;
  readonly lastAtMs: number | null;
  /** The last accepted lines, newest last, as `likeness` numbers. */
  readonly recent: readonly { readonly likeness: number; readonly atMs: number }[];
}

export interface Author {
  readonly role: Role;
  /** The mute in force, if any. */
  readonly mute: Pick<Sanction, 'untilMs'> | undefined;
  /** Undefined for an author's first line. */
  readonly state: AuthorState | undefined;
}

export interface Judged {
  /** Cleaned: what is journalled and shown. */
  readonly text: string;
  /** To be kept for the author's next line. */
  readonly state: AuthorState;
}

/**
 * The cleaned line, or a refusal with one of `chat_closed muted not_allowed empty too_long emoji_only links_closed
 * slow_mode rate_limited repeated`. Where waiting helps, `retryInMs` says how long: after it neither slow mode nor
 * the rate limit stands in the way.
 * Staff are exempt from chat mode, mutes, slow mode, repeats and the link rule, and have a faster pace.
 */
export function judgeLine(
  policy: Pick<Policy, 'chatMode' | 'slowMs' | 'links'>,
  author: Author,
  text: string,
  nowMs: number,
): Judged {
  const isFan = author.role === 'fan';
  if (isFan) checkStanding(policy, author, nowMs);
  const cleaned = cleanText(text);
  if (!isVisible(cleaned)) throw new PartyError('empty', 'A line needs something to read.');
  // 500 code points are at most 2,000 bytes of UTF-8, so the byte bound needs no check of its own.
  if (charCount(cleaned) > LINE_MAX_CHARS) throw new PartyError('too_long', `A line has at most ${LINE_MAX_CHARS} characters.`);
  const emojiOnly = isEmojiOnly(cleaned);
  if (isFan && policy.chatMode === 'emoji' && !emojiOnly) throw new PartyError('emoji_only', 'Only emoji right now.');
  if (isFan && policy.links === 'staff' && hasLink(cleaned))
    throw new PartyError('links_closed', 'Links are for staff right now.');
  const { state, bucket } = checkPace(policy, author, nowMs);
  const same = likeness(cleaned);
  const windowMs = emojiOnly ? EMOJI_REPEAT_WINDOW_MS : REPEAT_WINDOW_MS;
  if (isFan && state.recent.some((said) => said.likeness === same && nowMs - said.atMs < windowMs)) {
    throw new PartyError('repeated', 'You just said that.');
  }
  const recent = [...state.recent, { likeness: same, atMs: nowMs }].slice(-REMEMBERED_LINES);
  return { text: cleaned, state: { bucket, lastAtMs: nowMs, recent } };
}

/** The author's state, and the bucket after one more line; throws `slow_mode` or `rate_limited`, whatever the line says. */
export function checkPace(
  { slowMs: apartMs }: Pick<Policy, 'slowMs'>,
  author: Pick<Author, 'role' | 'state'>,
  nowMs: number,
): { readonly state: AuthorState; readonly bucket: TokenBucket } {
  const isFan = author.role === 'fan';
  const pace = isFan ? FAN_PACE : STAFF_PACE;
  const state = author.state ?? { bucket: fullBucket(pace, nowMs), lastAtMs: null, recent: [] };
  const taken = take(state.bucket, pace, nowMs);
  const bucketMs = taken.taken ? 0 : taken.retryInMs;
  const slowMs = isFan && state.lastAtMs !== null ? Math.max(0, state.lastAtMs + apartMs - nowMs) : 0;
  const retryInMs = Math.ceil(Math.max(slowMs, bucketMs));
  if (slowMs > 0) throw new PartyError('slow_mode', 'Slow mode is on.', retryInMs);
  if (bucketMs > 0) throw new PartyError('rate_limited', 'That was a lot at once.', retryInMs);
  return { state, bucket: taken.bucket };
}

function checkStanding(policy: Pick<Policy, 'chatMode'>, { mute }: Author, nowMs: number): void {
  if (policy.chatMode === 'closed') throw new PartyError('chat_closed', 'Chat is closed right now.');
  if (mute !== undefined && (mute.untilMs === null || mute.untilMs > nowMs)) {
    throw mute.untilMs === null
      ? new PartyError('muted', 'You are muted.')
      : new PartyError('muted', 'You are muted for a while.', Math.ceil(mute.untilMs - nowMs));
  }
  if (policy.chatMode === 'staff') throw new PartyError('not_allowed', 'Only staff may write right now.');
}
