/** A staff member's session: the seat on the stage, and the commands given from it. */

import { signal } from '@preact/signals';
import type { BackoffRule } from '../../core/backoff.ts';
import { PartyError } from '../../core/errors.ts';
import type { COMMANDS, CommandName, CommandPayload } from '../../schemas/commands.ts';
import { StageState } from '../../schemas/stage-state.ts';
import { Attendance } from './attendance.ts';
import type { SessionDeps } from './attendance-options.ts';
import { Chat } from './chat.ts';
import { deferred } from './deferred.ts';
import { callsBy } from './door-call.ts';
import { NO_PAGE } from './page.ts';
import type { Seat } from './seat.ts';
import type { CommandAnswer, StaffSession, StageView } from './staff-types.ts';
import { stageView } from './stage-view.ts';
import { Unanswered } from './wire.ts';

/** Staff are few and their stage is found again within 3 s: no crowd to spread. */
const STAFF_RETURN: BackoffRule = { baseMs: 300, capMs: 800 };
/** How long a command waits for a stage that is away. */
const COMMAND_PATIENCE_MS = 6_000;
/** A stage that does not answer within this is as good as gone. */
const COMMAND_TIMEOUT_MS = 4_000;

type Query = { [N in CommandName]: (typeof COMMANDS)[N] extends { readonly query: true } ? N : never }[CommandName];
/** Commands that only read take no key. Complete by its type. */
const QUERIES: Readonly<Record<Query, true>> = { 'find-fan': true, history: true, facts: true };

const tokenKey = (slug: string) => `front-row:staff:${slug}`;

/** A staff session for the event `slug`; nothing happens before `load` or `enter`. */
export function createStaffSession(deps: SessionDeps): StaffSession {
  const { clock, random, slug, storage } = deps;
  const view = signal<StageView | null>(null);
  const me = signal<{ readonly id: string; readonly name: string } | null>(null);
  const chat = new Chat();
  /** The invitation that is still to be exchanged. */
  let exchange: string | null = null;

  const attendance = new Attendance<StageState>(
    { ...deps, call: callsBy(deps.fetch), page: deps.page ?? NO_PAGE },
    {
      stateClass: StageState,
      returnRule: STAFF_RETURN,
      silentRule: STAFF_RETURN,
      bearer: () => (exchange === null ? storage.getItem(tokenKey(slug)) : null),
      isPlaying: () => view.value?.playback.status === 'playing',
      takeErrorMs: () => undefined,
      onSeat: ({ fan }) => {
        exchange = null;
        storage.setItem(tokenKey(slug), fan.token);
        me.value = { id: fan.id, name: fan.name };
        chat.newSeat();
      },
      onState: (state) => {
        view.value = stageView(state, view.value);
        chat.merge(state, me.value?.id ?? null);
      },
    },
  );

  /** Enters with an invitation until it is exchanged, from then on with the identity that it brought. */
  async function enterWith(invite: string | null): Promise<void> {
    exchange = invite;
    await attendance.enter(() => (exchange === null ? {} : { invite: exchange }));
  }

  /** The live seat, or the next one, or null after `withinMs`. */
  async function seatWithin(withinMs: number): Promise<Seat | null> {
    const { promise, resolve } = deferred<Seat | null>();
    const cancel = clock.after(withinMs, () => resolve(null));
    const stop = attendance.phase.subscribe((phase) => {
      if (attendance.seat) resolve(attendance.seat);
      else if (phase.kind === 'closed' || phase.kind === 'idle') resolve(null);
    });
    return await promise.finally(() => {
      cancel();
      stop();
    });
  }

  async function command<N extends CommandName>(name: N, payload: CommandPayload<N>): Promise<CommandAnswer<N>> {
    const key = `${Math.floor(clock.nowMs()).toString(36)}-${random().toString(36).slice(2, 12)}`;
    const keyed = name in QUERIES ? payload : { key, ...payload };
    const giveUpAtMs = clock.nowMs() + COMMAND_PATIENCE_MS;
    for (;;) {
      const seat = await seatWithin(Math.max(0, giveUpAtMs - clock.nowMs()));
      if (!seat) throw new PartyError('stage_unavailable', 'The stage cannot be reached right now.');
      try {
        return await seat.ask<CommandAnswer<N>>(name, keyed, COMMAND_TIMEOUT_MS);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        // Still the live seat: the link looks whole but nothing answers. Look for the stage anew.
        if (attendance.seat === seat) seat.drop();
      }
    }
  }

  return {
    phase: attendance.phase,
    event: attendance.event,
    view,
    lines: chat.lines,
    me,
    clock: attendance.eventClock,
    load: () => attendance.load(),
    async enter(invite) {
      if (invite) {
        try {
          return await enterWith(invite);
        } catch (error) {
          // An invitation is exchanged once: this browser may be the one that did.
          if (!(error instanceof PartyError && error.code === 'bad_invite') || !storage.getItem(tokenKey(slug))) throw error;
        }
      } else if (!storage.getItem(tokenKey(slug))) throw new PartyError('bad_invite', 'This page needs an invitation.');
      await enterWith(null);
    },
    command,
    leave: () => attendance.leave(),
  };
}
