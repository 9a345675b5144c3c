/** What a process knows of the event lane: what everyone was shown lately, and what was promised to everyone and is not shown yet. */
import { STALE_MS } from '../../core/chat-lanes.ts';
import { takesAway } from '../../core/moderation.ts';
import type { Removal, UpLine } from '../../schemas/chat.ts';
import type { LineId } from '../../schemas/ids.ts';
import { LINE_RING_SLOTS } from '../../schemas/limits.ts';

export class EventLaneMemory {
  readonly #eventNowMs: () => number;
  readonly #promised = new Map<LineId, UpLine>();
  #shown: UpLine[] = [];

  constructor(eventNowMs: () => number) {
    this.#eventNowMs = eventNowMs;
  }

  /** The stage carried these. */
  hear(lines: readonly UpLine[]): void {
    for (const { id } of lines) this.#promised.delete(id);
    this.#dropStale();
    this.#shown = [...this.#shown, ...lines].slice(-LINE_RING_SLOTS);
  }

  /** A line of this process was accepted for everyone. */
  promise(line: UpLine): void {
    this.#promised.set(line.id, line);
  }

  /** Promised, not shown, and still part of the conversation. */
  unkept(): UpLine[] {
    this.#dropStale();
    return [...this.#promised.values()];
  }

  /** The last ones, oldest first: what fills a ring that opens late. */
  get shown(): readonly UpLine[] {
    return this.#shown;
  }

  forget(removals: readonly Removal[]): void {
    if (removals.length === 0) return;
    const goes = (line: UpLine) => removals.some((removal) => takesAway(removal, line));
    for (const line of this.#promised.values()) if (goes(line)) this.#promised.delete(line.id);
    this.#shown = this.#shown.filter((line) => !goes(line));
  }

  /** They are in the order of their moments. */
  #dropStale(): void {
    const cutoffMs = this.#eventNowMs() - STALE_MS;
    for (const [id, { atMs }] of this.#promised) {
      if (atMs >= cutoffMs) break;
      this.#promised.delete(id);
    }
  }
}
