/** The event lane, as the stage runs it: what reaches everyone this beat. */
import { LINES_PER_S } from '../schemas/limits.ts';
import {
  isStaffs,
  type LaneBudget,
  type LaneLine,
  type LaneMode,
  laneBudget,
  laneMode,
  laneRule,
  RATE_WINDOW_MS,
} from './chat-lanes.ts';
import { fairPick, freshOnce } from './chat-lanes-choose.ts';
import { fullBucket, refill, type TokenBucket } from './token-bucket.ts';

/** Ids remembered so that a line that came up twice is shown once. */
const REMEMBERED_IDS = 2_048;

/** A count that fades: what happened a window ago weighs a third. */
interface Fading {
  readonly count: number;
  readonly atMs: number;
}

function fade({ count, atMs }: Fading, nowMs: number): Fading {
  return { count: count * Math.exp(-Math.max(0, nowMs - atMs) / RATE_WINDOW_MS), atMs: Math.max(atMs, nowMs) };
}

function addTo(fading: Fading, more: number, nowMs: number): Fading {
  const now = fade(fading, nowMs);
  return { count: now.count + more, atMs: now.atMs };
}

export interface EventLane<T extends LaneLine> {
  readonly mode: LaneMode;
  readonly bucket: TokenBucket;
  /** Accepted in all sections, and shown to everyone, lately. */
  readonly accepted: Fading;
  readonly shown: Fading;
  /** Over this beat's budget, first in the next; in a crowd replies to staff alone. */
  readonly waiting: readonly T[];
  /** Shown lately, oldest first. */
  readonly shownIds: readonly string[];
}

export function emptyLane<T extends LaneLine>(nowMs: number): EventLane<T> {
  const none = { count: 0, atMs: nowMs };
  return {
    mode: 'calm',
    bucket: fullBucket(laneRule(LINES_PER_S), nowMs),
    accepted: none,
    shown: none,
    waiting: [],
    shownIds: [],
  };
}

export interface EventLaneAsked<T extends LaneLine> {
  /** What came up since the last beat. */
  readonly candidates: readonly T[];
  /** Lines accepted in all sections since the last beat, the candidates among them. */
  readonly accepted: number;
  readonly nowMs: number;
  readonly random: () => number;
}

export interface EventLaneChosen<T extends LaneLine> extends LaneBudget {
  readonly lane: EventLane<T>;
  /** For everyone, in the order in which they came. */
  readonly lines: readonly T[];
  readonly mode: LaneMode;
  /** Lines per second over the whole event. */
  readonly linesPerS: number;
  /** Share of lately accepted lines that reach everyone, 0 to 1. */
  readonly shownShare: number;
}

/** Which of the candidates everyone sees: staff always, the rest fairly within `budget`, replies to staff before all else. */
export function selectEventLane<T extends LaneLine>(asked: {
  readonly candidates: readonly T[];
  readonly budget: number;
  readonly nowMs: number;
  readonly random: () => number;
}): { readonly lines: readonly T[]; readonly left: readonly T[] } {
  const fresh = freshOnce(asked.candidates, asked.nowMs);
  const chosen = new Set(fresh.filter(isStaffs));
  const fans = fresh.filter((line) => !isStaffs(line));
  for (const toStaff of [true, false]) {
    const room = Math.max(0, Math.floor(asked.budget) - chosen.size);
    const lines = fans.filter((line) => line.toStaff === toStaff);
    for (const line of fairPick(lines, room, asked.random)) chosen.add(line);
  }
  return { lines: fresh.filter((line) => chosen.has(line)), left: fresh.filter((line) => !chosen.has(line)) };
}

/**
 * One beat of the event lane. Staff use up budget as well, but are never held back by it. In calm, what is
 * over the budget waits for the next beat; in a crowd only replies to staff do, since the next beat has its own sample.
 */
export function beatLane<T extends LaneLine>(lane: EventLane<T>, asked: EventLaneAsked<T>): EventLaneChosen<T> {
  const { nowMs, random } = asked;
  const accepted = addTo(lane.accepted, asked.accepted, nowMs);
  const linesPerS = (accepted.count * 1_000) / RATE_WINDOW_MS;
  const mode = laneMode(lane.mode, linesPerS);
  const budget = laneBudget(mode);
  const bucket = refill(lane.bucket, laneRule(budget.eventPerS), nowMs);
  const known = new Set(lane.shownIds);
  const candidates = [...lane.waiting, ...asked.candidates].filter(({ id }) => !known.has(id));
  const { lines, left } = selectEventLane({ candidates, budget: bucket.tokens, nowMs, random });
  const shown = addTo(lane.shown, lines.length, nowMs);
  return {
    ...budget,
    lines,
    mode,
    linesPerS,
    shownShare: accepted.count < 0.5 ? 1 : Math.min(1, shown.count / accepted.count),
    lane: {
      mode,
      bucket: { ...bucket, tokens: Math.max(0, bucket.tokens - lines.length) },
      accepted,
      shown,
      waiting: mode === 'calm' ? left : left.filter(({ toStaff }) => toStaff),
      shownIds: [...lane.shownIds, ...lines.map(({ id }) => id)].slice(-REMEMBERED_IDS),
    },
  };
}
