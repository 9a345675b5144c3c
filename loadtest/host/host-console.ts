/** A host at a real console: the session of the host page, giving commands and timing their answers. */

import { memoryStorage } from '../../client/session/memory-storage.ts';
import { createStaffSession } from '../../client/session/staff-session.ts';
import type { StageView } from '../../client/session/staff-types.ts';
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import type { CommandName, CommandPayload } from '../../schemas/commands.ts';
import type { FanId } from '../../schemas/ids.ts';
import { atMoments } from '../at-moments.ts';

export interface CommandFact {
  readonly name: string;
  /** The moment it was meant for, and how long from then to its answer. */
  readonly atMs: number;
  readonly tookMs: number;
  /** `done`, or the code of the refusal. */
  readonly result: string;
}

export interface HostConsole extends Disposable {
  readonly facts: readonly CommandFact[];
  readonly view: () => StageView | null;
  /** One command of the usual round; a refusal is a fact, not an exception. */
  next(dueAtMs: number): Promise<void>;
  /** Commands of the usual round, so far apart; call the result to stop. */
  every(periodMs: number): () => void;
  /** The line's id. Rejects when refused. */
  say(text: string): Promise<string>;
  /** From this event, for good. Rejects when refused. */
  ban(fanId: FanId): Promise<void>;
}

export interface HostDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly origin: string;
  readonly slug: string;
  readonly invite: string;
}

/** Cues of every kind, and words; a pause is followed by a play. */
const ROUND = ['seek', 'say', 'pause', 'play', 'seek', 'announce', 'skip', 'seek'] as const;

/** Resolves once the host sits. */
export async function openHostConsole({ clock, random, origin, slug, invite }: HostDeps): Promise<HostConsole> {
  const session = createStaffSession({ slug, origin, clock, random, storage: memoryStorage(), fetch: globalThis.fetch });
  const facts: CommandFact[] = [];
  let turn = 0;
  await session.load();
  await session.enter(invite);
  if (session.phase.value.kind !== 'live') throw new Error(`the host was not let in: ${JSON.stringify(session.phase.value)}`);

  async function give<N extends CommandName>(name: N, payload: CommandPayload<N>, dueAtMs: number) {
    try {
      const answer = await session.command(name, payload);
      facts.push({ name, atMs: dueAtMs, tookMs: clock.nowMs() - dueAtMs, result: 'done' });
      return answer;
    } catch (error) {
      const result = error instanceof PartyError ? error.code : String(error);
      facts.push({ name, atMs: dueAtMs, tookMs: clock.nowMs() - dueAtMs, result });
      throw error;
    }
  }

  const command = (name: (typeof ROUND)[number], dueAtMs: number): Promise<unknown> => {
    switch (name) {
      case 'seek': {
        const playing = session.view.value?.setlist[0]?.durationMs ?? 60_000;
        return give('seek', { toMs: Math.floor(random() * playing * 0.8) }, dueAtMs);
      }
      case 'say':
        return give('say', { text: `Good evening, number ${turn}` }, dueAtMs);
      case 'announce':
        return give('announce', { text: `Side ${1 + (turn % 4)} is next` }, dueAtMs);
      default:
        return give(name, {}, dueAtMs);
    }
  };
  const next = async (dueAtMs: number) => {
    const name = ROUND[turn++ % ROUND.length] ?? 'seek';
    await command(name, dueAtMs).catch(() => {});
  };
  return {
    facts,
    view: () => session.view.value,
    next,
    every(periodMs) {
      // A refusal is among the facts.
      return atMoments(clock, clock.nowMs() + periodMs, periodMs, (dueMs) => void next(dueMs).catch(() => {}));
    },
    async say(text) {
      const { lineId } = await give('say', { text }, clock.nowMs());
      return lineId;
    },
    async ban(fanId) {
      await give('ban', { fanId, forMs: null, scope: 'event', reason: 'load test' }, clock.nowMs());
    },
    [Symbol.dispose]: () => session.leave(),
  };
}
