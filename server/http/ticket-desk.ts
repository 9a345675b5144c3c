/**
 * `POST /api/events/:slug/tickets`: the one request that every fan makes in the same minute. It is answered ahead of Express, whose
 * way to a handler costs several times what the ticket does (docs/performance.md).
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { PartyError } from '../../core/errors.ts';
import type { Log, Metrics } from '../../rooms/ports.ts';
import { TicketRequest } from '../../schemas/http.ts';
import { fanCookie, fanOf, sealFan, staffOf } from '../auth/identity.ts';
import { openLineToken } from '../auth/line-token.ts';
import { hashAddress } from '../auth/network.ts';
import { askedOrigin, clientAddress, type TrustProxy } from '../auth/proxies.ts';
import type { Sealer } from '../auth/seal.ts';
import { AskQueue } from './ask-queue.ts';
import type { Doors } from './doors.ts';
import { refuse } from './errors.ts';
import type { EventDirectory } from './event-directory.ts';
import { corsHeaders, type Origins } from './origins.ts';
import type { RateLimits } from './rate-limits.ts';
import { readJson } from './read-json.ts';

export interface TicketDeskDeps {
  readonly directory: EventDirectory;
  readonly doors: Doors;
  readonly sealer: Sealer;
  readonly origins: Origins;
  /** All doors of the house, for a page that asked at this origin. */
  readonly doorsFrom: (origin: string) => string[];
  readonly limits: RateLimits;
  readonly trusts: TrustProxy;
  readonly addressKey: string;
  readonly publicUrl: string | undefined;
  readonly random: () => number;
  /** Runs a task after whatever waits for the event loop already. */
  readonly nextTurn: (task: () => void) => void;
  /** What every answer of this server carries. */
  readonly headers: Readonly<Record<string, string>>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'asked' | 'handlerError'>;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** An ask that waits for its turn. */
interface Ask {
  readonly res: ServerResponse;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const PATH = /^\/api\/events\/([^/?]+)\/tickets\/?(?:\?|$)/i;
/** A name, a line token and an invitation fit many times over. */
const BODY_MAX_BYTES = 4 * 1_024;
/** Who finds too many others asking asks again after so long, spread over as much again. */
const CROWDED_RETRY_MS = 10_000;

/** Hands everything else to `others`. */
export function ticketDesk(deps: TicketDeskDeps, others: RequestListener): RequestListener {
  const { log, metrics, random, nextTurn } = deps;
  const asks = new AskQueue<Ask>({
    answer: ({ resolve }) => resolve(),
    sendAway: ({ reject }) => {
      const retryInMs = Math.round(CROWDED_RETRY_MS * (1 + random()));
      reject(new PartyError('rate_limited', 'Too many are asking at this moment.', retryInMs));
    },
    isGone: ({ res }) => res.destroyed,
    nextTurn,
  });
  return (req, res) => {
    const slug = req.method === 'POST' ? PATH.exec(req.url ?? '')?.[1] : undefined;
    if (slug === undefined) return others(req, res);
    const allowed: Record<string, string> = {};
    const turn = () => new Promise<void>((resolve, reject) => asks.add({ res, resolve, reject }));
    issue(deps, req, slug, allowed, turn)
      .then((answer) => {
        metrics.asked(answer.status === 201 ? 'seat' : 'line');
        return answer;
      })
      .catch((error: unknown) => {
        const { status, headers, refusal } = refuse(error, { log, metrics, method: 'POST', path: `/api/events/${slug}/tickets` });
        metrics.asked(refusal.code);
        return { status, headers, body: refusal };
      })
      .then(({ status, headers, body }) => send(res, status, { ...deps.headers, ...allowed, ...headers }, body))
      .catch((error: unknown) => log.error({ err: error }, 'a ticket could not be answered'));
  };
}

/** `allowed` is filled with what lets the page read the answer, whatever the answer is. `turn` resolves once it is this ask's, or never when nobody waits for the answer. */
async function issue(
  deps: TicketDeskDeps,
  req: IncomingMessage,
  slug: string,
  allowed: Record<string, string>,
  turn: () => Promise<void>,
): Promise<Answer> {
  const { directory, doors, sealer, limits, trusts, addressKey, publicUrl } = deps;
  const addressHash = hashAddress(addressKey, clientAddress(req, trusts));
  const network = addressHash ?? 'unknown';
  // A refusal for haste is to be read by our own pages, too, wherever they came from.
  const isOurs = deps.origins.isAllowed(req, []);
  if (isOurs) Object.assign(allowed, corsHeaders(deps.origins, req, []));
  await limits.request(network);
  const event = await directory.find(decoded(slug));
  if (!isOurs) Object.assign(allowed, corsHeaders(deps.origins, req, event ? [event] : []));
  const speaker = staffOf(sealer, req.headers);
  // The show does not wait for the crowd, nor does a flood from one network keep others from their turn.
  if (typeof speaker === 'string') await turn();
  const body = await readJson(req, BODY_MAX_BYTES);
  await limits.ticketByNetwork(network);
  if (!event) throw new PartyError('unknown_event', 'There is no such event.');
  const asked = TicketRequest.safeParse(body);
  if (!asked.success) throw new PartyError('bad_request', 'Expected { name, lineToken?, invite? }.');
  const { invite, name, lineToken } = asked.data;
  const origin = askedOrigin(req, trusts);
  const known = invite === undefined ? speaker : 'none';
  if (known === 'refused') throw new PartyError('bad_invite', 'Your invitation is not valid here.');
  if (invite !== undefined || known !== 'none') {
    if (known === 'none') await limits.inviteByNetwork(network);
    else await limits.ticketByFan(known.id);
    const ours = deps.doorsFrom(origin);
    const body = await (known === 'none'
      ? doors.admitInvited(event, invite ?? '', addressHash, ours)
      : doors.admitStaff(event, known, addressHash, ours));
    return { status: 201, body, headers: {} };
  }
  const line = lineToken === undefined ? undefined : openLineToken(sealer, lineToken);
  // Whoever waits without cookies is known by the place in line.
  const fan = fanOf(sealer, req.headers) ?? (line && { id: line.fanId, sinceMs: line.arrivedAtMs }) ?? doors.newFan();
  await limits.ticketByFan(fan.id);
  const answer = doors.admitFan(event, { fan, addressHash, name, line }, deps.doorsFrom(origin));
  const token = 'ticket' in answer ? answer.fan.token : sealFan(sealer, fan);
  const isSecure = origin.startsWith('https:') || publicUrl?.startsWith('https:') === true;
  return { status: 'ticket' in answer ? 201 : 202, body: answer, headers: { 'Set-Cookie': fanCookie(token, isSecure) } };
}

function decoded(slug: string): string {
  try {
    return decodeURIComponent(slug);
  } catch {
    throw new PartyError('bad_request', 'The address could not be read.');
  }
}

function send(res: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: object): void {
  const text = JSON.stringify(body);
  res
    .writeHead(status, {
      ...headers,
      'Cache-Control': 'no-store',
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
    })
    .end(text);
}
