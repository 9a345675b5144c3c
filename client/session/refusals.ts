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
  /** `doors-closed`: for the host to open them. */
  | { readonly kind: 'wait' | 'doors-closed'; readonly waitMs: number }
  | { readonly kind: 'before-doors'; readonly doorsAtMs: number }
  | Closed;

const CLOSED_BY_CODE: Partial<Record<ErrorCode, ClosedWhy>> = {
  banned: 'banned',
  kicked: 'kicked',
  ended: 'ended',
};

/** Closed doors that name no time are asked again after this. */
const DOORS_RETRY_MS = 15_000;
/** Whoever was in asks at least this often whether they are let in again. */
const RETURN_RETRY_MAX_MS = 30_000;
/** Two clocks that differ by less mean the same moment. */
const SAME_MOMENT_MS = 5_000;

export function closedBy(why: ClosedWhy, message: string): Closed {
  return { kind: 'closed', why, code: null, message, reason: '', untilMs: null };
}

function closedByRefusal(why: ClosedWhy, { code, message, retryInMs }: PartyError, nowMs: number): Closed {
  return { ...closedBy(why, message), code, untilMs: retryInMs === undefined ? null : nowMs + retryInMs };
}

/** Whether closed doors are not what the page knows of the event: a host closed them, or they open at another hour. */
export function isNews(
  { code, retryInMs = 0 }: PartyError,
  { event, nowMs }: { readonly event: EventSummary | null; readonly nowMs: number },
): boolean {
  return code === 'doors_closed' && !(event && Math.abs(event.doorsAtMs - nowMs - retryInMs) < SAME_MOMENT_MS);
}

/** `nowMs`: event time. `returning`: the fan was in already, so there is nobody to hand a bad name back to. */
export function afterRefusal(
  error: PartyError,
  { event, nowMs, returning }: { readonly event: EventSummary | null; readonly nowMs: number; readonly returning: boolean },
): AfterRefusal {
  switch (error.code) {
    case 'doors_closed': {
      const { retryInMs = DOORS_RETRY_MS } = error;
      if (returning) return { kind: 'wait', waitMs: Math.min(retryInMs, RETURN_RETRY_MAX_MS) };
      const isEarly = event !== null && (event.state === 'before' || event.doorsAtMs > nowMs);
      // The page's own clock may be fast: what is left is the server's to say.
      if (isEarly) return { kind: 'before-doors', doorsAtMs: nowMs + retryInMs };
      return { kind: 'doors-closed', waitMs: retryInMs };
    }
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
  const closed = closedByRefusal(why, refusal, nowMs);
  return why === 'banned' || why === 'kicked' ? { ...closed, reason: reasonIn(refusal.message) } : closed;
}

/** A room that sends somebody away says what happened and, after a colon, why in the staff's own words. */
function reasonIn(message: string): string {
  const at = message.indexOf(': ');
  return at < 0 ? '' : message.slice(at + 2);
}
