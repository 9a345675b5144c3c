/** The catalogue of what can be refused, and of why a socket closes. */

/** Codes of HTTP refusals. */
export const HTTP_ERROR_CODES = [
  'bad_request',
  'bad_name',
  'unknown_event',
  'doors_closed',
  'ended',
  'banned',
  'kicked',
  'rate_limited',
  'bad_invite',
  'forbidden_origin',
  'payload_too_large',
  'not_found',
  'unauthorized',
  'unavailable',
  'internal',
] as const;

/** Codes of refused room requests. */
export const REQUEST_ERROR_CODES = [
  'bad_payload',
  'too_long',
  'empty',
  'slow_mode',
  'rate_limited',
  'repeated',
  'muted',
  'chat_closed',
  'emoji_only',
  'links_closed',
  'not_allowed',
  'stale_revision',
  'unknown_track',
  'unknown_fan',
  'unknown_line',
  'unknown_request',
  'stage_unavailable',
  'internal',
] as const;

/** Codes of refused tickets, sent after the upgrade and before the close. */
export const TICKET_ERROR_CODES = [
  'ticket_invalid',
  'ticket_expired',
  'ticket_used',
  'ticket_elsewhere',
  'banned',
  'kicked',
  'ended',
  'section_gone',
] as const;

export type HttpErrorCode = (typeof HTTP_ERROR_CODES)[number];
export type RequestErrorCode = (typeof REQUEST_ERROR_CODES)[number];
export type TicketErrorCode = (typeof TICKET_ERROR_CODES)[number];
export type ErrorCode = HttpErrorCode | RequestErrorCode | TicketErrorCode;

/** What a refused HTTP call or room request carries. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  /** When a retry can succeed, in ms from now. */
  readonly retryInMs?: number;
}

/**
 * WebSocket close codes; the hundred tells a page what to do.
 * 40xx left on purpose · 41xx come back with a new ticket · 42xx stay away · 43xx the ticket was refused.
 */
export const CLOSE_CODES = {
  left: 4000,
  moved: 4100,
  sectionGone: 4101,
  tooSlow: 4102,
  silentJoin: 4103,
  banned: 4200,
  kicked: 4201,
  ended: 4202,
  openedElsewhere: 4203,
  ticketInvalid: 4300,
  ticketExpired: 4301,
  ticketUsed: 4302,
  ticketElsewhere: 4303,
} as const;
export type CloseCode = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES];

/** What a page does after a close: the number's range is the policy. */
export type CloseAction = 'leave' | 'return' | 'stay-away' | 'new-ticket' | 'retry';

/** Anything below 4000 is the network's doing: one retry on the same seat, then doors. */
export function closeAction(code: number): CloseAction {
  if (code === CLOSE_CODES.left) return 'leave';
  if (code >= 4100 && code < 4200) return 'return';
  if (code >= 4200 && code < 4300) return 'stay-away';
  if (code >= 4300 && code < 4400) return 'new-ticket';
  return 'retry';
}

/** The close code that goes with a refused ticket. */
export const TICKET_CLOSE_CODES: Readonly<Record<TicketErrorCode, CloseCode>> = {
  ticket_invalid: CLOSE_CODES.ticketInvalid,
  ticket_expired: CLOSE_CODES.ticketExpired,
  ticket_used: CLOSE_CODES.ticketUsed,
  ticket_elsewhere: CLOSE_CODES.ticketElsewhere,
  banned: CLOSE_CODES.banned,
  kicked: CLOSE_CODES.kicked,
  ended: CLOSE_CODES.ended,
  section_gone: CLOSE_CODES.sectionGone,
};
