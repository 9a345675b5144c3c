/** Choosing among lines fairly: over fans, not over lines. */
import { goesFirst, type LaneLine, STALE_MS } from './chat-lanes.ts';

/** The lines in order, each id once, without those that nobody would still want to read. */
export function freshOnce<T extends LaneLine>(lines: readonly T[], nowMs: number): T[] {
  const seen = new Set<string>();
  return lines.filter(({ id, atMs }) => {
    if (seen.has(id) || nowMs - atMs > STALE_MS) return false;
    seen.add(id);
    return true;
  });
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

/**
 * At most `count` of the lines, in their order. Fans take turns, in random order, each with their oldest line first:
 * nobody gets a second line before everyone has had a first, however much one fan says.
 */
export function fairPick<T extends LaneLine>(lines: readonly T[], count: number, random: () => number): T[] {
  if (lines.length <= count) return [...lines];
  const byFan = new Map<string, T[]>();
  for (const line of lines) {
    const own = byFan.get(line.fanId);
    if (own === undefined) byFan.set(line.fanId, [line]);
    else own.push(line);
  }
  const turns = shuffled([...byFan.values()], random);
  const picked = new Set<T>();
  for (let round = 0; picked.size < count; round += 1) {
    for (const own of turns) {
      const line = own[round];
      if (line !== undefined && picked.size < count) picked.add(line);
    }
  }
  return lines.filter((line) => picked.has(line));
}

export interface UpAsked<T extends LaneLine> {
  readonly lines: readonly T[];
  /** Places in this beat's batch. */
  readonly room: number;
  readonly nowMs: number;
  readonly random: () => number;
}

/**
 * Which lines a process sends up this beat: those by staff and replies to staff first, then a fair sample, never
 * more than `room`. Of the first kind what does not fit is kept for the next beat (`later`); the sample's rest is
 * not, since the next beat has its own.
 */
export function chooseUp<T extends LaneLine>(asked: UpAsked<T>): { readonly up: T[]; readonly later: T[] } {
  const { room, nowMs, random } = asked;
  const lines = freshOnce(asked.lines, nowMs);
  const first = lines.filter(goesFirst);
  const carried = new Set(first.slice(0, Math.max(0, room)));
  const rest = lines.filter((line) => !goesFirst(line));
  for (const line of fairPick(rest, Math.max(0, Math.floor(room) - carried.size), random)) carried.add(line);
  return { up: lines.filter((line) => carried.has(line)), later: first.filter((line) => !carried.has(line)) };
}
