/** The event lane as the stage runs it: what everybody is told each beat, and that it is told again when nothing is new. */
import { beatLane, type EventLane, emptyLane } from '../../core/chat-lanes-event.ts';
import type { Digest } from '../../schemas/bus-messages.ts';
import type { UpLine } from '../../schemas/chat.ts';
import type { VenueDeps } from '../venue.ts';
import type { Crowd } from './crowd.ts';
import type { ChatFigures } from './staff-projection.ts';

/** Without news, the event lane's figures are still repeated, so that a lost digest is made good. */
const DIGEST_AT_LEAST_EVERY_MS = 5_000;

export interface LaneBeat {
  /** For everyone, in order. */
  readonly lines: readonly UpLine[];
  /** To be published; null when there is nothing to say. */
  readonly digest: Digest | null;
  /** Some lines are left for the next beat. */
  readonly isWaiting: boolean;
}

export class LaneDesk {
  readonly #deps: Pick<VenueDeps, 'eventNowMs' | 'random' | 'metrics'>;
  readonly #epoch: number;
  #lane: EventLane<UpLine>;
  #said: UpLine[] = [];
  #told = '';
  #toldAtMs = 0;
  #n = 0;
  #chat: ChatFigures = { linesPerS: 0, shownShare: 1 };

  constructor(deps: Pick<VenueDeps, 'eventNowMs' | 'random' | 'metrics'>, epoch: number) {
    this.#deps = deps;
    this.#epoch = epoch;
    this.#lane = emptyLane(deps.eventNowMs());
  }

  get mode(): Digest['mode'] {
    return this.#lane.mode;
  }

  get chat(): ChatFigures {
    return this.#chat;
  }

  /** A line of staff, for the next beat. */
  say(line: UpLine): void {
    this.#said.push(line);
  }

  /** `isTaken`: whether moderation has taken a line away. */
  beat(crowd: Crowd, isTaken: (line: UpLine) => boolean): LaneBeat {
    const { eventNowMs, random, metrics } = this.#deps;
    const nowMs = eventNowMs();
    const { candidates, accepted } = crowd.drain();
    const stays = (line: UpLine) => !isTaken(line);
    const asked = { candidates: [...this.#said.splice(0), ...candidates].filter(stays), accepted, nowMs, random };
    const waiting = this.#lane.waiting.filter(stays);
    const { lane, lines, linesPerS, shownShare, mode, sectionPerS } = beatLane({ ...this.#lane, waiting }, asked);
    this.#lane = lane;
    this.#chat = { linesPerS, shownShare };
    metrics.shownShare(shownShare);
    const figures = {
      mode,
      sectionBudgetPerS: sectionPerS,
      shownShare: Math.round(shownShare * 100) / 100,
      fans: crowd.fans,
      reactions: crowd.reactions,
    };
    const isWaiting = lane.waiting.length > 0;
    const told = JSON.stringify(figures);
    const isNews = lines.length > 0 || told !== this.#told || nowMs - this.#toldAtMs >= DIGEST_AT_LEAST_EVERY_MS;
    if (!isNews) return { lines, digest: null, isWaiting };
    this.#told = told;
    this.#toldAtMs = nowMs;
    const digest: Digest = { kind: 'digest', epoch: this.#epoch, n: ++this.#n, atMs: nowMs, lines: [...lines], ...figures };
    return { lines, digest, isWaiting };
  }
}
