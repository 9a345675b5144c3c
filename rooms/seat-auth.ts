/** What a ticket sealed, as it arrives in a room: through Colyseus as plain JSON, so it is parsed again. */
import { z } from 'zod';
import { AddressHash, EventId, FanId, RoomId, StaffId } from '../schemas/ids.ts';
import type { SeatClaims } from './venue.ts';

export const SeatAuth: z.ZodType<SeatClaims> = z.object({
  sessionId: z.string(),
  eventId: EventId,
  roomId: RoomId,
  who: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('fan'), id: FanId, name: z.string(), sinceMs: z.number(), marked: z.boolean() }),
    z.object({ kind: z.literal('staff'), id: StaffId, name: z.string() }),
  ]),
  addressHash: AddressHash.nullable(),
  expiresAtMs: z.number(),
});
