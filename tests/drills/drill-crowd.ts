/** The crowd of a drill: light fans who chat more than anybody can read, and a few witnesses with the page's whole session. */
import type { StaffSession } from '../../client/session/staff-types.ts';
import { STALE_MS } from '../../core/chat-lanes.ts';
import { systemClock } from '../../core/clock.ts';
import { startCrowd } from '../../loadtest/crowd/crowd.ts';
import type { Crowd } from '../../loadtest/crowd/types.ts';
import { BEAT_MAX_MS } from '../../schemas/limits.ts';
import { until } from '../support/until.ts';
import type { DrillRun } from './drill-run.ts';
import { seatWitnesses, type Witness } from './drill-witness.ts';
import { revisionOf } from './page-fan.ts';

export const FANS = 2_000;
const ARRIVE_WITHIN_MS = 12_000;
const IN_WITHIN_MS = 30_000;
const WITNESSES = 24;
/** Forty lines a second, four times what can be read: both lanes are in use. */
const CHAT = { share: 0.06, everyMs: 3_000 };
const REACTIONS = { share: 0.02, everyMs: 2_000 };
const CLOCKS = { offsetMs: 2_000, driftPpm: 50 };
const WITNESS_CHAT_MS = 4_000;
const SETTLED_WITHIN_MS = 20_000;
const clock = systemClock();
/** More than the lines by which the crowd compares event lanes. */
const LAST_WORDS = 24;

export interface DrillCrowd extends AsyncDisposable {
  readonly crowd: Crowd;
  readonly witnesses: readonly Witness[];
  /** Everybody has a seat, state and clock. */
  allIn(withinMs?: number): Promise<void>;
  /** Nobody says any more; a last cue and some last words by the host have reached everybody. */
  fallSilent(console: StaffSession): Promise<void>;
}

export async function startDrillCrowd(run: Pick<DrillRun, 'slug' | 'origins' | 'seed' | 'random'>): Promise<DrillCrowd> {
  const stack = new AsyncDisposableStack();
  try {
    const { slug, origins, seed } = run;
    const arrivals = [
      [0, 0],
      [ARRIVE_WITHIN_MS, FANS],
    ] as const;
    const crowd = stack.use(
      await startCrowd({
        slug,
        origins,
        seed,
        processes: 1,
        count: FANS,
        arrivals,
        chat: CHAT,
        reactions: REACTIONS,
        clocks: CLOCKS,
      }),
    );
    const isIn = () => crowd.status().live === FANS;
    await until('the crowd is in', isIn, ARRIVE_WITHIN_MS + IN_WITHIN_MS);
    const witnesses = await seatWitnesses(run, WITNESSES);
    for (const witness of witnesses) stack.use(witness);
    for (const witness of witnesses) witness.chatEvery(WITNESS_CHAT_MS);
    const areLive = () => witnesses.every(({ fan }) => fan.session.phase.value.kind === 'live');
    return {
      crowd,
      witnesses,
      allIn: (withinMs = IN_WITHIN_MS) => until('everybody is in', () => isIn() && areLive(), withinMs),
      async fallSilent(console) {
        await Promise.all(witnesses.map((witness) => witness.stop()));
        await console.command('chat-mode', { mode: 'staff' });
        // A section shows what was over the readable budget as long as it is part of the conversation, each at its own moment.
        const saidMs = clock.nowMs();
        const isPast = () => clock.nowMs() - saidMs > STALE_MS + BEAT_MAX_MS;
        await until('what still waited is shown, or stale', isPast, SETTLED_WITHIN_MS);
        for (let n = 1; n <= LAST_WORDS; n += 1) {
          const text = `Last word ${n}`;
          await console.command('say', { text });
          // One at a time: what is over the readable budget would wait its turn, in each section its own.
          await until(`everybody reads ${text}`, () => witnesses.every(({ fan }) => fan.seenAtMs(text) !== undefined));
        }
        const { revision } = await console.command('seek', { toMs: 1_000 });
        const hasCue = ({ fan: { session } }: Witness) =>
          session.view.value !== null && revisionOf(session.view.value) === revision;
        const haveAll = () => {
          const { revision: has, eventLane } = crowd.status();
          return has.newest === revision && has.fans === FANS && eventLane.fans === FANS;
        };
        await until(
          'everybody has the last cue and the last words',
          () => haveAll() && witnesses.every(hasCue),
          SETTLED_WITHIN_MS,
        );
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
