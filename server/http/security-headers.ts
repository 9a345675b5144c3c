/** What browsers are told to refuse on our behalf. */
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** For everything: nothing may load, frame or run anything, unless a page says more. */
export function baseHeaders(publicUrl: string | undefined): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // Our own host by https alone, and only when that is how we are reached; other hosts of the domain are not ours to bind.
    strictTransportSecurity: publicUrl?.startsWith('https:') ? { includeSubDomains: false } : false,
    // `frame-ancestors` says who may embed; the older header cannot name more than ourselves and would overrule it.
    frameguard: false,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  });
}

/** The same, for answers that Express does not make. */
export function baseHeaderValues(publicUrl: string | undefined): Record<string, string> {
  const values: Record<string, string> = {};
  const answer = {
    setHeader: (name: string, value: string) => {
      values[name] = value;
    },
    removeHeader: () => undefined,
  };
  baseHeaders(publicUrl)({} as Request, answer as unknown as Response, () => undefined);
  return values;
}

/**
 * For our two pages. Scripts and styles come from us alone, none inline. Media, art and HLS manifests come from wherever the
 * hosts point the setlist while the show runs, so any https origin may be fetched from; `allowedOrigins` may embed the page.
 */
export function pageHeaders(
  publicUrl: string | undefined,
  allowedOriginsOf: (slug: string) => Promise<readonly string[]>,
  hosts: () => readonly string[],
): RequestHandler<{ slug: string }> {
  return async (req, res, next) => {
    const embedders = await allowedOriginsOf(req.params.slug);
    helmet.contentSecurityPolicy({
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'https:'],
        mediaSrc: ["'self'", 'blob:', 'https:'],
        connectSrc: ["'self'", ...socketOrigins(req, publicUrl), ...hosts().flatMap(everyOriginOf), 'https:'],
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        frameSrc: ['https://www.youtube-nocookie.com'],
        frameAncestors: ["'self'", ...embedders],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        objectSrc: ["'none'"],
      },
    })(req, res, next);
  };
}

/** Safari does not count a socket to our own host as 'self'. */
function socketOrigins({ headers: { host } }: IncomingMessage, publicUrl: string | undefined): string[] {
  const hosts = [publicUrl && new URL(publicUrl).host, host].filter((name): name is string => /^[\w.:[\]-]+$/.test(name ?? ''));
  return [...new Set(hosts)].flatMap((name) => [`ws://${name}`, `wss://${name}`]);
}

/** Other processes: their doors and their sockets. */
function everyOriginOf(host: string): string[] {
  return [`http://${host}`, `ws://${host}`, `wss://${host}`];
}
