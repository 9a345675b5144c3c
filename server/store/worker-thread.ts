/** One journal thread as seen from the rooms: calls with a deadline, a restart after a crash, an orderly end. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import type { Log } from '../../rooms/ports.ts';
import type { ThreadMessage, ThreadReply, ThreadRequest } from './thread-messages.ts';

/** Calls that may wait at once; more are refused at once, so that a stuck disk cannot fill the memory. */
const WAITING_MAX = 20_000;
const RESTART_MIN_MS = 100;
const RESTART_MAX_MS = 5_000;

export interface ThreadDeps {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly spawn: () => Worker;
  readonly deadlineMs: number;
}

interface Waiting {
  readonly op: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancelDeadline: () => void;
}

type Phase =
  | { readonly kind: 'opening'; readonly worker: Worker }
  | { readonly kind: 'ready'; readonly worker: Worker }
  | { readonly kind: 'down'; readonly cancelRestart: () => void }
  | { readonly kind: 'closed' };

/** `Ops` maps each operation to the synchronous function that the thread runs for it. */
export class WorkerThread<Ops extends { readonly [K in keyof Ops]: (...args: never[]) => unknown }> {
  readonly #deps: ThreadDeps;
  readonly #waiting = new Map<number, Waiting>();
  #phase: Phase;
  /** Asked in this turn of the event loop: they cross together, which costs each of them a fraction. */
  #asked: ThreadRequest[] = [];
  #nextId = 1;
  #crashes = 0;
  #opened = Promise.withResolvers<void>();

  constructor(deps: ThreadDeps) {
    this.#deps = deps;
    this.#phase = { kind: 'opening', worker: this.#start() };
    // Whoever awaits `opened` sees the failure; after a restart nobody may be there to see it.
    this.#opened.promise.catch(() => undefined);
  }

  /** Rejects with the reason when the file cannot be opened. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Calls under way. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get ready(): boolean {
    return this.#phase.kind === 'ready';
  }

  /**
   * Runs `op` in the thread. Rejects with `unavailable` when no answer came in time, when too many wait, and while the thread is
   * down; a write refused that way may still reach the disk, so a caller that tries again sends the same id and key.
   */
  call<K extends keyof Ops & string>(
    op: K,
    args: Parameters<Ops[K]>,
    deadlineMs = this.#deps.deadlineMs,
  ): Promise<ReturnType<Ops[K]>> {
    return this.#post(op, args, deadlineMs) as Promise<ReturnType<Ops[K]>>;
  }

  /** Finishes what was asked before, then ends the thread. Later calls are refused. */
  async close(): Promise<void> {
    const phase = this.#phase;
    if (phase.kind === 'closed') return;
    if (phase.kind === 'down') phase.cancelRestart();
    else {
      const { worker } = phase;
      // A thread that could not open its file is gone, or about to be, and answers nothing.
      const gone = once(worker, 'exit');
      const flushed = this.#post('close', [], this.#deps.deadlineMs * 10).catch(() => undefined);
      this.#phase = { kind: 'closed' };
      await Promise.race([flushed, gone]);
      await worker.terminate();
    }
    this.#phase = { kind: 'closed' };
    this.#rejectAll('The journal is closed.');
  }

  #post(op: string, args: readonly unknown[], deadlineMs: number): Promise<unknown> {
    const phase = this.#phase;
    if (phase.kind === 'down' || phase.kind === 'closed') return Promise.reject(unavailable('The journal is not running.'));
    if (this.#waiting.size >= WAITING_MAX) return Promise.reject(unavailable('The journal is behind.'));
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const cancelDeadline = this.#deps.clock.after(deadlineMs, () => {
      this.#waiting.delete(id);
      this.#deps.log.warn({ thread: this.#deps.name, op, deadlineMs }, 'the journal did not answer in time');
      reject(unavailable('The journal did not answer in time.'));
    });
    this.#waiting.set(id, { op, resolve, reject, cancelDeadline });
    if (this.#asked.length === 0) setImmediate(() => this.#hand(phase.worker));
    this.#asked.push({ id, op, args });
    return promise;
  }

  #hand(worker: Worker): void {
    const asked = this.#asked;
    this.#asked = [];
    worker.postMessage(asked);
  }

  #start(): Worker {
    const worker = this.#deps.spawn();
    worker.on('message', (message: ThreadMessage) => this.#receive(worker, message));
    worker.on('error', (error) => this.#deps.log.error({ thread: this.#deps.name, err: error }, 'the journal thread failed'));
    worker.on('exit', () => this.#crashed(worker));
    return worker;
  }

  #receive(worker: Worker, message: ThreadMessage): void {
    switch (message.kind) {
      case 'ready':
        if (this.#phase.kind === 'opening') this.#phase = { kind: 'ready', worker };
        return this.#opened.resolve();
      case 'cannot-open':
        this.#deps.log.error({ thread: this.#deps.name, reason: message.message }, 'the journal cannot be opened');
        return this.#opened.reject(new Error(message.message));
      case 'replies':
        this.#crashes = 0;
        for (const reply of message.replies) this.#settle(reply);
    }
  }

  #settle(reply: ThreadReply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return; // its deadline passed
    this.#waiting.delete(reply.id);
    waiting.cancelDeadline();
    if (reply.kind === 'done') return waiting.resolve(reply.value);
    if (reply.kind === 'refused') return waiting.reject(new PartyError(reply.refusal.code, reply.refusal.message));
    this.#deps.log.error({ thread: this.#deps.name, op: waiting.op, reason: reply.message }, 'the journal could not do it');
    waiting.reject(unavailable('The journal could not take it.'));
  }

  #crashed(worker: Worker): void {
    const phase = this.#phase;
    if (phase.kind === 'closed' || phase.kind === 'down' || phase.worker !== worker) return;
    const delayMs = Math.min(RESTART_MAX_MS, RESTART_MIN_MS * 2 ** this.#crashes++);
    this.#opened.reject(new Error('the journal thread ended'));
    const cancelRestart = this.#deps.clock.after(delayMs, () => {
      this.#opened = Promise.withResolvers<void>();
      this.#opened.promise.catch(() => undefined);
      this.#phase = { kind: 'opening', worker: this.#start() };
    });
    this.#phase = { kind: 'down', cancelRestart };
    this.#deps.log.error({ thread: this.#deps.name, delayMs, lost: this.#waiting.size }, 'the journal thread ended; restarting');
    this.#rejectAll('The journal stopped before it answered.');
  }

  #rejectAll(message: string): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, cancelDeadline } of waiting) {
      cancelDeadline();
      reject(unavailable(message));
    }
  }
}

/** A journal that cannot take a line says so; the caller may try again soon. */
function unavailable(message: string): PartyError {
  return new PartyError('unavailable', message, 1_000);
}
