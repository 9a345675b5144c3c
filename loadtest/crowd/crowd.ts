/** Spawns a crowd's processes and steers them: their seconds and results are added up here. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../core/clock.ts';
import { eventSummary } from '../doors.ts';
import type { FromCrew, ResultPart, ToCrew } from './crowd-messages.ts';
import { CrowdSum } from './crowd-sum.ts';
import { endpointOf } from './road.ts';
import type { Crowd, CrowdOptions, CrowdOrder, CrowdResult } from './types.ts';

const PROCESS = join(import.meta.dirname, 'crowd-process.ts');
/** Between everybody's being ready and the first arrival. */
const START_IN_MS = 100;
/** A process that was told to end and has not is ended. */
const KILL_AFTER_MS = 5_000;
/**
 * Of the 28,232 local ports that a source has towards one destination. Linux tries one half of them first, each in turn: once most of that half
 * is taken, every further connection costs milliseconds of its time.
 */
const CONNECTIONS_PER_ADDRESS = 9_000;

/** Resolves once all processes are ready and the arrivals' clock runs. Rejects when the event cannot be reached. */
export async function startCrowd(options: CrowdOptions): Promise<Crowd> {
  const clock = systemClock();
  for (const origin of options.origins) endpointOf(origin);
  const [first] = options.origins;
  if (first === undefined || options.processes < 1) throw new RangeError('a crowd needs an origin and a process');
  const { emojis } = await eventSummary({ origin: first, slug: options.slug });
  const run = Math.floor(clock.nowMs()).toString(36) + (options.seed >>> 0).toString(36);
  const needsAddresses = options.count / new Set(options.origins).size > CONNECTIONS_PER_ADDRESS;
  // A source that is chosen has each of its ports once, whatever the destination.
  const each = needsAddresses ? Math.ceil(options.count / options.processes / CONNECTIONS_PER_ADDRESS) : 0;
  const crews = Array.from({ length: options.processes }, (_, index) => new CrewHandle(clock, index));
  try {
    await Promise.all(
      crews.map((crew, index) => {
        const localAddresses = Array.from({ length: each }, (_, n) => `127.0.0.${2 + index * each + n}`);
        crew.tell({ kind: 'muster', options, index, run, emojis, localAddresses });
        return crew.ready;
      }),
    );
  } catch (error) {
    await Promise.all(crews.map((crew) => crew.kill()));
    throw error;
  }
  const startAtMs = clock.nowMs() + START_IN_MS;
  const sum = new CrowdSum(startAtMs, options.processes);
  for (const [index, crew] of crews.entries()) {
    crew.onSecond = (part) => sum.second(index, part);
    crew.tell({ kind: 'go', startAtMs });
  }
  let orders = 0;
  let ended: Promise<CrowdResult> | undefined;

  const end = async (): Promise<CrowdResult> => {
    try {
      const parts = await Promise.all(crews.map((crew) => crew.end()));
      return sum.result(parts);
    } finally {
      await Promise.all(crews.map((crew) => crew.kill()));
    }
  };

  return {
    pids: crews.map(({ pid }) => pid),
    status: () => sum.status(),
    async order(order: CrowdOrder) {
      const n = orders++;
      await Promise.all(crews.map((crew) => crew.order(n, order)));
    },
    end: () => (ended ??= end()),
    async [Symbol.asyncDispose]() {
      if (ended === undefined) await Promise.all(crews.map((crew) => crew.kill()));
      else await ended.catch(() => undefined);
    },
  };
}

/** At which size a crew's heap is collected first. */
const FIRST_HEAP_MB = 128;
const NEXT_HEAP_MB = 48;

/** One child process; every wait on it rejects once it has died. */
class CrewHandle {
  readonly ready: Promise<void>;
  onSecond: (part: Extract<FromCrew, { kind: 'second' }>['part']) => void = () => undefined;
  readonly #clock: Clock;
  readonly #index: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #died: Promise<never>;
  readonly #orders = new Map<number, () => void>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #result = Promise.withResolvers<ResultPart>();

  constructor(clock: Clock, index: number) {
    this.#clock = clock;
    this.#index = index;
    // Detached: a session of its own; see `goFirst`. It ends when its channel does.
    this.#child = fork(PROCESS, [], {
      serialization: 'advanced',
      detached: true,
      // As the house does without V8's memory reducer, see ecosystem.config.js: here it held up 15,000 fans at a time. Nor do all processes of
      // a crowd, which have as many fans at the same moment, collect their heaps together: each begins at a size of its own.
      execArgv: [
        '--max-semi-space-size=64',
        `--initial-old-space-size=${FIRST_HEAP_MB + index * NEXT_HEAP_MB}`,
        '--heap-growing-percent=300',
        '--no-memory-reducer',
      ],
    });
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    this.#died = promise;
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        reject(new Error(`crowd process ${this.#index} ended with ${signal ?? code}`));
        resolve();
      });
    });
    this.#child.on('error', () => undefined);
    this.#child.on('message', (message) => this.#hear(message as FromCrew));
    this.ready = Promise.race([this.#ready.promise, this.#died]);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  tell(message: ToCrew): void {
    this.#child.send(message, () => undefined);
  }

  order(n: number, order: CrowdOrder): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#orders.set(n, resolve);
    this.tell({ kind: 'order', n, order });
    return Promise.race([promise, this.#died]);
  }

  end(): Promise<ResultPart> {
    this.tell({ kind: 'end' });
    return Promise.race([this.#result.promise, this.#died]);
  }

  /** Resolves once it is gone: by itself, or else by force. */
  async kill(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const cancel = this.#clock.after(KILL_AFTER_MS, () => this.#child.kill('SIGKILL'));
    await this.#exited;
    cancel();
  }

  #hear(message: FromCrew): void {
    switch (message.kind) {
      case 'ready':
        return this.#ready.resolve();
      case 'second':
        return this.onSecond(message.part);
      case 'done':
        this.#orders.get(message.n)?.();
        return void this.#orders.delete(message.n);
      case 'result':
        return this.#result.resolve(message.part);
    }
  }
}
