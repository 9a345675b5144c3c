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
import { addTo, type Fading, fadingPerS, NONE } from './fading.ts';
import { fullBucket, refill, type TokenBucket } from './token-bucket.ts';

/** How long what a section says is averaged over: few lines each. */
const SECTION_WINDOW_MS = 10_000;
/** A section that said a line half a minute ago is as good as silent. */
const FORGOTTEN_BELOW = 0.05;
/** Ids remembered so that a line that came up twice is shown once. */
const REMEMBERED_IDS = 2_048;

export interface EventLane<T extends LaneLine> {
  readonly mode: LaneMode;
  readonly bucket: TokenBucket;
  /** Accepted in all sections, and shown to everyone, lately. */
  readonly accepted: Fading;
  readonly shown: Fading;
  /** Accepted in each section that said something lately. */
  readonly sections: ReadonlyMap<string, Fading>;
  /** Over this beat's budget, first in the next; in a crowd replies to staff alone. */
  readonly waiting: readonly T[];
  /** Shown lately, oldest first. */
  readonly shownIds: readonly string[];
}

export function emptyLane<T extends LaneLine>(nowMs: number): EventLane<T> {
  return {
    mode: 'calm',
    bucket: fullBucket(laneRule(LINES_PER_S), nowMs),
    accepted: NONE,
    shown: NONE,
    sections: new Map(),
    waiting: [],
    shownIds: [],
  };
}

export interface EventLaneAsked<T extends LaneLine> {
  /** What came up since the last beat. */
  readonly candidates: readonly T[];
  /** Lines accepted since the last beat in each section that accepted any, the candidates among them. */
  readonly accepted: ReadonlyMap<string, number>;
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

function heard(lane: Pick<EventLane<LaneLine>, 'sections'>, accepted: ReadonlyMap<string, number>, nowMs: number) {
  const sections = new Map<string, Fading>();
  for (const id of new Set([...lane.sections.keys(), ...accepted.keys()])) {
    const section = addTo(lane.sections.get(id) ?? NONE, accepted.get(id) ?? 0, nowMs, SECTION_WINDOW_MS);
    if (section.count >= FORGOTTEN_BELOW) sections.set(id, section);
  }
  return sections;
}

/**
 * One beat of the event lane. Staff use up budget as well, but are never held back by it. In calm, what is
 * over the budget waits for the next beat; in a crowd only replies to staff do, since the next beat has its own sample.
 */
export function beatLane<T extends LaneLine>(lane: EventLane<T>, asked: EventLaneAsked<T>): EventLaneChosen<T> {
  const { nowMs, random } = asked;
  const sections = heard(lane, asked.accepted, nowMs);
  const more = [...asked.accepted.values()].reduce((sum, count) => sum + count, 0);
  const accepted = addTo(lane.accepted, more, nowMs, RATE_WINDOW_MS);
  const linesPerS = fadingPerS(accepted, RATE_WINDOW_MS);
  const mode = laneMode(lane.mode, linesPerS);
  const said = [...sections.values()].reduce((sum, section) => sum + fadingPerS(section, SECTION_WINDOW_MS), 0);
  const budget = laneBudget(mode, { meanPerS: said / Math.max(1, sections.size), count: sections.size });
  const bucket = refill(lane.bucket, laneRule(budget.eventPerS), nowMs);
  const known = new Set(lane.shownIds);
  const candidates = [...lane.waiting, ...asked.candidates].filter(({ id }) => !known.has(id));
  const { lines, left } = selectEventLane({ candidates, budget: bucket.tokens, nowMs, random });
  const shown = addTo(lane.shown, lines.length, nowMs, RATE_WINDOW_MS);
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
      sections,
      waiting: mode === 'calm' ? left : left.filter(({ toStaff }) => toStaff),
      shownIds: [...lane.shownIds, ...lines.map(({ id }) => id)].slice(-REMEMBERED_IDS),
    },
  };
}
