/** The lines that a room shows: a fixed ring, kept as plain values and written to the schema right before a patch. */
import { takesAway } from '../core/moderation.ts';
import { numberFrom, slotOf } from '../core/ring.ts';
import type { Lane, Line, Removal } from '../schemas/chat.ts';
import { LINE_RING_SLOTS } from '../schemas/limits.ts';
import { LineState } from '../schemas/section-state.ts';

export interface RingLine {
  readonly line: Line;
  readonly lane: Lane;
}

export class LineRing {
  readonly #slots: (RingLine | null)[] = Array.from({ length: LINE_RING_SLOTS }, () => null);
  readonly #seqs: number[] = Array.from({ length: LINE_RING_SLOTS }, () => 0);
  readonly #dirty = new Set<number>();
  readonly #ids = new Set<string>();
  #seq = 0;

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Lines shown now, oldest first. */
  lines(): RingLine[] {
    return this.#slots
      .map((shown, slot) => ({ shown, seq: this.#seqs[slot] as number }))
      .filter((entry): entry is { shown: RingLine; seq: number } => entry.shown !== null)
      .toSorted((a, b) => a.seq - b.seq)
      .map(({ shown }) => shown);
  }

  /** Shows `lines` in their order; one that is shown already is left where it is. */
  push(lines: readonly RingLine[]): void {
    const fresh = lines.filter(
      ({ line }, index) => !this.#ids.has(line.id) && lines.findIndex((o) => o.line.id === line.id) === index,
    );
    for (const { seq, entry } of numberFrom(fresh, this.#seq, LINE_RING_SLOTS)) {
      const slot = slotOf(seq, LINE_RING_SLOTS);
      this.#empty(slot);
      this.#slots[slot] = entry;
      this.#seqs[slot] = seq;
      this.#ids.add(entry.line.id);
      this.#dirty.add(slot);
    }
    this.#seq += fresh.length;
  }

  /** Takes away what `removal` names. */
  remove(removal: Removal): void {
    this.#slots.forEach((shown, slot) => {
      if (shown !== null && takesAway(removal, shown.line)) this.#empty(slot);
    });
  }

  /** Fills an empty state's slots; once, before anybody joins. */
  static install(lines: { push(...slots: LineState[]): unknown }): void {
    for (let slot = 0; slot < LINE_RING_SLOTS; slot++) lines.push(new LineState());
  }

  /** Writes what changed since the last time. */
  project(states: Iterable<LineState> & { at(slot: number): LineState | undefined }): void {
    for (const slot of this.#dirty) {
      const state = states.at(slot);
      if (state === undefined) continue;
      const shown = this.#slots[slot] ?? null;
      if (shown === null) writeLine(state, EMPTY_LINE, 'section', 0);
      else writeLine(state, shown.line, shown.lane, this.#seqs[slot] as number);
    }
    this.#dirty.clear();
  }

  #empty(slot: number): void {
    const shown = this.#slots[slot];
    if (shown) this.#ids.delete(shown.line.id);
    this.#slots[slot] = null;
    this.#seqs[slot] = 0;
    this.#dirty.add(slot);
  }
}

/** What an empty slot holds: nothing of a removed line stays in the state. */
const EMPTY_LINE = { id: '', fanId: '', name: '', role: 'fan', text: '', atMs: 0, replyTo: '' } as const;

export function writeLine(state: LineState, line: Line | typeof EMPTY_LINE, lane: Lane, seq: number): void {
  state.seq = seq;
  state.id = line.id;
  state.fanId = line.fanId;
  state.name = line.name;
  state.role = line.role;
  state.text = line.text;
  state.atMs = line.atMs;
  state.lane = lane;
  state.replyTo = line.replyTo;
}
