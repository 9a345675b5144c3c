/** What a process tells the stage: at most one bounded batch a beat, and one a second as a sign of life. */
import { laneRule } from '../../core/chat-lanes.ts';
import { chooseUp } from '../../core/chat-lanes-choose.ts';
import { fullBucket, refill, type TokenBucket } from '../../core/token-bucket.ts';
import type { SectionFacts, UpBatch } from '../../schemas/bus-messages.ts';
import type { UpLine } from '../../schemas/chat.ts';
import type { EventId } from '../../schemas/ids.ts';
import { LINES_PER_S } from '../../schemas/limits.ts';
import type { ReportEntry } from '../../schemas/stage.ts';
import { inBackground } from '../in-background.ts';
import { type Pacer, pacer } from '../pacer.ts';
import type { VenueDeps } from '../venue.ts';
import type { LocalSection } from './local-section.ts';

/** Several times what everyone can read, so that the stage has a choice; the rest is counted, and in the journal. */
const UP_RULE = laneRule(LINES_PER_S * 4);
/** Lines waiting for a batch; beyond it the oldest are in the journal alone. */
const WAITING_MAX = 2_000;
const REPORTS_MAX = 50;
const SYNC_ERRORS_MAX = 200;

export interface UpStreamDeps extends Pick<VenueDeps, 'clock' | 'eventNowMs' | 'random' | 'bus' | 'processId' | 'log'> {
  readonly eventId: EventId;
  readonly beatMs: () => number;
  readonly sections: ReadonlySet<LocalSection>;
}

export class UpStream {
  readonly #deps: UpStreamDeps;
  readonly #pacer: Pacer;
  #bucket: TokenBucket;
  #lines: UpLine[] = [];
  #reports: ReportEntry[] = [];
  #syncErrorsMs: number[] = [];
  #lastFacts: SectionFacts[] = [];
  #n = 0;

  constructor(deps: UpStreamDeps) {
    this.#deps = deps;
    this.#bucket = fullBucket(UP_RULE, deps.eventNowMs());
    this.#pacer = pacer({ clock: deps.clock, beatMs: deps.beatMs, fanOutMs: () => 0, run: () => this.#send() });
  }

  say(line: UpLine): void {
    this.#lines.push(line);
    if (this.#lines.length > WAITING_MAX) this.#lines.shift();
    this.#pacer.touch();
  }

  report(entry: ReportEntry): void {
    if (this.#reports.length < REPORTS_MAX) this.#reports.push(entry);
    this.#pacer.touch();
  }

  syncError(errorMs: number): void {
    if (this.#syncErrorsMs.length < SYNC_ERRORS_MAX) this.#syncErrorsMs.push(errorMs);
  }

  /** A section is about to close: its last figures go with the next batch. */
  keepFacts(section: LocalSection): void {
    this.#lastFacts.push({ ...section.drainFacts(), fans: 0 });
    this.#pacer.touch();
  }

  touch(): void {
    this.#pacer.touch();
  }

  stop(): void {
    this.#pacer.stop();
  }

  #send(): void {
    const { bus, eventId, eventNowMs, log, processId, random, sections } = this.#deps;
    const nowMs = eventNowMs();
    this.#bucket = refill(this.#bucket, UP_RULE, nowMs);
    const { up, later } = chooseUp({ lines: this.#lines, room: this.#bucket.tokens, nowMs, random });
    this.#bucket = { ...this.#bucket, tokens: Math.max(0, this.#bucket.tokens - up.length) };
    this.#lines = later;
    const batch: UpBatch = {
      kind: 'batch',
      processId: processId(),
      n: ++this.#n,
      atMs: nowMs,
      sections: [...this.#lastFacts.splice(0), ...[...sections].map((section) => section.drainFacts())],
      lines: up,
      reports: this.#reports.splice(0),
      syncErrorsMs: this.#syncErrorsMs.splice(0),
    };
    inBackground(bus.publishUp(eventId, batch), log, 'a batch was not published');
  }
}
