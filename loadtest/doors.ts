/** A bot's way in: a ticket from the doors, waiting in line when there is one, then the seat by the SDK alone. */
import { Client, type Room, type SeatReservation } from '@colyseus/sdk';
import type { Clock } from '../core/clock.ts';
import { EventSummary, TicketGranted, TicketInLine } from '../schemas/http.ts';

export interface Doors {
  readonly clock: Clock;
  /** Such as `http://127.0.0.1:2567`. */
  readonly origin: string;
  readonly slug: string;
}

export async function eventSummary({ origin, slug }: Pick<Doors, 'origin' | 'slug'>): Promise<EventSummary> {
  const reply = await fetch(new URL(`/api/events/${slug}`, origin));
  if (!reply.ok) throw new Error(`no event ${slug}: ${reply.status}`);
  return EventSummary.parse(await reply.json());
}

/** Rejects with the doors' own code and message when refused. */
export async function takeTicket({ clock, origin, slug }: Doors, name: string): Promise<TicketGranted> {
  let lineToken: string | undefined;
  for (;;) {
    const reply = await fetch(new URL(`/api/events/${slug}/tickets`, origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, lineToken }),
    });
    const body: unknown = await reply.json();
    if (reply.status === 201) return TicketGranted.parse(body);
    if (reply.status !== 202) throw new Error(`doors answered ${reply.status} ${JSON.stringify(body)}`);
    const inLine = TicketInLine.parse(body);
    lineToken = inLine.lineToken;
    await new Promise<void>((resolve) => clock.after(inLine.retryInMs, resolve));
  }
}

/** A seat on the stage, for an invitation. */
export async function takeStageTicket({ origin, slug }: Pick<Doors, 'origin' | 'slug'>, invite: string): Promise<TicketGranted> {
  const reply = await fetch(new URL(`/api/events/${slug}/tickets`, origin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invite }),
  });
  const body: unknown = await reply.json();
  if (reply.status !== 201) throw new Error(`doors answered ${reply.status} ${JSON.stringify(body)}`);
  return TicketGranted.parse(body);
}

export async function sitDown<State>(
  origin: string,
  granted: TicketGranted,
  stateClass: new () => State,
): Promise<Room<unknown, State>> {
  const client = new Client(origin);
  client.auth.token = granted.ticket;
  const room = await client.consumeSeatReservation<State>(granted.seat as SeatReservation, stateClass);
  // A bot that comes back by itself would hide the drop.
  room.reconnection.enabled = false;
  // Who sits down looks at the state at once.
  await new Promise<void>((resolve) => room.onStateChange.once(() => resolve()));
  return room as Room<unknown, State>;
}
