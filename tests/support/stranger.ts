/**
 * A client as a stranger would write it: it knows docs/protocol.md and @colyseus/sdk, and nothing of this repository.
 * It passes no state class, so the handshake describes the state.
 */
import { Client, type Room } from '@colyseus/sdk';

export interface Playback {
  readonly trackId: string;
  readonly status: 'playing' | 'paused' | 'ended';
  readonly positionMs: number;
  readonly anchorMs: number;
  readonly rate: number;
  readonly revision: number;
}

export interface Track {
  readonly id: string;
  readonly title: string;
  readonly durationMs?: number;
}

export interface Line {
  readonly seq: number;
  readonly id: string;
  readonly fanId: string;
  readonly name: string;
  readonly role: string;
  readonly text: string;
  readonly lane: 'event' | 'section';
  readonly replyTo: string;
}

export interface PartyState {
  readonly playback: Playback;
  readonly next?: (Playback & { readonly applyAtMs: number }) | null;
  readonly setlist: Iterable<Track>;
  readonly lines: Iterable<Line>;
  readonly removals: Iterable<{
    readonly seq: number;
    readonly lineId: string;
    readonly fanId: string;
    readonly beforeMs: number;
  }>;
  readonly policy: {
    readonly chatMode: string;
    readonly slowMs: number;
    readonly pinnedLine?: Line;
    readonly announcement: string;
    readonly doors: string;
  };
  readonly reactions: Iterable<readonly [emoji: string, count: number]>;
  readonly audience: { readonly event: number; readonly section: number };
}

export interface Granted {
  readonly ticket: string;
  readonly seat: Parameters<Client['consumeSeatReservation']>[0];
  readonly fan: { readonly id: string; readonly token: string };
  readonly serverTimeMs: number;
}

export interface TicketReply {
  readonly status: number;
  readonly body: Granted & {
    readonly code?: string;
    readonly message?: string;
    readonly retryInMs?: number;
    readonly lineToken?: string;
  };
}

export interface Stranger {
  readonly fan: Granted['fan'];
  readonly room: Room<unknown, PartyState>;
  /** The code that the socket was closed with. */
  readonly closed: Promise<number>;
  ask<Answer>(name: string, payload: object): Promise<Answer>;
  /** Also when the room has closed already. */
  leave(): Promise<void>;
}

const RETRY_MS = 250;

/** `token`: the bearer that says who is asking again. */
export async function askForTicket(origin: string, slug: string, body: object, token?: string): Promise<TicketReply> {
  const reply = await fetch(`${origin}/api/events/${slug}/tickets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  return { status: reply.status, body: (await reply.json()) as TicketReply['body'] };
}

/** Sits down and has the first state. */
export async function takeSeat(origin: string, { ticket, seat, fan }: Granted): Promise<Stranger> {
  const client = new Client(origin);
  client.auth.token = ticket;
  const room = (await client.consumeSeatReservation(seat)) as Room<unknown, PartyState>;
  room.reconnection.enabled = false;
  const closed = new Promise<number>((resolve) => room.onLeave(resolve));
  await new Promise<void>((resolve) => room.onStateChange.once(() => resolve()));
  const leave = async () => void (room.connection.isOpen && (await room.leave(true)));
  return { fan, room, closed, leave, ask: (name, payload) => room.request(name, payload) };
}

/** Takes a ticket, waiting in line when there is one, and sits down; rejects when the doors refuse. */
export async function enter(origin: string, slug: string, body: object, token?: string): Promise<Stranger> {
  let lineToken: string | undefined;
  for (;;) {
    const reply = await askForTicket(origin, slug, { ...body, lineToken }, token);
    if (reply.status === 201) return takeSeat(origin, reply.body);
    if (reply.status !== 202) throw new Error(`doors answered ${reply.status} ${reply.body.code}`);
    ({ lineToken } = reply.body);
    await new Promise((resolve) => setTimeout(resolve, reply.body.retryInMs ?? RETRY_MS));
  }
}

/** Asks for tickets as long as the doors refuse with `code`, waiting as long as they say; then sits down. */
export async function enterWhenLet(origin: string, slug: string, name: string, token: string, code: string): Promise<Stranger> {
  for (;;) {
    const reply = await askForTicket(origin, slug, { name }, token);
    if (reply.status === 201) return takeSeat(origin, reply.body);
    if (reply.body.code !== code) throw new Error(`doors answered ${reply.status} ${reply.body.code}, not ${code}`);
    await new Promise((resolve) => setTimeout(resolve, reply.body.retryInMs ?? RETRY_MS));
  }
}

/** The code of a request's refusal, which the SDK keeps in `reason`; `accepted` when it was not refused. */
export async function refusalOf(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'accepted';
  } catch (error) {
    return (error as { reason?: { code?: string } }).reason?.code ?? String(error);
  }
}

/** What plays at `nowMs` in event time: from `applyAtMs` on, `next` does. */
export function playing({ playback, next }: PartyState, nowMs: number): Playback {
  return next && nowMs >= next.applyAtMs ? next : playback;
}
