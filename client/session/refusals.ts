/** What a page does about a refusal by doors, or about a seat's end: pure decisions. */
import type { PartyError } from '../../core/errors.ts';
import { CLOSE_CODES, type ErrorCode } from '../../schemas/errors.ts';
import type { EventSummary } from '../../schemas/http.ts';
import type { SeatEnd } from './seat.ts';
import type { ClosedWhy, SessionPhase } from './types.ts';

type Closed = Extract<SessionPhase, { kind: 'closed' }>;

export type AfterRefusal =
  /** The caller sent what cannot pass: back to them. */
  | { readonly kind: 'give-back' }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'before-doors'; readonly doorsAtMs: number }
  | Closed;

const CLOSED_BY_CODE: Partial<Record<ErrorCode, ClosedWhy>> = {
  banned: 'banned',
  kicked: 'kicked',
  ended: 'ended',
  doors_closed: 'doors-closed',
};

export function closedBy(why: ClosedWhy, message: string, untilMs: number | null = null): Closed {
  return { kind: 'closed', why, message, untilMs };
}

function closedByRefusal(why: ClosedWhy, { message, retryInMs }: PartyError, nowMs: number): Closed {
  return closedBy(why, message, retryInMs === undefined ? null : nowMs + retryInMs);
}

/** `nowMs`: event time. `returning`: the fan was in already, so there is nobody to hand a bad name back to. */
export function afterRefusal(
  error: PartyError,
  { event, nowMs, returning }: { readonly event: EventSummary | null; readonly nowMs: number; readonly returning: boolean },
): AfterRefusal {
  switch (error.code) {
    case 'doors_closed':
      if (event && event.doorsAtMs > nowMs) return { kind: 'before-doors', doorsAtMs: event.doorsAtMs };
      return closedByRefusal('doors-closed', error, nowMs);
    case 'rate_limited':
    case 'unavailable':
    case 'internal':
      return { kind: 'wait', waitMs: error.retryInMs ?? 0 };
    case 'bad_request':
    case 'bad_name':
    case 'bad_invite':
    case 'unauthorized':
      return returning ? closedByRefusal('refused', error, nowMs) : { kind: 'give-back' };
    default:
      return closedByRefusal(CLOSED_BY_CODE[error.code] ?? 'refused', error, nowMs);
  }
}

const WHY_BY_CLOSE: Readonly<Record<number, readonly [why: ClosedWhy, message: string]>> = {
  [CLOSE_CODES.left]: ['left', 'You left the party.'],
  [CLOSE_CODES.banned]: ['banned', 'You were banned from this party.'],
  [CLOSE_CODES.kicked]: ['kicked', 'You were sent out of this party.'],
  [CLOSE_CODES.ended]: ['ended', 'The party is over.'],
  [CLOSE_CODES.openedElsewhere]: ['elsewhere', 'The party is open in another tab or on another device.'],
};

/** The phase after a seat ended for good. `nowMs`: event time. */
export function closedByCode({ code, refusal }: SeatEnd, nowMs: number): Closed {
  const [why, message] = WHY_BY_CLOSE[code] ?? ['refused', 'You cannot come in.'];
  if (!refusal) return closedBy(why, message);
  return closedByRefusal(why, refusal, nowMs);
}
