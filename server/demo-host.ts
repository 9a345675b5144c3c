/**
 * Keeps the demo playing: when its setlist has played through, it starts again, so that whoever opens the page hears music.
 * A host like any stranger's program, who knows nothing but the public contract.
 */
import { Client } from '@colyseus/sdk';
import type { Clock } from '../core/clock.ts';
import { playheadOf, timelineOf } from '../core/timeline.ts';
import type { Log } from '../rooms/ports.ts';
import type { EventView } from '../rooms/venue.ts';
import { TicketGranted } from '../schemas/http.ts';
import type { TrackId } from '../schemas/ids.ts';
import { StageState } from '../schemas/stage-state.ts';

export interface DemoHostDeps {
  readonly clock: Clock;
  readonly eventNowMs: () => number;
  readonly view: () => EventView | undefined;
  /** Where this process listens, as seen from this machine. */
  readonly origin: string;
  readonly slug: string;
  readonly freshInvite: () => Promise<string>;
  readonly log: Log;
}

const LOOK_EVERY_MS = 1_000;

/** Call the result to stop. */
export function startDemoHost(deps: DemoHostDeps): () => void {
  let busy = false;
  return deps.clock.every(LOOK_EVERY_MS, () => {
    const first = firstWhenOver(deps.view(), deps.eventNowMs());
    if (first === undefined || busy) return;
    busy = true;
    void playFrom(deps, first)
      .catch((error: unknown) => deps.log.warn({ err: error }, 'the demo could not start again'))
      .finally(() => {
        busy = false;
      });
  });
}

/**
 * The first track, once the last has ended and no cue is under way: in a full house it comes into force seconds after it was given, and one
 * given anew each second would put it off for good.
 */
export function firstWhenOver(view: Pick<EventView, 'snapshot'> | undefined, nowMs: number): TrackId | undefined {
  if (!view || view.snapshot.ended) return undefined;
  const { next } = view.snapshot;
  if (next !== null && next.applyAtMs > nowMs) return undefined;
  const timeline = timelineOf(view.snapshot);
  return playheadOf(timeline, nowMs).status === 'ended' ? view.snapshot.setlist[0]?.id : undefined;
}

async function playFrom({ origin, slug, freshInvite }: DemoHostDeps, trackId: TrackId): Promise<void> {
  const reply = await fetch(`${origin}/api/events/${slug}/tickets`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ invite: await freshInvite() }),
  });
  if (reply.status !== 201) throw new Error(`the doors answered ${reply.status}`);
  const { ticket, seat } = TicketGranted.parse(await reply.json());
  const client = new Client(origin);
  client.auth.token = ticket;
  const room = await client.consumeSeatReservation(seat as Parameters<Client['consumeSeatReservation']>[0], StageState);
  try {
    await room.request('play-track', { trackId });
  } finally {
    await room.leave();
  }
}
