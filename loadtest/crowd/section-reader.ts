/** Decodes a section's patches, one after the other, and says what each changed. */
import { Decoder } from '@colyseus/schema';
import { SectionState } from '../../schemas/section-state.ts';
import { cueOf, digestOf, eventLaneOf, type Facts, linesAfter, type NewLine, newLine, revisionOf } from './section-facts.ts';
import type { Whole } from './wholes.ts';

const PLACES_MAX = 8_192;

export class SectionReader {
  #decoder = new Decoder<SectionState>(new SectionState());
  #lineSeq = 0;
  #revision = 0;
  #places = new Map<string, number>();

  get state(): SectionState {
    return this.#decoder.state;
  }

  /** At which place each line was shown, by its id and by what it says. Another map after each `begin`. */
  get places(): ReadonlyMap<string, number> {
    return this.#places;
  }

  /** From this state on: it stands at place 0. */
  begin(whole: Whole): void {
    this.#decoder = whole.decode() ?? this.#decoder;
    const lines = linesAfter(this.state, 0);
    this.#lineSeq = lines.at(-1)?.seq ?? 0;
    this.#revision = revisionOf(this.state);
    this.#places = new Map();
    for (const line of lines) this.#remember(newLine(line), 0);
  }

  /** Takes in the patch that came to place `n`, as far as it can be read; `isRead` says whether it could. */
  read(patch: Buffer, n: number): { readonly facts: Facts; readonly isRead: boolean } {
    const isRead = this.#decode(patch);
    const { state } = this;
    const lines = linesAfter(state, this.#lineSeq);
    this.#lineSeq = lines.at(-1)?.seq ?? this.#lineSeq;
    const fresh = lines.map(newLine);
    const again = fresh.filter(({ id, said }) => this.#places.has(id) || (said !== null && this.#places.has(said))).length;
    for (const line of fresh) this.#remember(line, n);
    const revision = revisionOf(state);
    const isCue = revision > this.#revision;
    this.#revision = Math.max(this.#revision, revision);
    const cue = isCue ? cueOf(state) : null;
    return { isRead, facts: { digest: digestOf(state), revision, eventLane: eventLaneOf(state), lines: fresh, again, cue } };
  }

  #decode(patch: Buffer): boolean {
    try {
      this.#decoder.decode(patch, { offset: 1 });
      return true;
    } catch {
      return false;
    }
  }

  #remember({ id, said }: NewLine, n: number): void {
    this.#places.set(id, n);
    if (said !== null) this.#places.set(said, n);
    if (this.#places.size <= PLACES_MAX) return;
    for (const old of [...this.#places.keys()].slice(0, PLACES_MAX / 2)) this.#places.delete(old);
  }
}
