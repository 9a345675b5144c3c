/** Tickets: this person, this seat, until then. Single use is remembered by the room, not here. */
import type { SeatClaims } from '../../rooms/venue.ts';
import type { AddressHash, EventId, FanId, RoomId, StaffId } from '../../schemas/ids.ts';
import type { Sealer } from './seal.ts';

/** A tuple, because a ticket travels in a URL. */
type Sealed = [
  string,
  EventId,
  RoomId,
  [id: FanId, name: string, sinceMs: number, marked: boolean] | [id: StaffId, name: string],
  AddressHash | null,
  number,
];

export function sealTicket(sealer: Sealer, claims: SeatClaims): string {
  const { who } = claims;
  const sealed: Sealed = [
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
  const [sessionId, eventId, roomId, who, addressHash, expiresAtMs] = JSON.parse(payload) as Sealed;
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
