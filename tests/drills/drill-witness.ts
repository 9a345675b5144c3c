/** A page's fan who writes down when each line came, whether it came again, and how long their own took to be answered. */
import { jitterMs } from '../../core/backoff.ts';
import { systemClock } from '../../core/clock.ts';
import type { DrillRun } from './drill-run.ts';
import { enterPageFan, type PageFan } from './page-fan.ts';

/** All moments are on the machine's clock, which event time follows. */
export interface Told {
  readonly fanId: string;
  readonly lane: 'event' | 'section';
  /** When its section accepted it. */
  readonly acceptedAtMs: number;
  /** When it came; null: it was there already when the witness sat down, here or in another section. */
  readonly seenAtMs: number | null;
}

export interface Answer {
  readonly askedAtMs: number;
  readonly tookMs: number;
}

export interface Witness extends Disposable {
  readonly fan: PageFan;
  readonly fanId: string;
  readonly told: ReadonlyMap<string, Told>;
  /** To lines that were accepted. */
  readonly answers: readonly Answer[];
  readonly gaps: readonly { readonly lostAtMs: number; readonly backAtMs: number | null }[];
  /** Lines of one author that stood on the page under two ids, or twice at once. */
  readonly shownTwice: ReadonlySet<string>;
  /** Says a line of its own every so often, more or less by half, until stopped. */
  chatEvery(ms: number): void;
  /** Resolves once the last line was answered. */
  stop(): Promise<void>;
}

const clock = systemClock();

/** One at each door; resolves once they are live. */
export function seatWitnesses(run: Pick<DrillRun, 'slug' | 'random' | 'origins'>, count: number): Promise<Witness[]> {
  const doorOf = (n: number) => run.origins[n % run.origins.length] ?? '';
  return Promise.all(Array.from({ length: count }, (_, n) => seatWitness(run, doorOf(n), `Witness ${n + 1}`)));
}

async function seatWitness(run: Pick<DrillRun, 'slug' | 'random'>, door: string, name: string): Promise<Witness> {
  const fan = await enterPageFan(run, door, name);
  const { session } = fan;
  const told = new Map<string, Told>();
  const saidBefore = new Set<string>();
  const shownTwice = new Set<string>();
  const answers: Answer[] = [];
  /** Set once what was there before us is told. */
  let isPresent = false;

  const stopReading = session.lines.subscribe((lines) => {
    const seenAtMs = isPresent && session.phase.value.kind === 'live' ? clock.nowMs() : null;
    for (const { id, fanId, text, atMs, lane, mine } of lines) {
      if (told.has(id) || (mine !== null && mine.kind !== 'accepted')) continue;
      told.set(id, { fanId, lane, acceptedAtMs: atMs, seenAtMs });
      const said = `${fanId} ${text}`;
      if (saidBefore.has(said)) shownTwice.add(said);
      saidBefore.add(said);
    }
    if (new Set(lines.map(({ id }) => id)).size < lines.length) shownTwice.add(`a line at once, of ${lines.length}`);
  });
  isPresent = true;

  let cancel = () => {};
  let asking: Promise<unknown> = Promise.resolve();
  const say = async (text: string) => {
    const askedAtMs = clock.nowMs();
    const { fate } = await fan.say(text);
    if (fate !== null) answers.push({ askedAtMs, tookMs: clock.nowMs() - askedAtMs });
  };
  const chatEvery = (ms: number, n: number) => {
    cancel = clock.after(jitterMs(ms, 0.5, run.random), () => {
      asking = say(`${name} says ${n}`);
      chatEvery(ms, n + 1);
    });
  };
  return {
    fan,
    fanId: session.fan.value?.id ?? '',
    told,
    answers,
    get gaps() {
      const onClock = (ms: number | null) => (ms === null ? null : ms + performance.timeOrigin);
      return fan.gaps.map(({ lostAtMs, backAtMs }) => ({
        lostAtMs: lostAtMs + performance.timeOrigin,
        backAtMs: onClock(backAtMs),
      }));
    },
    shownTwice,
    chatEvery(ms) {
      cancel();
      chatEvery(ms, 1);
    },
    async stop() {
      cancel();
      await asking;
    },
    [Symbol.dispose]() {
      cancel();
      stopReading();
      fan[Symbol.dispose]();
    },
  };
}
