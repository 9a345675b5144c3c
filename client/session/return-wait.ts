/** How long after a lost seat doors are asked for another: spread, so that a crowd does not return as one. */
import { type BackoffRule, backoffMs } from '../../core/backoff.ts';
import { assertNever } from '../../core/invariant.ts';
import { CLOSE_CODES, closeAction } from '../../schemas/errors.ts';

/** A room that names the moment to return (4100 to 4103) has spread its fans already; a little is left to us. */
const RETURN_SPREAD_MS = 400;

export interface LostSeat {
  /** What it was closed with. */
  readonly code: number;
  /** Given up because nobody answered on it, rather than closed. */
  readonly fellSilent: boolean;
  /** Seats in a row that were lost before they were live; 0: this one was live. */
  readonly attempt: number;
}

/** In ms; null: stay away. */
export function returnWaitMs({ code, fellSilent, attempt }: LostSeat, rule: BackoffRule, random: () => number): number | null {
  const action = closeAction(code);
  switch (action) {
    case 'leave':
    case 'stay-away':
      return null;
    case 'return':
      if (code !== CLOSE_CODES.tooSlow && attempt === 0) return random() * RETURN_SPREAD_MS;
      return backoffMs(attempt, rule, random);
    case 'new-ticket':
      return attempt <= 1 ? random() * RETURN_SPREAD_MS : backoffMs(attempt, rule, random);
    case 'retry':
      // Pings are spread over half a minute, and so is whoever finds out by them.
      if (fellSilent && attempt === 0) return random() * RETURN_SPREAD_MS;
      // The first seat may have been one more of the process that died, which doors did not know yet: no reason to wait longer.
      return backoffMs(attempt - 1, rule, random);
    default:
      return assertNever(action);
  }
}
