/** Fans and a host as pages have them (client/session), with a record of what happened to each. */

import { memoryStorage } from '../../client/session/memory-storage.ts';
import { createPartySession } from '../../client/session/party-session.ts';
import type { StaffSession } from '../../client/session/staff-types.ts';
import type { PartySession } from '../../client/session/types.ts';
import { systemClock } from '../../core/clock.ts';
import type { Fate } from '../../schemas/chat.ts';
import { openConsole } from '../drills/drill-console.ts';
import { revisionOf } from '../drills/page-fan.ts';

const SLUG = 'demo';
const clock = systemClock();

/** From the moment a live fan lost the seat to the moment it was live again. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Place {
  readonly roomId: string;
  /** As `host:port`. */
  readonly publicAddress: string;
}

export interface Said {
  readonly id: string;
  readonly text: string;
  readonly fate: Fate;
}

export interface Guest {
  readonly name: string;
  readonly session: PartySession;
  /** What was acknowledged to this fan. */
  readonly said: readonly Said[];
  /** Where the newest ticket leads. */
  seat(): Place;
  isLive(): boolean;
  /** Each lost seat that was made good, by the process's clock. */
  gaps(): readonly Gap[];
  /** How often the seat was lost. */
  losses(): number;
  /** Rejects when it is refused or not answered. */
  say(text: string): Promise<Said>;
  hears(text: string): boolean;
  /** Ids of the lines that everyone was to see, in the order of the page. */
  eventLane(): readonly string[];
  /** Of what plays, or is about to. */
  revision(): number;
}

/** Comes in by this door, as a page that was opened there. */
export async function fanAt(origin: string, name: string, random: () => number): Promise<Guest> {
  let seat: Place = { roomId: '', publicAddress: '' };
  const session = createPartySession({
    slug: SLUG,
    origin,
    clock,
    random,
    storage: memoryStorage(),
    async fetch(url, init) {
      // As a page says where it came from.
      const reply = await fetch(url, { ...init, headers: { ...init.headers, origin } });
      if (reply.status === 201) ({ seat } = (await reply.clone().json()) as { seat: Place });
      return reply;
    },
  });
  const said: Said[] = [];
  const gaps: Gap[] = [];
  let losses = 0;
  let lostAtMs: number | undefined;
  await session.load();
  await session.enter(name);
  session.phase.subscribe(({ kind }) => {
    if (kind === 'live' && lostAtMs !== undefined) {
      gaps.push({ fromMs: lostAtMs, toMs: clock.nowMs() });
      lostAtMs = undefined;
    } else if (kind !== 'live' && lostAtMs === undefined) {
      losses += 1;
      lostAtMs = clock.nowMs();
    }
  });
  return {
    name,
    session,
    said,
    seat: () => seat,
    isLive: () => session.phase.value.kind === 'live',
    gaps: () => gaps,
    losses: () => losses,
    async say(text) {
      await session.say(text).catch((error: unknown) => {
        // Refused lines wait on the page for their author, who gives them up here.
        for (const { id, mine } of session.lines.value) if (mine?.kind === 'refused') session.dismiss(id);
        throw error;
      });
      const line = session.lines.value.findLast((line) => line.text === text && line.mine?.kind === 'accepted');
      if (line?.mine?.kind !== 'accepted') throw new Error(`"${text}" is not on its author's page`);
      const answered = { id: line.id, text, fate: line.mine.fate };
      said.push(answered);
      return answered;
    },
    hears: (text) => session.lines.value.some((line) => line.text === text),
    eventLane: () => session.lines.value.filter(({ lane }) => lane === 'event').map(({ id }) => id),
    revision: () => (session.view.value === null ? -1 : revisionOf(session.view.value)),
  };
}

/** The console of whoever has this invitation. */
export function hostAt(hostUrl: string, random: () => number): Promise<StaffSession> {
  const { origin, hash } = new URL(hostUrl);
  return openConsole({ slug: SLUG, origin, invite: new URLSearchParams(hash.slice(1)).get('invite') ?? '', random });
}
