/**
 * Asks for tickets wait for a turn of the event loop. Whoever holds a ticket is on a socket, which is read in every turn: a loop that answers
 * three hundred asks at once takes seconds from ticket to seat, and fans who have a seat give it up unseen.
 */

/** Of one turn. Sixteen took a quarter of a second of a process that has a tenth of a core. */
const ASKS_PER_TURN = 4;
/** Each has a connection, of which a process needs most for its seats. */
const WAITING_MAX = 1_000;

export interface AskQueueDeps<Ask> {
  readonly answer: (ask: Ask) => void;
  /** For who has waited longest of more than can, and waits still. */
  readonly sendAway: (ask: Ask) => void;
  /** Nobody reads the answer any more. */
  readonly isGone: (ask: Ask) => boolean;
  readonly nextTurn: (task: () => void) => void;
}

/** The last to come is answered first: whoever has waited long is about to give up, and what is answered late is asked again. */
export class AskQueue<Ask> {
  readonly #deps: AskQueueDeps<Ask>;
  readonly #waiting: Ask[] = [];
  #isTurnDue = false;

  constructor(deps: AskQueueDeps<Ask>) {
    this.#deps = deps;
  }

  add(ask: Ask): void {
    this.#waiting.push(ask);
    if (this.#waiting.length > WAITING_MAX) {
      const first = this.#waiting.shift() as Ask;
      if (!this.#deps.isGone(first)) this.#deps.sendAway(first);
    }
    this.#expectTurn();
  }

  #expectTurn(): void {
    if (this.#isTurnDue || this.#waiting.length === 0) return;
    this.#isTurnDue = true;
    this.#deps.nextTurn(this.#take);
  }

  readonly #take = () => {
    this.#isTurnDue = false;
    for (let left = ASKS_PER_TURN; left > 0 && this.#waiting.length > 0; ) {
      const ask = this.#waiting.pop() as Ask;
      if (this.#deps.isGone(ask)) continue;
      left -= 1;
      this.#deps.answer(ask);
    }
    this.#expectTurn();
  };
}
