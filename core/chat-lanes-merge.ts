/** Both lanes in one ring: what a section's fans see this beat. */
import type { Lane } from '../schemas/chat.ts';
import { LINES_PER_S } from '../schemas/limits.ts';
import { isStaffs, type LaneLine, type LaneMode, SECTION_SPREAD_PER_S, STALE_MS } from './chat-lanes.ts';
import { type BucketRule, refill, type TokenBucket } from './token-bucket.ts';

/** A section that speaks seldom, since its house is late, shows what came meanwhile, as far as its ring holds it, with room for staff's. */
export const MERGE_RULE: BucketRule = { capacity: LINES_PER_S * 6, perS: LINES_PER_S + SECTION_SPREAD_PER_S };
/** In a crowd the lanes fill the budget, so that a queue stays as long as it is: so many lines of the event's lane wait, about two seconds. */
const CROWD_WAITS = LINES_PER_S * 2;

export interface LanedLine<T extends LaneLine> {
  readonly line: T;
  readonly lane: Lane;
}

export interface MergeAsked<T extends LaneLine> {
  /** `later` of the last beat. */
  readonly waiting: readonly LanedLine<T>[];
  /** The event lane's lines since the last beat. */
  readonly event: readonly T[];
  /** The section's own lines with the fate 'section'. */
  readonly own: readonly T[];
  /** Whether a line is or was in the ring. */
  readonly isShown: (id: string) => boolean;
  readonly mode: LaneMode;
  /** Begin with `fullBucket(MERGE_RULE, nowMs)`. */
  readonly bucket: TokenBucket;
  readonly nowMs: number;
}

/**
 * This beat's lines by age, each once, within the readable budget. Staff come always, then the
 * own lines, which were promised to their authors, then the event lane's. What does not fit waits (`later`) until it
 * is stale; in a crowd only the newest of the event lane's do, since a sample is no worse for being fresh.
 */
export function mergeLanes<T extends LaneLine>(
  asked: MergeAsked<T>,
): { readonly lines: readonly LanedLine<T>[]; readonly later: readonly LanedLine<T>[]; readonly bucket: TokenBucket } {
  const seen = new Set<string>();
  const all = [...asked.waiting, ...laned(asked.own, 'section'), ...laned(asked.event, 'event')].filter(({ line }) => {
    if (seen.has(line.id) || asked.isShown(line.id) || asked.nowMs - line.atMs > STALE_MS) return false;
    seen.add(line.id);
    return true;
  });
  const bucket = refill(asked.bucket, MERGE_RULE, asked.nowMs);
  const always = all.filter(({ line }) => isStaffs(line));
  const rest = all.filter(({ line }) => !isStaffs(line));
  const own = rest.filter(({ lane }) => lane === 'section');
  const room = Math.max(0, Math.floor(bucket.tokens) - always.length);
  const most = asked.mode === 'calm' ? Number.POSITIVE_INFINITY : Math.max(0, room - own.length) + CROWD_WAITS;
  const byPromise = [
    ...own,
    ...newest(
      rest.filter(({ lane }) => lane === 'event'),
      most,
    ),
  ];
  const lines = [...always, ...byPromise.slice(0, room)].toSorted((a, b) => a.line.atMs - b.line.atMs);
  const tokens = Math.max(0, bucket.tokens - lines.length);
  return { lines, later: byPromise.slice(room), bucket: { ...bucket, tokens } };
}

function laned<T extends LaneLine>(lines: readonly T[], lane: Lane): LanedLine<T>[] {
  return lines.map((line) => ({ line, lane }));
}

/** At most so many, those said last, in their order. */
function newest<T extends LaneLine>(lines: readonly LanedLine<T>[], most: number): readonly LanedLine<T>[] {
  if (lines.length <= most) return lines;
  const stay = new Set(lines.toSorted((a, b) => b.line.atMs - a.line.atMs).slice(0, most));
  return lines.filter((one) => stay.has(one));
}
