/** Which pages may talk to us: our own, and those that the event's label allows. One rule for HTTP and for sockets. */
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { PartyError } from '../../core/errors.ts';
import type { PartyEvent } from '../../rooms/ports.ts';
import { NO_SISTERS, type Sisters } from './sisters.ts';

type Embedded = Pick<PartyEvent, 'allowedOrigins'>;

export interface Origins {
  /**
   * Is this the origin of one of our own pages? Without PUBLIC_URL, whatever page this very host served. A request
   * without an origin comes from no page at all: no cookie rides on it against its user's will.
   */
  isOwn(req: IncomingMessage): boolean;
  /** `events`: those whose labels have a say. */
  isAllowed(req: IncomingMessage, events: Iterable<Embedded>): boolean;
}

export function createOrigins(publicUrl: string | undefined, { isSister }: Pick<Sisters, 'isSister'> = NO_SISTERS): Origins {
  const isOwn = ({ headers: { origin, host } }: IncomingMessage) =>
    origin === undefined ||
    origin === publicUrl ||
    (host !== undefined && (origin === `http://${host}` || origin === `https://${host}`));
  return {
    isOwn,
    isAllowed: (req, events) =>
      isOwn(req) ||
      isSister(req.headers.origin ?? '', req.headers.host) ||
      [...events].some(({ allowedOrigins }) => allowedOrigins.includes(req.headers.origin ?? '')),
  };
}

/**
 * CORS for the event's pages elsewhere, with credentials; any other origin is refused with `forbidden_origin`, not merely left
 * without headers.
 */
export function corsHeaders(origins: Origins, req: IncomingMessage, events: readonly Embedded[]): Record<string, string> {
  if (!origins.isAllowed(req, events)) throw new PartyError('forbidden_origin', 'This page may not talk to this event.');
  const { origin } = req.headers;
  const isElsewhere = origin !== undefined && !origins.isOwn(req);
  return {
    Vary: 'Origin',
    ...(isElsewhere && { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' }),
  };
}

export function cors(origins: Origins, eventsOf: (slug: string | undefined) => Promise<readonly Embedded[]>): RequestHandler {
  return async (req, res, next) => {
    const slug = /^\/events\/([^/]+)/.exec(req.path)?.[1];
    res.set(corsHeaders(origins, req, await eventsOf(slug)));
    if (req.method !== 'OPTIONS') return next();
    res.set({
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': 'Authorization, Content-Type',
      'Access-Control-Max-Age': '600',
    });
    res.status(204).end();
  };
}
