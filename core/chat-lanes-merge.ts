/** Both lanes in one ring: what a section's fans see this beat. */
import type { Lane } from '../schemas/chat.ts';
import { LINES_PER_S } from '../schemas/limits.ts';
import { isStaffs, type LaneLine, laneRule, STALE_MS } from './chat-lanes.ts';
import { refill, type TokenBucket } from './token-bucket.ts';

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
  /** Begin with `fullBucket(laneRule(LINES_PER_S), nowMs)`. */
  readonly bucket: TokenBucket;
  readonly nowMs: number;
}

/**
 * This beat's lines by age, each once, within the readable budget. Staff come always, then the
 * own lines, which were promised to their authors, then the event lane's. What does not fit waits (`later`) until it
 * is stale.
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
  const bucket = refill(asked.bucket, laneRule(LINES_PER_S), asked.nowMs);
  const always = all.filter(({ line }) => isStaffs(line));
  const rest = all.filter(({ line }) => !isStaffs(line));
  const byPromise = [...rest.filter(({ lane }) => lane === 'section'), ...rest.filter(({ lane }) => lane === 'event')];
  const room = Math.max(0, Math.floor(bucket.tokens) - always.length);
  const lines = [...always, ...byPromise.slice(0, room)].toSorted((a, b) => a.line.atMs - b.line.atMs);
  const tokens = Math.max(0, bucket.tokens - lines.length);
  return { lines, later: byPromise.slice(room), bucket: { ...bucket, tokens } };
}

function laned<T extends LaneLine>(lines: readonly T[], lane: Lane): LanedLine<T>[] {
  return lines.map((line) => ({ line, lane }));
}
