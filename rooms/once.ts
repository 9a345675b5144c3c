/** Makes a request safe to send twice: the same key gets the first answer, even while that is still being made. */

const REMEMBERED_MAX = 5_000;

export class Once<Answer> {
  readonly #answers = new Map<string, Promise<Answer>>();

  /** Runs `act` for a key that is new, and answers with its promise for one that is not. A failure may be tried again, as may what `act` throws. */
  run(key: string, act: () => Promise<Answer>): Promise<Answer> {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = act();
    this.#answers.set(key, answer);
    answer.catch(() => this.#answers.delete(key));
    if (this.#answers.size > REMEMBERED_MAX) {
      const [oldest] = this.#answers.keys();
      if (oldest !== undefined) this.#answers.delete(oldest);
    }
    return answer;
  }
}
