/** Tickets: this person, this seat, until then. Single use is remembered by the room, not here. */
import { z } from 'zod';
import type { SeatClaims } from '../../rooms/venue.ts';
import { AddressHash, EventId, FanId, RoomId, SessionId, StaffId } from '../../schemas/ids.ts';
import { NAME_MAX_CHARS } from '../../schemas/limits.ts';
import type { Sealer } from './seal.ts';

const name = z.string().max(NAME_MAX_CHARS);

/** A tuple, because a ticket travels in a URL. */
const Sealed = z.tuple([
  SessionId,
  EventId,
  RoomId,
  z.union([z.tuple([FanId, name, z.number(), z.boolean()]), z.tuple([StaffId, name])]),
  AddressHash.nullable(),
  z.number(),
]);

export function sealTicket(sealer: Sealer, claims: SeatClaims): string {
  const { who } = claims;
  const sealed = [
    claims.sessionId,
    claims.eventId,
    claims.roomId,
    who.kind === 'fan' ? [who.id, who.name, who.sinceMs, who.marked] : [who.id, who.name],
    claims.addressHash,
    claims.expiresAtMs,
  ];
  return sealer.seal('ticket', JSON.stringify(sealed));
}

/** What the ticket grants; undefined when we did not make it. Whether it has expired is for the caller to say. */
export function openTicket(sealer: Sealer, token: string): SeatClaims | undefined {
  const payload = sealer.open('ticket', token);
  if (payload === undefined) return undefined;
  const sealed = Sealed.safeParse(JSON.parse(payload));
  if (!sealed.success) return undefined;
  const [sessionId, eventId, roomId, who, addressHash, expiresAtMs] = sealed.data;
  return {
    sessionId,
    eventId,
    roomId,
    who:
      who.length === 4
        ? { kind: 'fan', id: who[0], name: who[1], sinceMs: who[2], marked: who[3] }
        : { kind: 'staff', id: who[0], name: who[1] },
    addressHash,
    expiresAtMs,
  };
}
