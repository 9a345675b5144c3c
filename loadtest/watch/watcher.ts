/** A fan with a whole page behind: the session of the fan page, and a stopwatch for what its fan would see. */

import { memoryStorage } from '../../client/session/memory-storage.ts';
import { createPartySession } from '../../client/session/party-session.ts';
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { fanTalk } from '../fan-talk.ts';
import { stateDigest } from './digest.ts';
import type { Screen, WatchResult } from './messages.ts';

/** What all watchers of a process write into. */
export type WatchTally = {
  -readonly [K in keyof Omit<WatchResult, 'cpuS'>]: WatchResult[K] extends readonly (infer T)[]
    ? T[]
    : WatchResult[K] extends number
      ? number
      : Record<string, number>;
};

export interface WatcherDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly origin: string;
  readonly slug: string;
  readonly index: number;
  readonly tally: WatchTally;
}

export interface Watcher {
  readonly isLive: () => boolean;
  readonly screen: (lineId: string) => Screen;
  /** Says something new. `dueAtMs`: the moment it was meant for. */
  say(dueAtMs: number): Promise<void>;
  leave(): void;
}

/** One line in so many is timed: a sample as good as the whole, and a tenth of the memory. */
const AGE_SAMPLE = 10;
const SEEN_MAX = 2_000;

/** Comes to the doors at once. */
export function startWatcher({ clock, random, origin, slug, index, tally }: WatcherDeps, dueAtMs: number): Watcher {
  const session = createPartySession({ slug, origin, clock, random, storage: memoryStorage(), fetch: globalThis.fetch });
  const talk = fanTalk(index, random);
  const seen = new Set<string>();
  let revision = -1;
  let lostAtMs: number | null = null;
  let joined = false;

  session.phase.subscribe((phase) => {
    const nowMs = clock.nowMs();
    if (phase.kind === 'live') {
      if (!joined) {
        joined = true;
        tally.joined += 1;
        tally.joins.push({ atMs: dueAtMs, ms: nowMs - dueAtMs });
      } else if (lostAtMs !== null) tally.gaps.push({ atMs: lostAtMs, ms: nowMs - lostAtMs });
      lostAtMs = null;
    } else if (phase.kind === 'reconnecting') lostAtMs ??= nowMs;
    else if (phase.kind === 'closed' && phase.why !== 'left') count(tally.closed, phase.why);
  });
  session.view.subscribe((view) => {
    if (!view) return;
    const nowMs = clock.nowMs();
    const newest = view.next ?? view.playback;
    // What was in force before it came is nothing that it could be late for.
    if (revision >= 0 && newest.revision > revision && view.next) {
      const lateMs = Math.max(0, nowMs - view.next.applyAtMs);
      tally.cues.push({ atMs: view.next.applyAtMs, ms: Math.abs(session.clock.nowMs() - nowMs) + lateMs });
    }
    revision = Math.max(revision, newest.revision);
  });
  let isFirst = true;
  session.lines.subscribe((lines) => {
    const nowMs = clock.nowMs();
    for (const line of lines) {
      if (line.mine || seen.has(line.id)) continue;
      seen.add(line.id);
      if (isFirst) continue;
      if (tally.linesShown++ % AGE_SAMPLE === 0) tally.ages.push({ atMs: nowMs, ms: nowMs - line.atMs });
    }
    if (lines.length > 0) isFirst = false;
    // A set keeps the order of its insertions: the oldest go first.
    for (const id of seen) {
      if (seen.size <= SEEN_MAX) break;
      seen.delete(id);
    }
  });
  session.enter(talk.name()).catch((error: unknown) => count(tally.closed, codeOf(error)));

  return {
    isLive: () => session.phase.value.kind === 'live',
    screen(lineId) {
      const view = session.view.value;
      return {
        digest: view ? stateDigest(view, clock.nowMs()) : '',
        hasLine: session.lines.value.some(({ id }) => id === lineId),
      };
    },
    async say(saidAtMs) {
      const text = talk.line();
      try {
        await session.say(text);
        const ms = clock.nowMs() - saidAtMs;
        tally.acks.push({ atMs: saidAtMs, ms });
        const line = session.lines.value.findLast(({ mine, text: said }) => mine?.kind === 'accepted' && said === text);
        if (line) tally.acknowledged.push({ id: line.id, fanId: line.fanId, atMs: line.atMs });
      } catch (error) {
        count(tally.refused, codeOf(error));
      }
    },
    leave: () => session.leave(),
  };
}

const codeOf = (error: unknown) => (error instanceof PartyError ? error.code : String(error));

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}
