/** What only staff see: the feed of lines with their reports, and the log of commands. */
import { clipText } from '../../core/chat-text.ts';
import { takesAway } from '../../core/moderation.ts';
import { slotOf } from '../../core/ring.ts';
import type { Line, Removal } from '../../schemas/chat.ts';
import { FEED_RING_SLOTS, LOG_RING_SLOTS } from '../../schemas/limits.ts';
import type { CommandEntry } from '../../schemas/stage.ts';
import { FeedState, LogState, type StageState } from '../../schemas/stage-state.ts';
import { writeLine } from '../line-ring.ts';

const DETAIL_MAX_CHARS = 200;
const NO_LINE = { id: '', fanId: '', name: '', role: 'fan', text: '', atMs: 0, replyTo: '' } as const;

interface FeedEntry {
  readonly seq: number;
  readonly line: Line;
  readonly section: string;
  reason: string;
  reports: number;
}

export class StaffRings {
  readonly #state: Pick<StageState, 'feed' | 'log'>;
  readonly #feed: (FeedEntry | undefined)[] = new Array(FEED_RING_SLOTS).fill(undefined);
  readonly #feedDirty = new Set<number>();
  #feedSeq = 0;
  #logSeq = 0;
  #log: { readonly seq: number; readonly entry: CommandEntry }[] = [];

  constructor(state: Pick<StageState, 'feed' | 'log'>) {
    this.#state = state;
    for (let slot = 0; slot < FEED_RING_SLOTS; slot++) state.feed.push(new FeedState());
    for (let slot = 0; slot < LOG_RING_SLOTS; slot++) state.log.push(new LogState());
  }

  line(line: Line, section: string): void {
    if (this.#entryOf(line.id) === undefined) this.#add({ line, section, reason: '', reports: 0 });
  }

  report(line: Line, section: string, reason: string): void {
    const known = this.#entryOf(line.id);
    if (known === undefined) return this.#add({ line, section, reason, reports: 1 });
    known.reports++;
    known.reason = reason;
    this.#feedDirty.add(slotOf(known.seq, FEED_RING_SLOTS));
  }

  remove(removal: Removal): void {
    this.#feed.forEach((entry, slot) => {
      if (entry === undefined || !takesAway(removal, entry.line)) return;
      this.#feed[slot] = undefined;
      this.#feedDirty.add(slot);
    });
  }

  command(entry: CommandEntry): void {
    this.#log.push({ seq: ++this.#logSeq, entry });
    this.#log = this.#log.slice(-LOG_RING_SLOTS);
  }

  find(lineId: string): Line | undefined {
    return this.#entryOf(lineId)?.line;
  }

  project(): void {
    for (const slot of this.#feedDirty) this.#projectFeed(slot);
    this.#feedDirty.clear();
    for (const { seq, entry } of this.#log.splice(0)) this.#projectLog(seq, entry);
  }

  #add(entry: Omit<FeedEntry, 'seq'>): void {
    const seq = this.#nextFeedSeq();
    const slot = slotOf(seq, FEED_RING_SLOTS);
    this.#feedSeq = seq;
    this.#feed[slot] = { ...entry, seq };
    this.#feedDirty.add(slot);
  }

  /** Reported lines wait for staff: recent ones go around them, as long as they hold no more than half of the ring. */
  #nextFeedSeq(): number {
    const isReported = (slot: number) => (this.#feed[slot]?.reports ?? 0) > 0;
    let seq = this.#feedSeq + 1;
    if (this.#feed.filter((_, slot) => isReported(slot)).length > FEED_RING_SLOTS / 2) return seq;
    while (isReported(slotOf(seq, FEED_RING_SLOTS))) seq++;
    return seq;
  }

  #entryOf(lineId: string): FeedEntry | undefined {
    return this.#feed.find((entry) => entry?.line.id === lineId);
  }

  #projectFeed(slot: number): void {
    const state = this.#state.feed.at(slot);
    if (state === undefined) return;
    const entry = this.#feed[slot];
    state.seq = entry?.seq ?? 0;
    state.section = entry?.section ?? '';
    state.reason = entry?.reason ?? '';
    state.reports = entry?.reports ?? 0;
    writeLine(state.line, entry?.line ?? NO_LINE, 'event', entry?.seq ?? 0);
  }

  #projectLog(seq: number, { atMs, staffName, command, payload, reason, result }: CommandEntry): void {
    const state = this.#state.log.at(slotOf(seq, LOG_RING_SLOTS));
    if (state === undefined) return;
    state.seq = seq;
    state.atMs = atMs;
    state.staffName = staffName;
    state.command = command;
    state.detail = detailOf(payload);
    state.reason = reason;
    state.result = result;
  }
}

/** The payload in one line: `fanId fan_… · forMs 60000`. */
function detailOf(payload: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(payload)
    .filter(([name]) => name !== 'reason' && name !== 'revision')
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return clipText(parts.join(' · '), DETAIL_MAX_CHARS);
}
