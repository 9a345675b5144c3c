/** Asks doors for a ticket, at one origin after the other. */
import type { Clock } from '../../core/clock.ts';
import type { PartyError } from '../../core/errors.ts';
import type { EventSummary, TicketGranted, TicketInLine, TicketRequest } from '../../schemas/http.ts';
import type { DoorCall, DoorRequest, Timed } from './door-call.ts';
import { toPartyError } from './wire.ts';

export interface DoorsDeps {
  readonly clock: Clock;
  readonly call: DoorCall;
  readonly slug: string;
  /** Whether doors named this origin lately: another one may be anybody's by now. */
  readonly isNamed: (origin: string) => boolean;
}

export type DoorsAnswer =
  | { readonly kind: 'granted'; readonly origin: string; readonly reply: Timed<TicketGranted> }
  /** The last of `asked` doors said so. */
  | { readonly kind: 'in-line'; readonly asked: number; readonly line: TicketInLine }
  /** The last of `asked` doors said so. */
  | { readonly kind: 'refused'; readonly asked: number; readonly error: PartyError }
  /** None of the first `asked` origins let anybody in or said why not. `fellSilent`: some did not answer in time, and none at all. */
  | {
      readonly kind: 'unreachable';
      readonly asked: number;
      readonly fellSilent: boolean;
      readonly retryInMs: number | undefined;
    };

/** A doors origin that says nothing for this long is passed over. */
const DOORS_TIMEOUT_MS = 8_000;
/** One that was not named lately is likely gone. */
const UNNAMED_TIMEOUT_MS = 2_000;
/** One that is silent may be gone; so many in a row are too busy, and the next is likely, too. */
const SILENT_MAX = 2;

function callAt(deps: DoorsDeps, origin: string, path: string, request: DoorRequest, signal: AbortSignal): ReturnType<DoorCall> {
  const timeoutMs = deps.isNamed(origin) ? DOORS_TIMEOUT_MS : UNNAMED_TIMEOUT_MS;
  return deps.call(`${origin}${path}`, request, { clock: deps.clock, timeoutMs, signal });
}

/** Loads the event's summary. Throws `PartyError`: `unknown_event`, or `unavailable` when nobody answered. */
export async function loadEvent(deps: DoorsDeps, origins: readonly string[], signal: AbortSignal): Promise<Timed<EventSummary>> {
  let refusal = toPartyError({ code: 'unavailable', message: 'The party cannot be reached.' });
  for (const origin of origins) {
    const answer = await callAt(deps, origin, `/api/events/${deps.slug}`, {}, signal);
    if (typeof answer === 'string') continue;
    // What a captive portal answers is no JSON.
    if (answer.status === 200 && answer.value !== null) return { ...answer, value: answer.value as EventSummary };
    refusal = toPartyError(answer.value);
    if (answer.status < 500 && deps.isNamed(origin)) break;
  }
  throw refusal;
}

/** Asks each origin in turn until one grants, queues or refuses, or several kept silent. `bearer`: an identity for programs without cookies. */
export async function askDoors(
  deps: DoorsDeps,
  origins: readonly string[],
  body: TicketRequest,
  bearer: string | null,
  signal: AbortSignal,
): Promise<DoorsAnswer> {
  let retryInMs: number | undefined;
  let asked = 0;
  let silentInARow = 0;
  let anySilent = false;
  let isHeard = false;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (bearer) headers['authorization'] = `Bearer ${bearer}`;
  for (const origin of origins) {
    if (signal.aborted || silentInARow === SILENT_MAX) break;
    asked += 1;
    const path = `/api/events/${deps.slug}/tickets`;
    const answer = await callAt(deps, origin, path, { method: 'POST', headers, body: JSON.stringify(body) }, signal);
    const isNamed = deps.isNamed(origin);
    // Who is not named may be anybody, and silent for reasons of its own.
    if (isNamed) {
      silentInARow = answer === 'silent' ? silentInARow + 1 : 0;
      anySilent ||= answer === 'silent';
      isHeard ||= typeof answer !== 'string';
    }
    if (typeof answer === 'string') continue;
    if (answer.status === 201) return { kind: 'granted', origin, reply: { ...answer, value: answer.value as TicketGranted } };
    if (answer.status === 202) return { kind: 'in-line', asked, line: answer.value as TicketInLine };
    const error = toPartyError(answer.value, answer.status >= 500 ? 'unavailable' : 'internal');
    if (answer.status < 500 && isNamed) return { kind: 'refused', asked, error };
    retryInMs = error.retryInMs ?? retryInMs;
  }
  return { kind: 'unreachable', asked, fellSilent: silentInARow === SILENT_MAX || (anySilent && !isHeard), retryInMs };
}
