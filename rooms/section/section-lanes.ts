/** What a section shows: the event's lane and its own, merged into one ring within what a person can read. */
import type { LaneMode } from '../../core/chat-lanes.ts';
import { type LanedLine, MERGE_RULE, mergeLanes } from '../../core/chat-lanes-merge.ts';
import { takesAway } from '../../core/moderation.ts';
import { fullBucket, type TokenBucket } from '../../core/token-bucket.ts';
import type { Fate, Removal, UpLine } from '../../schemas/chat.ts';
import { LineRing } from '../line-ring.ts';

/** How long a line for everyone may be on its way to the stage and back. */
const PROMISE_MS = 2_000;

export class SectionLanes {
  readonly ring = new LineRing();
  #event: UpLine[] = [];
  #neighbours: UpLine[] = [];
  /** Promised to everyone, and not back from the stage yet. */
  #promised: UpLine[] = [];
  #waiting: readonly LanedLine<UpLine>[] = [];
  #bucket: TokenBucket;

  constructor(nowMs: number) {
    this.#bucket = fullBucket(MERGE_RULE, nowMs);
  }

  /** What was promised and found no room yet: in the last beat, or on its way by the stage. */
  get backlog(): number {
    return this.#waiting.length + this.#promised.length;
  }

  /** The stage carried these. */
  hear(lines: readonly UpLine[]): void {
    this.#event.push(...lines);
  }

  /** A line of this section was accepted. True: there is something for the next beat. */
  accept(line: UpLine, fate: Fate): boolean {
    if (fate === 'event') this.#promised.push(line);
    if (fate === 'section') this.#neighbours.push(line);
    return fate === 'section';
  }

  /** What everyone should have seen by now, but a sudden crowd or the bus kept away, the neighbours see at least. True: there is some. */
  keepPromises(nowMs: number): boolean {
    return this.#showOwn((line) => nowMs - line.atMs >= PROMISE_MS);
  }

  remove(removal: Removal): void {
    const stays = (line: UpLine) => !takesAway(removal, line);
    this.ring.remove(removal);
    this.#event = this.#event.filter(stays);
    this.#neighbours = this.#neighbours.filter(stays);
    this.#promised = this.#promised.filter(stays);
    this.#waiting = this.#waiting.filter(({ line }) => stays(line));
  }

  /**
   * Puts this beat's lines into the ring. `waiting`: some are left for the next. In a crowd the stage has no room for what a section promised in
   * calm, and what it takes all the same is shown once; replies to staff it takes before all else.
   */
  beat(nowMs: number, mode: LaneMode): { readonly shown: number; readonly waiting: boolean } {
    if (mode === 'crowded') {
      const carried = new Set(this.#event.map(({ id }) => id));
      this.#showOwn(({ id, toStaff }) => !toStaff && !carried.has(id));
    }
    const { lines, later, bucket } = mergeLanes({
      waiting: this.#waiting,
      event: this.#event.splice(0),
      own: this.#neighbours.splice(0),
      isShown: (id) => this.ring.has(id),
      mode,
      bucket: this.#bucket,
      nowMs,
    });
    this.#waiting = later;
    this.#bucket = bucket;
    this.ring.push(lines);
    this.#promised = this.#promised.filter(({ id }) => !this.ring.has(id));
    return { shown: lines.length, waiting: later.length > 0 };
  }

  /** Whatever `isDue` of what was promised to everyone is for the neighbours now. True: there is some. */
  #showOwn(isDue: (line: UpLine) => boolean): boolean {
    const due = this.#promised.filter(isDue);
    if (due.length === 0) return false;
    this.#promised = this.#promised.filter((line) => !isDue(line));
    this.#neighbours.push(...due);
    return true;
  }
}
