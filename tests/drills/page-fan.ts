/** A fan as the page makes one: a whole session, which finds its way back by itself, and a ledger of all that it was told. */

import { memoryStorage } from '../../client/session/memory-storage.ts';
import { createPartySession } from '../../client/session/party-session.ts';
import type { PartySession, PartyView } from '../../client/session/types.ts';
import { systemClock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import { playheadOf } from '../../core/timeline.ts';
import type { Fate } from '../../schemas/chat.ts';
import { TicketGranted } from '../../schemas/http.ts';
import type { DrillRun } from './drill-run.ts';

/** Heard and sent are on different pages: what differs by less is the clocks' own error. */
const SAME_PLAYHEAD_MS = 1;

export interface AcknowledgedLine {
  readonly id: string;
  readonly text: string;
  readonly fate: Fate;
}

/** The playhead went elsewhere from one frame to the next. */
export interface Jump {
  readonly byMs: number;
  readonly fromRevision: number;
  readonly toRevision: number;
}

export type Said = { readonly fate: Fate; readonly code: null } | { readonly fate: null; readonly code: string };

export interface PageFan extends Disposable {
  readonly name: string;
  readonly session: PartySession;
  /** Of the process and the section that its last seat is on. */
  readonly processId: string;
  readonly roomId: string;
  /** Moments on the drill's own clock: when a seat was lost, and when the next one was live; null while there is none. */
  readonly gaps: readonly { readonly lostAtMs: number; backAtMs: number | null }[];
  readonly acknowledged: readonly AcknowledgedLine[];
  /** Playheads that moved by themselves would be here with one revision on both sides. */
  readonly jumps: readonly Jump[];
  /** Announcements in the order in which the page showed them. */
  readonly announcements: readonly string[];
  /** When the page first showed this text as a line that was accepted, by `performance.now()`; undefined: never. */
  seenAtMs(text: string): number | undefined;
  /** Says it; resolves with its fate once it is acknowledged, else with the code of the refusal. */
  say(text: string): Promise<Said>;
  /** Where the music is for this fan at `eventMs`. */
  positionAt(eventMs: number): number;
}

/** Sits down by the door of `origin`; resolves when it is live. */
export async function enterPageFan(run: Pick<DrillRun, 'slug' | 'random'>, origin: string, name: string): Promise<PageFan> {
  let [processId, roomId] = ['', ''];
  const session = createPartySession({
    slug: run.slug,
    origin,
    clock: systemClock(),
    random: run.random,
    storage: memoryStorage(),
    fetch: async (...asked) => {
      const reply = await fetch(...asked);
      const granted = TicketGranted.safeParse(
        await reply
          .clone()
          .json()
          .catch(() => null),
      );
      if (granted.success) ({ processId, roomId } = granted.data.seat);
      return reply;
    },
  });
  const gaps: { lostAtMs: number; backAtMs: number | null }[] = [];
  const acknowledged: AcknowledgedLine[] = [];
  const jumps: Jump[] = [];
  const announcements: string[] = [];
  const seen = new Map<string, number>();
  await session.load();
  await session.enter(name);
  if (session.phase.value.kind !== 'live') throw new Error(`${name} is ${session.phase.value.kind}`);

  const stops = [
    session.phase.subscribe(({ kind }) => {
      const open = gaps.findLast(({ backAtMs }) => backAtMs === null);
      if (kind !== 'live' && open === undefined) gaps.push({ lostAtMs: performance.now(), backAtMs: null });
      else if (kind === 'live' && open !== undefined) open.backAtMs = performance.now();
    }),
    session.lines.subscribe((lines) => {
      for (const { text, mine } of lines) {
        if ((mine === null || mine.kind === 'accepted') && !seen.has(text)) seen.set(text, performance.now());
      }
    }),
  ];
  let last: PartyView | null = null;
  stops.push(
    session.view.subscribe((view) => {
      if (view === null) return;
      const jump = last === null ? null : jumpBetween(last, view, session.clock.nowMs());
      if (jump !== null) jumps.push(jump);
      const { announcement } = view.policy;
      if (announcement !== announcements.at(-1)) announcements.push(announcement);
      last = view;
    }),
  );

  return {
    name,
    session,
    get processId() {
      return processId;
    },
    get roomId() {
      return roomId;
    },
    gaps,
    acknowledged,
    jumps,
    announcements,
    seenAtMs: (text) => seen.get(text),
    async say(text) {
      try {
        await session.say(text);
      } catch (error) {
        return { fate: null, code: error instanceof PartyError ? error.code : 'internal' };
      }
      const line = session.lines.value.find((shown) => shown.text === text && shown.mine?.kind === 'accepted');
      if (line?.mine?.kind !== 'accepted') throw new Error(`${name} does not see the own line`);
      acknowledged.push({ id: line.id, text, fate: line.mine.fate });
      return { fate: line.mine.fate, code: null };
    },
    positionAt: (eventMs) => (session.view.value === null ? Number.NaN : playheadOf(session.view.value, eventMs).positionMs),
    [Symbol.dispose]() {
      for (const stop of stops) stop();
      session.leave();
    },
  };
}

/** Newest thing that it says about playback, pending or not. */
export function revisionOf({ playback, next }: Pick<PartyView, 'playback' | 'next'>): number {
  return next?.revision ?? playback.revision;
}

/** What the newer view says of this very moment and of the moment when all that is pending applies, against the older one. */
function jumpBetween(before: PartyView, after: PartyView, nowMs: number): Jump | null {
  const laterMs = Math.max(nowMs, before.next?.applyAtMs ?? 0, after.next?.applyAtMs ?? 0);
  const moved = [nowMs, laterMs].map((atMs) => {
    const [a, b] = [playheadOf(before, atMs), playheadOf(after, atMs)];
    return a.trackId === b.trackId ? Math.abs(a.positionMs - b.positionMs) : Number.POSITIVE_INFINITY;
  });
  const byMs = Math.max(...moved);
  return byMs > SAME_PLAYHEAD_MS ? { byMs, fromRevision: revisionOf(before), toRevision: revisionOf(after) } : null;
}

/** Fans enough that every process that takes them has some; in the order of their coming. */
export async function enterPageFans(run: DrillRun, count: number, firstName = 'Fan'): Promise<PageFan[]> {
  const fans: PageFan[] = [];
  for (let n = 0; n < count; n += 1) {
    fans.push(await enterPageFan(run, run.origins[n % run.origins.length] ?? '', `${firstName} ${n + 1}`));
  }
  return fans;
}
