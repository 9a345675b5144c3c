/** What a section counts: since its last batch for the stage, and since its last second for the journal. */

export interface Tally {
  joins: number;
  leaves: number;
  accepted: number;
  shown: number;
  reactions: Record<string, number>;
}

function empty(): Tally {
  return { joins: 0, leaves: 0, accepted: 0, shown: 0, reactions: {} };
}

export class Tallies {
  #batch = empty();
  #second = empty();

  count(what: 'joins' | 'leaves' | 'accepted' | 'shown', by = 1): void {
    this.#batch[what] += by;
    this.#second[what] += by;
  }

  react(emoji: string, by: number): void {
    for (const { reactions } of [this.#batch, this.#second]) reactions[emoji] = (reactions[emoji] ?? 0) + by;
  }

  drainBatch(): Readonly<Tally> {
    const drained = this.#batch;
    this.#batch = empty();
    return drained;
  }

  drainSecond(): Readonly<Tally> {
    const drained = this.#second;
    this.#second = empty();
    return drained;
  }
}
