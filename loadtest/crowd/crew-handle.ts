/** One process of a crowd, as the one that steers it sees it. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { FromCrew, ResultPart, SecondPart, ToCrew } from './crowd-messages.ts';
import type { CrowdOrder } from './types.ts';

const PROCESS = join(import.meta.dirname, 'crowd-process.ts');
/** A process that was told to end and has not is ended. */
const KILL_AFTER_MS = 5_000;
/** At which size a crew's heap is collected first. */
const FIRST_HEAP_MB = 128;
const NEXT_HEAP_MB = 48;

/** What `muster` and `end` wait for. */
interface Waits {
  readonly ready: PromiseWithResolvers<void>;
  readonly result: PromiseWithResolvers<ResultPart>;
}

/** Carries one crew after the other; every wait on it rejects once it has died. */
export class CrewHandle {
  readonly #clock: Clock;
  readonly #index: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #died: Promise<never>;
  readonly #orders = new Map<number, () => void>();
  #ordersSoFar = 0;
  #onSecond: (part: SecondPart) => void = () => undefined;
  #waits: Waits = waits();

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
        // Pauses of 11 ms where 64 MB take 80, at the same CPU: what is measured waits for them.
        '--max-semi-space-size=8',
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
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Resolves once the crew is ready; the one before it has ended. */
  muster(muster: Omit<Extract<ToCrew, { kind: 'muster' }>, 'kind'>): Promise<void> {
    this.#waits = waits();
    this.#tell({ kind: 'muster', ...muster });
    return Promise.race([this.#waits.ready.promise, this.#died]);
  }

  go(startAtMs: number, onSecond: (part: SecondPart) => void): void {
    this.#onSecond = onSecond;
    this.#tell({ kind: 'go', startAtMs });
  }

  order(order: CrowdOrder): Promise<void> {
    const n = this.#ordersSoFar++;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#orders.set(n, resolve);
    this.#tell({ kind: 'order', n, order });
    return Promise.race([promise, this.#died]);
  }

  end(): Promise<ResultPart> {
    this.#tell({ kind: 'end' });
    return Promise.race([this.#waits.result.promise, this.#died]);
  }

  /** Resolves once it is gone: by itself, or else by force. */
  async kill(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const cancel = this.#clock.after(KILL_AFTER_MS, () => this.#child.kill('SIGKILL'));
    await this.#exited;
    cancel();
  }

  #tell(message: ToCrew): void {
    this.#child.send(message, () => undefined);
  }

  #hear(message: FromCrew): void {
    switch (message.kind) {
      case 'ready':
        return this.#waits.ready.resolve();
      case 'second':
        return this.#onSecond(message.part);
      case 'done':
        this.#orders.get(message.n)?.();
        return void this.#orders.delete(message.n);
      case 'result':
        return this.#waits.result.resolve(message.part);
    }
  }
}

function waits(): Waits {
  return { ready: Promise.withResolvers(), result: Promise.withResolvers() };
}
