/** Doors that answer from a script, for tests of what a page does at them. */
import { memoryStorage } from '../../client/session/memory-storage.ts';
import { NO_PAGE } from '../../client/session/page.ts';
import { createPartySession } from '../../client/session/party-session.ts';
import type { PartySession, SessionPhase } from '../../client/session/types.ts';
import { PROTOCOL_VERSION } from '../../schemas/protocol.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}
export const DEAD = 'dead';
export const SILENT = 'silent';
export type Said = Answer | typeof DEAD | typeof SILENT;

/** What a fetch comes to that is answered so. */
export async function said(answer: Said, init?: RequestInit): Promise<Response> {
  if (answer === DEAD) throw new TypeError('network');
  if (answer !== SILENT) return Response.json(answer.body, { status: answer.status });
  return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(new TypeError('aborted'))));
}

/** Doors that answer from a script, then refuse for good; and a session in front of them. */
export function atDoors(script: readonly Said[], summary: Record<string, unknown> = {}) {
  const clock: ManualClock = manualClock();
  const asked: { readonly url: string; readonly body: Record<string, unknown>; readonly atMs: number }[] = [];
  const answers = [...script];
  let reloads = 0;
  let looks = 0;
  let wake = () => {};
  const fetch = async (url: unknown, init?: RequestInit) => {
    if (!init?.method) {
      looks++;
      const event = {
        doorsAtMs: 0,
        state: 'open',
        doors: [],
        protocol: PROTOCOL_VERSION,
        serverTimeMs: clock.nowMs(),
        ...summary,
      };
      return Response.json(event);
    }
    asked.push({ url: String(url), body: JSON.parse(init.body as string), atMs: clock.nowMs() });
    return said(answers.shift() ?? { status: 403, body: { code: 'banned', message: 'enough' } }, init);
  };
  const session: PartySession = createPartySession({
    slug: 'demo',
    origin: 'http://one',
    clock,
    random: () => 0.5,
    storage: memoryStorage(),
    fetch,
    page: {
      ...NO_PAGE,
      reload: () => void reloads++,
      onWake: (task) => {
        wake = task;
        return () => {};
      },
    },
  });
  const phases: SessionPhase[] = [];
  session.phase.subscribe((phase) => void phases.push(phase));
  /** Which doors were asked in this order, and each how long after the first, in ms. */
  const visits = () => asked.map(({ url, atMs }): [string, number] => [new URL(url).host, atMs - (asked[0]?.atMs ?? 0)]);
  return { clock, session, asked, visits, phases, reloads: () => reloads, looks: () => looks, wake: () => wake() };
}

export const inLine = (place: number, retryInMs = 4_000): Answer => ({
  status: 202,
  body: { placeInLine: place, retryInMs, lineToken: `token-${place}` },
});
