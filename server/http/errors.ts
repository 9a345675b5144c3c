/** Every refusal leaves as `{ code, message, retryInMs? }`; what we did not foresee leaves as `internal` and is logged. */
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { PartyError, refusalOf } from '../../core/errors.ts';
import type { Log, Metrics } from '../../rooms/ports.ts';
import type { ErrorCode, HttpErrorCode, Refusal } from '../../schemas/errors.ts';

const STATUS: Readonly<Record<HttpErrorCode, number>> = {
  bad_request: 400,
  bad_name: 422,
  unknown_event: 404,
  doors_closed: 403,
  ended: 410,
  banned: 403,
  kicked: 403,
  rate_limited: 429,
  bad_invite: 403,
  forbidden_origin: 403,
  payload_too_large: 413,
  not_found: 404,
  unauthorized: 401,
  unavailable: 503,
  internal: 500,
};

function statusOf(code: ErrorCode): number {
  return code in STATUS ? STATUS[code as HttpErrorCode] : 400;
}

export const notFound: RequestHandler = () => {
  throw new PartyError('not_found', 'There is nothing at this address.');
};

/** What a failed request is answered with. What we did not foresee is counted and logged. */
export function refuse(
  error: unknown,
  { log, metrics, ...where }: { log: Log; metrics: Pick<Metrics, 'handlerError'>; method: string; path: string },
): { readonly status: number; readonly refusal: Refusal; readonly headers: Readonly<Record<string, string>> } {
  const known = error instanceof PartyError ? error : ofExpress(error);
  if (!known) {
    metrics.handlerError('http');
    // The path without its query, which may carry a token.
    log.error({ err: error, ...where }, 'request failed');
  }
  const refusal = refusalOf(known ?? error);
  const { code, retryInMs } = refusal;
  const retry = retryInMs === undefined ? {} : { 'Retry-After': String(Math.ceil(retryInMs / 1_000)) };
  return { status: statusOf(code), refusal, headers: { 'Cache-Control': 'no-store', ...retry } };
}

/** The last handler of the app. */
export function errorHandler(log: Log, metrics: Pick<Metrics, 'handlerError'>): ErrorRequestHandler {
  return (error: unknown, { method, path }, res, next) => {
    const { status, refusal, headers } = refuse(error, { log, metrics, method, path });
    if (res.headersSent) return next(error);
    res.set(headers).status(status).json(refusal);
  };
}

/** What Express and its body parser refuse by themselves. */
function ofExpress(error: unknown): PartyError | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status === 413) return new PartyError('payload_too_large', 'The request is larger than anything we take.');
  if (error.status === 404) return new PartyError('not_found', 'There is nothing at this address.');
  return error.status < 500 ? new PartyError('bad_request', 'The request could not be read.') : undefined;
}
