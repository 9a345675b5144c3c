/**
 * What of the chat reaches whom, so that it stays readable. While the whole event says no more than a person can
 * read, everybody sees every line (calm). Above that (crowded) the event lane carries staff, then replies to staff, then a
 * fair sample, each section's lane its neighbours' lines, together within the budget.
 */
import type { Fate, UpLine } from '../schemas/chat.ts';
import { LINES_PER_S } from '../schemas/limits.ts';
import { type BucketRule, type TokenBucket, take } from './token-bucket.ts';

export type LaneMode = 'calm' | 'crowded';

/** What the lanes look at in a line. */
export type LaneLine = Pick<UpLine, 'id' | 'fanId' | 'role' | 'toStaff' | 'atMs'>;

/** A line that has waited this long is no longer part of the conversation. */
export const STALE_MS = 10_000;
/** How long the rate of lines is averaged over: a shorter burst is not a crowd. */
export const RATE_WINDOW_MS = 3_000;

/** Staff are carried whatever the budget. */
export function isStaffs(line: Pick<LaneLine, 'role'>): boolean {
  return line.role !== 'fan';
}

/** Staff, and replies to staff, go before all others. Replies stay within the budget: "where are you from?" has thousands of them. */
export function goesFirst(line: Pick<LaneLine, 'role' | 'toStaff'>): boolean {
  return isStaffs(line) || line.toStaff;
}

/** Above the budget there is a choice; below this share of it, none again. In between nothing changes. */
const CALM_SHARE = 0.7;

/** The mode for what fans say in the whole event: up at the budget, back well below it. */
export function laneMode(last: LaneMode, linesPerS: number): LaneMode {
  if (last === 'calm') return linesPerS > LINES_PER_S ? 'crowded' : 'calm';
  return linesPerS < LINES_PER_S * CALM_SHARE ? 'calm' : 'crowded';
}

export interface LaneBudget {
  /** Fans' lines that the stage picks for everyone. */
  readonly eventPerS: number;
  /** What a section's own lane may use. In calm the own lane is silent. */
  readonly sectionPerS: number;
}

/** In a crowd, what a section's lane has at most, and how much more than the mean section one of them may say: chance makes some livelier. */
const SECTION_MAX_PER_S = LINES_PER_S / 2;
export const SECTION_SPREAD_PER_S = 1;
/** A section that owes its fans more than this promises nothing new. */
const BACKLOG_MAX = LINES_PER_S / 4;

/** What sections accept, lately. */
export interface SectionsHeard {
  /** Lines per second in the mean of those that speak. */
  readonly meanPerS: number;
  /** How many of them speak. */
  readonly count: number;
}

/**
 * In a crowd a section's lane has what the mean section says, up to half of the budget, and the event lane fills the budget up. What of
 * a section's own lines everyone sees as well, its fans see once, so that the event lane has that much more. A livelier section
 * may go beyond the budget by the spread: if all kept room for the liveliest, nobody would have what can be read.
 */
export function laneBudget(mode: LaneMode, { meanPerS, count }: SectionsHeard): LaneBudget {
  if (mode === 'calm') return { eventPerS: LINES_PER_S, sectionPerS: LINES_PER_S };
  const ownPerS = Math.min(SECTION_MAX_PER_S, meanPerS);
  const shownTwice = count === 0 || meanPerS === 0 ? 0 : ownPerS / meanPerS / count;
  const eventPerS = shownTwice < 1 ? Math.min(LINES_PER_S, (LINES_PER_S - ownPerS) / (1 - shownTwice)) : LINES_PER_S;
  // In tenths: a figure that every beat changes by a hair would be news to everybody.
  const sectionPerS = Math.min(SECTION_MAX_PER_S, Math.ceil((ownPerS + SECTION_SPREAD_PER_S) * 10) / 10);
  return { eventPerS, sectionPerS };
}

/** A lane may bunch what it has saved over the window that the mode is decided by. */
export function laneRule(perS: number): BucketRule {
  return { capacity: Math.max(1, (perS * RATE_WINDOW_MS) / 1_000), perS };
}

export interface FateAsked {
  readonly mode: LaneMode;
  /** As the last digest said. */
  readonly sectionPerS: number;
  /** This section's, one for replies to staff and one for all else; begin each with `fullBucket(laneRule(LINES_PER_S), nowMs)`. */
  readonly bucket: TokenBucket;
  readonly line: Pick<LaneLine, 'role' | 'toStaff'>;
  /** Lines promised to this section before, and not shown yet. */
  readonly backlog: number;
  /** The event lane cannot be reached: neighbours still see each other's lines. */
  readonly stageAway: boolean;
  readonly nowMs: number;
}

/**
 * An accepted line's fate, as its author is told: for everyone, for the neighbours, or held, which is journalled and
 * seen by its author alone. Staff are never held, replies to staff only beyond what a section may send. In calm every line is for everyone, up to the
 * burst at which the event becomes a crowd anyway. In a crowd both lanes together take the whole budget, so that what once
 * waits would wait for good and everybody's lines behind it: nothing is added while more than a quarter of a second's worth is owed.
 */
export function decideFate(asked: FateAsked): { readonly fate: Fate; readonly bucket: TokenBucket } {
  const { mode, line, stageAway, nowMs } = asked;
  const sharesBudget = mode === 'crowded' && !stageAway;
  if (isStaffs(line)) return { fate: stageAway ? 'section' : 'event', bucket: asked.bucket };
  if (!line.toStaff && sharesBudget && asked.backlog > BACKLOG_MAX) return { fate: 'held', bucket: asked.bucket };
  const { taken, bucket } = take(asked.bucket, laneRule(sharesBudget ? asked.sectionPerS : LINES_PER_S), nowMs);
  if (!taken) return { fate: 'held', bucket };
  return { fate: (mode === 'calm' || line.toStaff) && !stageAway ? 'event' : 'section', bucket };
}
