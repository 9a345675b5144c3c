/** Whole states as they came with joins: the same bytes go to everyone between two patches, so each is decoded once. */
import { Decoder } from '@colyseus/schema';
import { SectionState } from '../../schemas/section-state.ts';
import { isSame } from './same-bytes.ts';
import { cueOf, digestOf, eventLaneOf, type Facts, revisionOf } from './section-facts.ts';

const REMEMBERED = 6;

export class Whole {
  readonly #frame: Buffer;
  /** null: the bytes are no state. */
  readonly facts: Facts | null;
  readonly state: SectionState | null;

  constructor(frame: Buffer) {
    this.#frame = frame;
    this.state = this.decode()?.state ?? null;
    this.facts = this.state && {
      digest: digestOf(this.state),
      revision: revisionOf(this.state),
      eventLane: eventLaneOf(this.state),
      lines: [],
      again: 0,
      cue: cueOf(this.state),
    };
  }

  isSame(frame: Buffer, start: number, end: number): boolean {
    return isSame(this.#frame, frame, start, end);
  }

  /** A decoder that has taken in this state and nothing else; null when the bytes are none. */
  decode(): Decoder<SectionState> | null {
    const decoder = new Decoder<SectionState>(new SectionState());
    try {
      decoder.decode(this.#frame, { offset: 1 });
      return decoder;
    } catch {
      return null;
    }
  }
}

export class Wholes {
  readonly #recent: Whole[] = [];

  find(frame: Buffer, start: number, end: number): Whole {
    const known = this.#recent.find((whole) => whole.isSame(frame, start, end));
    if (known !== undefined) return known;
    const made = new Whole(Buffer.from(frame.subarray(start, end)));
    this.#recent.unshift(made);
    this.#recent.length = Math.min(this.#recent.length, REMEMBERED);
    return made;
  }
}
