/**
 * What still has to be written elsewhere for a command that was committed. It was acknowledged, so that nothing may refuse it any more:
 * what cannot be written now is written later, in its order.
 */
import { PartyError } from '../core/errors.ts';
import { inBackground } from './in-background.ts';
import type { Log } from './ports.ts';

interface Work {
  readonly what: string;
  readonly write: () => Promise<unknown>;
}

export class AfterWork {
  readonly #log: Log;
  readonly #waiting: Work[] = [];
  #working: Promise<void> | undefined;
  #begun = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** How much was begun so far. */
  get begun(): number {
    return this.#begun;
  }

  get isDone(): boolean {
    return this.#waiting.length === 0;
  }

  /** Never rejects: resolves when it is written, or has to wait. */
  do(what: string, write: () => Promise<unknown>): Promise<void> {
    this.#begun++;
    this.#waiting.push({ what, write });
    return this.#waiting.length === 1 ? this.#work() : Promise.resolve();
  }

  /** To be called now and then. */
  tryAgain(): void {
    if (!this.isDone) inBackground(this.#work(), this.#log, 'what follows a command was not written');
  }

  /** Never more than one at a time: the order counts. */
  #work(): Promise<void> {
    this.#working ??= this.#workOff().finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  async #workOff(): Promise<void> {
    for (let [work] = this.#waiting; work !== undefined; [work] = this.#waiting) {
      try {
        await work.write();
      } catch (err) {
        this.#log.error({ err, what: work.what, waiting: this.#waiting.length }, 'what follows a command was not written');
        // Refused for good, as when another stage has taken over: trying again would only hold up the rest.
        if (!(err instanceof PartyError) || err.code === 'unavailable') return;
      }
      this.#waiting.shift();
    }
  }
}
