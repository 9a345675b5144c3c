/** A place in line that the fan carries: it holds the moment of arrival, so any process can honour it. */
import type { LineToken } from '../../core/admission.ts';
import type { EventId, FanId } from '../../schemas/ids.ts';
import type { Sealer } from './seal.ts';

/** A line token whose ids we have checked. */
export type SealedPlace = LineToken & { readonly eventId: EventId; readonly fanId: FanId };

type Sealed = [EventId, FanId, number, number, number];

export function sealLineToken(sealer: Sealer, token: LineToken): string {
  return sealer.seal('line', JSON.stringify([token.eventId, token.fanId, token.arrivedAtMs, token.place, token.expiresAtMs]));
}

/** undefined when we did not make it; the line itself judges whose it is and whether it still counts. */
export function openLineToken(sealer: Sealer, token: string): SealedPlace | undefined {
  const payload = sealer.open('line', token);
  if (payload === undefined) return undefined;
  const [eventId, fanId, arrivedAtMs, place, expiresAtMs] = JSON.parse(payload) as Sealed;
  return { eventId, fanId, arrivedAtMs, place, expiresAtMs };
}
