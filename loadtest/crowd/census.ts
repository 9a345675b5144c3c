/** How many fans are where: told by each as it moves, since asking all of them every second would cost more than what they do. */

/** Where a fan is, as a status counts it. */
export type Whereabouts = 'waiting' | 'live' | 'reconnecting' | 'gone';

export class Census {
  waiting = 0;
  live = 0;
  reconnecting = 0;
  gone = 0;
  /** Of those gone, who never sat. */
  failed = 0;

  /** `from` null: a fan that was not counted before. */
  move(from: Whereabouts | null, to: Whereabouts, hasJoined: boolean): void {
    if (from !== null) this.#add(from, -1, hasJoined);
    this.#add(to, 1, hasJoined);
  }

  #add(where: Whereabouts, fans: 1 | -1, hasJoined: boolean): void {
    this[where] += fans;
    if (where === 'gone' && !hasJoined) this.failed += fans;
  }
}
