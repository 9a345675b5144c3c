/**
 * Rate limits in memory, per network and per fan. A campus or a mobile carrier puts thousands of fans behind one
 * network, so that bound stops floods only; the one per fan stops a page gone wild.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { PartyError } from '../../core/errors.ts';
import type { Config } from '../config.ts';

export interface RateLimits {
  /** Each rejects with `rate_limited` and the time until a retry can succeed. */
  request(network: string): Promise<void>;
  ticketByNetwork(network: string): Promise<void>;
  ticketByFan(fanId: string): Promise<void>;
  inviteByNetwork(network: string): Promise<void>;
}

/** An invite cannot be guessed; this only keeps the tries out of the store. */
const INVITES_PER_MINUTE_PER_NETWORK = 60;

export function createRateLimits(limits: Config['limits']): RateLimits {
  return {
    request: perMinute(limits.requestsPerMinutePerNetwork),
    ticketByNetwork: perMinute(limits.ticketsPerMinutePerNetwork),
    ticketByFan: perMinute(limits.ticketsPerMinutePerFan),
    inviteByNetwork: perMinute(INVITES_PER_MINUTE_PER_NETWORK),
  };
}

function perMinute(points: number): (key: string) => Promise<void> {
  const limiter = new RateLimiterMemory({ points, duration: 60 });
  return async (key) => {
    try {
      await limiter.consume(key);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new PartyError('rate_limited', 'Too many requests; please wait a moment.', refused.msBeforeNext);
    }
  };
}
