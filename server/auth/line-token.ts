/** A place in line that the fan carries: it holds the moment of arrival, so any process can honour it. */
import { z } from 'zod';
import type { LineToken } from '../../core/admission.ts';
import { EventId, FanId } from '../../schemas/ids.ts';
import type { Sealer } from './seal.ts';

/** A line token whose ids we have checked. */
export type SealedPlace = LineToken & { readonly eventId: EventId; readonly fanId: FanId };

const Sealed = z.tuple([EventId, FanId, z.number(), z.number(), z.number()]);

export function sealLineToken(sealer: Sealer, token: LineToken): string {
  return sealer.seal('line', JSON.stringify([token.eventId, token.fanId, token.arrivedAtMs, token.place, token.expiresAtMs]));
}

/** undefined when we did not make it; the line itself judges whose it is and whether it still counts. */
export function openLineToken(sealer: Sealer, token: string): SealedPlace | undefined {
  const payload = sealer.open('line', token);
  if (payload === undefined) return undefined;
  const sealed = Sealed.safeParse(JSON.parse(payload));
  if (!sealed.success) return undefined;
  const [eventId, fanId, arrivedAtMs, place, expiresAtMs] = sealed.data;
  return { eventId, fanId, arrivedAtMs, place, expiresAtMs };
}
