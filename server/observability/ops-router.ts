/** What machines ask (`/healthz`, `/readyz`, `/metrics`, `/status`), and what their operator looks at (`/ops`). */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { type Request, type RequestHandler, Router } from 'express';
import type { Registry } from 'prom-client';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Refusal } from '../../schemas/errors.ts';
import type { ProcessStatus } from './process-status.ts';

export interface OpsOptions {
  readonly registry: Registry;
  /** true, or why this process should not get traffic now. */
  readonly ready: () => true | readonly string[];
  readonly status: () => ProcessStatus;
  /** The operator's page. */
  readonly page: RequestHandler;
  readonly adminToken: string | undefined;
  /** Whether a caller on this machine may read metrics and status without the token. */
  readonly trustLoopback: boolean;
}

/** Wrong tokens from one address in a minute; a token cannot be guessed, this only keeps the tries few. */
const WRONG_TOKENS_PER_MINUTE = 30;

/** Any of these means that somebody else is behind the connection. */
const FORWARDING_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/** Whatever is not `open`, and each reason that a part of the process gives, keeps it from being ready. */
export function readiness(
  state: 'starting' | 'open' | 'closing',
  ...others: readonly (string | null)[]
): true | readonly string[] {
  const reasons = [state === 'open' ? null : state, ...others].filter((reason) => reason !== null);
  return reasons.length === 0 || reasons;
}

export function opsRouter({ registry, ready, status, page, adminToken, trustLoopback }: OpsOptions): Router {
  const router = Router();
  router.use(['/healthz', '/readyz', '/metrics', '/status', '/ops'], (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/healthz', (_req, res) => void res.json({ healthy: true }));
  router.get('/readyz', (_req, res) => {
    const state = ready();
    if (state === true) return void res.json({ ready: true });
    const refusal: Refusal = { code: 'unavailable', message: 'This process is not ready.' };
    res.status(503).json({ ...refusal, reasons: state });
  });
  const tries = new RateLimiterMemory({ points: WRONG_TOKENS_PER_MINUTE, duration: 60 });
  router.use(['/metrics', '/status', '/ops'], async (req, res, next) => {
    if (trustLoopback && isDirectLoopback(req)) return next();
    const isTry = req.headers.authorization !== undefined;
    const wrongBefore = isTry ? ((await tries.get(req.ip ?? ''))?.consumedPoints ?? 0) : 0;
    if (wrongBefore < WRONG_TOKENS_PER_MINUTE && tokenIs(req, adminToken)) return next();
    if (isTry && !(await isFree(tries, req.ip ?? ''))) {
      const refusal: Refusal = { code: 'rate_limited', message: 'Too many wrong tokens; wait a minute.', retryInMs: 60_000 };
      return void res.status(429).json(refusal);
    }
    const refusal: Refusal = { code: 'unauthorized', message: 'This needs the admin token.' };
    // A browser asks its user for what `Basic` needs.
    res
      .status(401)
      .set('WWW-Authenticate', req.baseUrl === '/ops' ? BASIC : 'Bearer')
      .json(refusal);
  });
  router.get('/metrics', async (_req, res) => void res.type(registry.contentType).send(await registry.metrics()));
  router.get('/status', (_req, res) => void res.json(status()));
  router.use('/ops', page);
  return router;
}

/** The socket's own address counts, never a header's. */
function isDirectLoopback(req: Request): boolean {
  if (FORWARDING_HEADERS.some((header) => req.headers[header] !== undefined)) return false;
  const address = req.socket.remoteAddress?.replace(/^::ffff:/i, '');
  return address === '::1' || (address !== undefined && isIPv4(address) && address.startsWith('127.'));
}

const BASIC = 'Basic realm="Front Row: any name, the admin token as password", charset="UTF-8"';

/** As a bearer, or as a password under any name. */
function tokenIs(req: Request, token: string | undefined): boolean {
  const [, scheme = '', credentials = ''] = /^(Bearer|Basic)\s+(\S+)$/i.exec(req.headers.authorization ?? '') ?? [];
  const sent = scheme.toLowerCase() === 'basic' ? passwordIn(credentials) : credentials;
  return token !== undefined && token !== '' && sent !== '' && isSame(sent, token);
}

function passwordIn(credentials: string): string {
  return /:(.*)$/s.exec(Buffer.from(credentials, 'base64').toString('utf8'))?.[1] ?? '';
}

/** In constant time: digests have one length, whatever was sent. */
function isSame(sent: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(sent), digest(token));
}

async function isFree(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(
    () => true,
    () => false,
  );
}
