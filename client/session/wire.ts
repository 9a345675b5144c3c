/** One request over a room's socket, with the SDK's many ways to fail brought down to two. */
import type { Room } from '@colyseus/sdk';
import { PartyError } from '../../core/errors.ts';
import { type ErrorCode, HTTP_ERROR_CODES, REQUEST_ERROR_CODES, TICKET_ERROR_CODES } from '../../schemas/errors.ts';

/** Nobody answered: whether the request had its effect is unknown. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

const CODES: ReadonlySet<string> = new Set([...HTTP_ERROR_CODES, ...REQUEST_ERROR_CODES, ...TICKET_ERROR_CODES]);

function isCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && CODES.has(value);
}

/** Reads a refusal `{ code, message, retryInMs? }` from whatever a server sent; an unknown code becomes `internal`. */
export function toPartyError(refusal: unknown, fallback: ErrorCode = 'internal'): PartyError {
  const { code, message, retryInMs } = (refusal ?? {}) as Record<string, unknown>;
  return new PartyError(
    isCode(code) ? code : fallback,
    typeof message === 'string' && message !== '' ? message : 'Something went wrong on our side.',
    typeof retryInMs === 'number' ? retryInMs : undefined,
  );
}

/**
 * Asks and waits for the answer.
 * Throws `PartyError` when the room refused, `Unanswered` when the time or the connection ran out.
 */
export async function ask<Answer>(
  room: Pick<Room, 'request'>,
  name: string,
  payload: unknown,
  timeoutMs: number,
): Promise<Answer> {
  try {
    return await room.request<unknown, Answer>(name, payload, { timeout: timeoutMs });
  } catch (error) {
    const { reason, code } = error as { reason?: unknown; code?: unknown };
    if (reason !== undefined) throw toPartyError(reason);
    // A fault inside the server's handler: it did answer, with a code of its own.
    if (code !== undefined) throw toPartyError(error);
    throw new Unanswered(error instanceof Error ? error.message : String(error));
  }
}
