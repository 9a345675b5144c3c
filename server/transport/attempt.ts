/** A connection as it asks to come in: read from its URL, judged by its ticket. */
import type { SeatClaims } from '../../rooms/venue.ts';
import type { TicketErrorCode } from '../../schemas/errors.ts';
import type { Sealer } from '../auth/seal.ts';
import { openTicket } from '../auth/ticket.ts';

/** What the SDK puts into the URL of a socket: `/<processId>/<roomId>?sessionId=…&_authToken=…`. */
export interface Attempt {
  readonly roomId: string;
  readonly sessionId: string;
  /** What the ticket grants; undefined when we did not make it. */
  readonly claims: SeatClaims | undefined;
  /** Set when a page that dropped asks for its own seat again. */
  readonly reconnectionToken: string | undefined;
  readonly skipHandshake: boolean;
}

const PATH = /\/[A-Za-z0-9_-]+\/([A-Za-z0-9_-]+)$/;

/** undefined when the URL names no room. */
export function readAttempt(sealer: Sealer, url: string): Attempt | undefined {
  const queryAt = url.indexOf('?');
  const roomId = PATH.exec(queryAt < 0 ? url : url.slice(0, queryAt))?.[1];
  if (roomId === undefined) return undefined;
  const searchParams = new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt));
  return {
    roomId,
    sessionId: searchParams.get('sessionId') ?? '',
    claims: openTicket(sealer, searchParams.get('_authToken') ?? ''),
    reconnectionToken: searchParams.get('reconnectionToken') || undefined,
    skipHandshake: searchParams.has('skipHandshake'),
  };
}

export type Judgement =
  | { readonly kind: 'granted'; readonly claims: SeatClaims }
  | { readonly kind: 'refused'; readonly code: TicketErrorCode };

/**
 * Is this our ticket, in time, for this room and session? A reconnection may come with an expired ticket: the
 * room still holds the seat it granted. What the room and the stage know (used, banned, ended) is for `venue.admit`.
 */
export function judge({ claims, ...attempt }: Attempt, nowMs: number): Judgement {
  if (!claims) return { kind: 'refused', code: 'ticket_invalid' };
  // Whoever comes to another room comes with another session's id too: the room says more.
  if (claims.roomId !== attempt.roomId) return { kind: 'refused', code: 'ticket_elsewhere' };
  if (claims.sessionId !== attempt.sessionId) return { kind: 'refused', code: 'ticket_invalid' };
  if (attempt.reconnectionToken === undefined && nowMs > claims.expiresAtMs) return { kind: 'refused', code: 'ticket_expired' };
  return { kind: 'granted', claims };
}
