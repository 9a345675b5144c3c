/** Does much in small parts, so that whatever else wants the event loop gets it in between. */
import type { Clock } from '../core/clock.ts';

/**
 * Whoever had to wait for longer than this, since others used the loop, may do as much more at once, up to so many shares: a fifth of a busy loop
 * at most when a share takes a millisecond, where a fixed one would take minutes to reach everybody.
 */
const WAIT_MS = 4;
const SHARES_MAX = 4;

/** Work that takes several turns. */
interface Job {
  /** Does as much as fits into this share of a turn; what it took of it, and whether that was the last. */
  readonly take: (share: number) => { readonly share: number; readonly isDone: boolean };
  readonly done: () => void;
}

/**
 * Everybody's turns on one event loop: all the rooms of a process that speak at the same moment, as they do at a cue, take no more of it
 * at once than one of them. First come, first served.
 */
class Turns {
  readonly #clock: Clock;
  readonly #jobs: Job[] = [];
  /** What is left of this turn. */
  #share = 1;
  #isRunning = false;
  #isNextDue = false;
  #leftAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(job: Job): void {
    this.#jobs.push(job);
    this.#run();
  }

  #run(): void {
    // Whoever is done may go on with what comes next.
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let [job] = this.#jobs; job !== undefined && this.#share > 0; [job] = this.#jobs) this.#take(job);
    } finally {
      this.#isRunning = false;
      this.#expectNext();
    }
  }

  #take(job: Job): void {
    let isOver = true;
    try {
      const taken = job.take(this.#share);
      this.#share -= taken.share;
      isOver = taken.isDone;
    } finally {
      // Also when it threw: the others come all the same.
      if (isOver) this.#jobs.shift();
    }
    if (isOver) job.done();
  }

  #expectNext(): void {
    this.#leftAtMs = this.#clock.nowMs();
    if (this.#isNextDue) return;
    this.#isNextDue = true;
    this.#clock.after(0, () => {
      this.#isNextDue = false;
      const wasWaitedFor = this.#jobs.length > 0;
      this.#share = wasWaitedFor ? Math.min(SHARES_MAX, Math.max(1, (this.#clock.nowMs() - this.#leftAtMs) / WAIT_MS)) : 1;
      if (wasWaitedFor) this.#run();
    });
  }
}

/** One loop, one clock. */
const turnsOf = new WeakMap<Clock, Turns>();

/**
 * Runs `act` for each item in order, `perTurn` of them in each turn of the event loop, fewer when others have a part of it and more when the loop is busy; the first
 * ones at once, so that what fits into one turn is done on return. `done` is told for how long the loop was used, in ms.
 */
export function inTurns<T>(
  clock: Clock,
  items: readonly T[],
  perTurn: number,
  act: (item: T) => void,
  done: (usedMs: number) => void = () => undefined,
): void {
  if (items.length === 0) return done(0);
  let from = 0;
  let usedMs = 0;
  const take = (share: number) => {
    const startMs = clock.nowMs();
    const count = Math.min(items.length - from, Math.max(1, Math.floor(share * perTurn)));
    for (const to = from + count; from < to; from++) act(items[from] as T);
    usedMs += clock.nowMs() - startMs;
    return { share: count / perTurn, isDone: from === items.length };
  };
  const turns = turnsOf.get(clock) ?? new Turns(clock);
  turnsOf.set(clock, turns);
  turns.add({ take, done: () => done(usedMs) });
}
