/** The one error that may reach a client; anything else becomes `internal`. */
import type { ErrorCode, Refusal } from '../schemas/errors.ts';

export class PartyError extends Error {
  override readonly name = 'PartyError';
  readonly code: ErrorCode;
  readonly retryInMs: number | undefined;

  constructor(code: ErrorCode, message: string, retryInMs?: number) {
    super(message);
    this.code = code;
    this.retryInMs = retryInMs;
  }
}

/** What a client is told of an error: its code and message if it is ours, `internal` otherwise. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof PartyError)) return { code: 'internal', message: 'Something went wrong on our side.' };
  const { code, message, retryInMs } = error;
  return retryInMs === undefined ? { code, message } : { code, message, retryInMs };
}
