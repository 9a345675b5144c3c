/** What a section's state says that a crowd counts: new lines, cues, the revision, and digests to compare states by. */
import type { LineState, SectionState } from '../../schemas/section-state.ts';
import { readLineText } from './line-text.ts';

export interface NewLine {
  readonly id: string;
  /** What a crowd's line says, which no other line does; null for lines of others. */
  readonly said: string | null;
  /** When the line was to be said, by its own text; null for lines of others, and for those of a flood. */
  readonly intendedAtMs: number | null;
  /** Event time at which the section took it. */
  readonly atMs: number;
}

export interface Cue {
  readonly applyAtMs: number;
  /** Its moment is behind us: whoever learns of it now is late. */
  isOver: boolean;
}

/** What the state says at one place of a section's patches. */
export interface Facts {
  readonly digest: string;
  readonly revision: number;
  readonly eventLane: string;
  /** New with this place. */
  readonly lines: readonly NewLine[];
  /** How many of them the section had shown before. */
  readonly again: number;
  /** The newest cue, if it came with this place; else null. */
  readonly cue: Cue | null;
}

const EVENT_LANE_LINES = 20;

/** Revision of what plays or is about to. */
export function revisionOf({ playback, next }: SectionState): number {
  return Math.max(playback.revision, next?.revision ?? 0);
}

/** When what the newest revision says applies, or did. */
export function cueOf({ playback, next }: SectionState): Cue {
  if (next !== undefined && next.revision >= playback.revision) return { applyAtMs: next.applyAtMs, isOver: false };
  return { applyAtMs: playback.anchorMs, isOver: false };
}

/** Lines numbered above `afterSeq`, in order. */
export function linesAfter(state: SectionState, afterSeq: number): LineState[] {
  const found: LineState[] = [];
  for (const line of state.lines) if (line.seq > afterSeq) found.push(line);
  return found.toSorted((a, b) => a.seq - b.seq);
}

export function newLine({ id, atMs, text }: LineState): NewLine {
  const line = readLineText(text);
  return { id, atMs, said: line ? text : null, intendedAtMs: line?.intendedAtMs || null };
}

/** The last lines of the event lane, in the ring's order. */
export function eventLaneOf(state: SectionState): string {
  const mix = new Mix();
  const lines = linesAfter(state, 0).filter(({ lane }) => lane === 'event');
  for (const { id } of lines.slice(-EVENT_LANE_LINES)) mix.text(id);
  return mix.toString();
}

/** Of everything that changes while a section lives: equal states have equal digests. */
export function digestOf(state: SectionState): string {
  const mix = new Mix();
  const { playback, next, policy, audience } = state;
  for (const held of [playback, next]) {
    if (held === undefined) continue;
    mix.text(held.trackId).text(held.status).number(held.positionMs).number(held.anchorMs).number(held.revision);
  }
  mix.number(next?.applyAtMs ?? -1);
  for (const track of state.setlist) mix.text(track.id);
  for (const track of state.nextSetlist) mix.text(track.id);
  for (const line of state.lines) {
    mix.number(line.seq).text(line.id);
    if (line.seq > 0)
      mix.text(line.fanId).text(line.name).text(line.role).text(line.text).number(line.atMs).text(line.lane).text(line.replyTo);
  }
  for (const { seq, lineId, fanId, beforeMs } of state.removals) mix.number(seq).text(lineId).text(fanId).number(beforeMs);
  mix.text(policy.chatMode).number(policy.slowMs).text(policy.links).text(policy.announcement).text(policy.doors);
  mix.text(policy.pinnedLine?.id ?? '');
  for (const [emoji, count] of state.reactions) mix.text(emoji).number(count);
  mix
    .number(audience.event)
    .number(audience.section)
    .text(state.chat)
    .number(state.shownShare)
    .number(state.ended ? 1 : 0);
  return mix.toString();
}

/** Two 32-bit lanes of multiply and shift: quick, and 64 bits wide. */
class Mix {
  #a = 0x811c9dc5 | 0;
  #b = 0x9747b28c | 0;

  text(text: string): this {
    for (let i = 0; i < text.length; i++) this.#add(text.charCodeAt(i));
    return this.#add(text.length);
  }

  number(value: number): this {
    return this.#add(value | 0)
      .#add(Math.floor(value / 4_294_967_296))
      .#add(Math.round((value % 1) * 1e6));
  }

  toString(): string {
    return (this.#a >>> 0).toString(36) + (this.#b >>> 0).toString(36);
  }

  #add(value: number): this {
    this.#a = Math.imul(this.#a ^ value, 0x01000193);
    this.#a ^= this.#a >>> 15;
    this.#b = Math.imul(this.#b ^ value, 0x5bd1e995);
    this.#b ^= this.#b >>> 13;
    return this;
  }
}
