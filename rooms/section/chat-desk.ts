/** Takes a fan's line: judges it, writes it to the journal, and only then says that it is accepted. */
import { decideFate, laneRule, STALE_MS } from '../../core/chat-lanes.ts';
import { checkPace, judgeLine } from '../../core/chat-policy.ts';
import { PartyError } from '../../core/errors.ts';
import { muteFor } from '../../core/moderation.ts';
import { fullBucket, type TokenBucket } from '../../core/token-bucket.ts';
import type { Fate, UpLine } from '../../schemas/chat.ts';
import { LineId, type RoomId } from '../../schemas/ids.ts';
import { LINES_PER_S } from '../../schemas/limits.ts';
import type { Chat, ChatReply } from '../../schemas/section-messages.ts';
import type { EventLink } from '../link/event-link.ts';
import { Once } from '../once.ts';
import type { JournalLine } from '../ports.ts';
import type { VenueDeps } from '../venue.ts';
import type { Pace } from './pace.ts';
import type { FanSeat, Seats } from './seats.ts';

export interface ChatDeskDeps extends Pick<VenueDeps, 'journal' | 'eventNowMs' | 'newId' | 'metrics'> {
  readonly link: EventLink;
  readonly seats: Seats;
  readonly pace: Pace;
  readonly roomId: RoomId;
  /** What comes now may have been said long ago; see ProcessLoad. */
  readonly justWoke: () => boolean;
  /** Lines promised to this section and not shown yet. */
  readonly backlog: () => number;
  /** The line is in the journal: show it, send it on. */
  readonly onAccepted: (line: UpLine, fate: Fate) => void;
}

interface Taken {
  readonly line: JournalLine;
  /** It did not get into the journal: the same words are no repeat when they come again. */
  readonly unsay: () => void;
}

export class ChatDesk {
  readonly #deps: ChatDeskDeps;
  readonly #once = new Once<ChatReply>();
  /** What goes into the lanes: replies to staff, and all else. */
  readonly #buckets: Record<'replies' | 'rest', TokenBucket>;
  #seq = 0;

  constructor(deps: ChatDeskDeps) {
    this.#deps = deps;
    const full = fullBucket(laneRule(LINES_PER_S), deps.eventNowMs());
    this.#buckets = { replies: full, rest: full };
  }

  /** Rejects with the refusal; throws it where it is one for haste. */
  say(seat: FanSeat, chat: Chat): Promise<ChatReply> {
    return this.#once.run(`${seat.fan.id} ${chat.key}`, () => {
      this.#refuseTooFast(seat);
      return this.#answer(seat, chat);
    });
  }

  async #answer(seat: FanSeat, chat: Chat): Promise<ChatReply> {
    const { journal, link, metrics } = this.#deps;
    try {
      const taken = this.#accept(seat, chat);
      if (taken instanceof PartyError) {
        // It may be a line that was taken before. One that is taken now needs no such question: the journal has each key once.
        const before = await journal.findByKey(link.id, seat.fan.id, chat.key);
        if (before === null) throw taken;
        return this.#again(before, chat);
      }
      const { line, unsay } = taken;
      const first = await this.#append(line, unsay);
      if (first !== null) return this.#again(first, chat);
      metrics.lineAccepted();
      this.#deps.onAccepted(upLine(line, this.#isToStaff(chat)), line.fate);
      return { id: line.id, seq: line.seq, atMs: line.atMs, fate: line.fate };
    } catch (error) {
      throw this.#refused(error);
    }
  }

  #refused(error: unknown): unknown {
    this.#deps.metrics.lineRefused(error instanceof PartyError ? error.code : 'internal');
    return error;
  }

  /**
   * Before the journal is asked for anything, so that a flood costs it nothing; and thrown, since a promise that is rejected before anybody
   * listens costs Node more than all else here. Whoever comes with a line that another section took has no pace here yet; one that this section
   * took is remembered above.
   */
  #refuseTooFast(seat: FanSeat): void {
    const { link, seats, pace, eventNowMs } = this.#deps;
    try {
      withoutStack(() => {
        checkPace(link.snapshot.policy, { role: 'fan', state: seats.author(seat.fan.id) }, eventNowMs());
        pace.pay(seat.fan.id, 'journal');
      });
    } catch (error) {
      throw this.#refused(error);
    }
  }

  /** Null when it is in the journal now; else the line that another seat of the same fan had there first, under the same key. */
  async #append(line: JournalLine, unsay: () => void): Promise<JournalLine | null> {
    const { journal } = this.#deps;
    try {
      await journal.appendLine(line);
      return null;
    } catch (error) {
      unsay();
      const isTaken = error instanceof PartyError && error.code === 'repeated';
      const first = isTaken ? await journal.findByKey(line.eventId, line.fanId, line.key) : null;
      if (first === null) throw error;
      return first;
    }
  }

  #accept(seat: FanSeat, chat: Chat): Taken | PartyError {
    try {
      if (this.#deps.justWoke()) throw new PartyError('unavailable', 'The room stood still for a moment; say it again.', 2_000);
      return this.#take(seat, chat);
    } catch (error) {
      if (error instanceof PartyError) return error;
      throw error;
    }
  }

  /** Judges and counts the line in one step, so that lines sent at once are judged after each other. Throws the refusal. */
  #take(seat: FanSeat, chat: Chat): Taken {
    const { link, seats, eventNowMs, newId, roomId } = this.#deps;
    const nowMs = eventNowMs();
    const { snapshot, digest } = link;
    if (snapshot.ended) throw new PartyError('chat_closed', 'The party is over.');
    const mute = muteFor(snapshot.sanctions, seat.fan.id, nowMs);
    const before = seats.author(seat.fan.id);
    const judged = judgeLine(snapshot.policy, { role: 'fan', mute, state: before }, chat.text, nowMs);
    seats.keepAuthor(seat.fan.id, judged.state);
    const unsay = () => {
      if (seats.author(seat.fan.id) === judged.state) seats.keepAuthor(seat.fan.id, before);
    };
    const toStaff = this.#isToStaff(chat);
    const kind = toStaff ? 'replies' : 'rest';
    const { fate, bucket } = decideFate({
      mode: digest?.mode ?? 'calm',
      bucket: this.#buckets[kind],
      sectionPerS: digest?.sectionBudgetPerS ?? 0,
      line: { role: 'fan', toStaff },
      backlog: this.#deps.backlog(),
      stageAway: link.stageAway,
      nowMs,
    });
    this.#buckets[kind] = bucket;
    const line: JournalLine = {
      id: LineId.parse(`lin_${newId(16)}`),
      fanId: seat.fan.id,
      name: seat.fan.name,
      role: 'fan',
      text: judged.text,
      atMs: nowMs,
      replyTo: chat.replyTo ?? '',
      eventId: link.id,
      section: roomId,
      key: chat.key,
      seq: ++this.#seq,
      fate,
      addressHash: seat.addressHash,
    };
    return { line, unsay };
  }

  /** Accepted before: the same answer. If that was by a process that died before showing it, it is shown now. */
  #again(line: JournalLine, chat: Chat): ChatReply {
    const { link, eventNowMs, onAccepted } = this.#deps;
    const isFresh = eventNowMs() - line.atMs < STALE_MS;
    if (isFresh && link.lines.get(line.id) === undefined) onAccepted(upLine(line, this.#isToStaff(chat)), line.fate);
    return { id: line.id, seq: line.seq, atMs: line.atMs, fate: line.fate };
  }

  #isToStaff({ replyTo }: Chat): boolean {
    if (replyTo === undefined) return false;
    const answered = this.#deps.link.lines.get(replyTo);
    return answered !== undefined && answered.role !== 'fan';
  }
}

function upLine(line: JournalLine, toStaff: boolean): UpLine {
  const { id, fanId, name, role, text, atMs, replyTo, section, addressHash } = line;
  return { id, fanId, name, role, text, atMs, replyTo, section, addressHash, toStaff };
}

/** A stack costs as much as all else that refusing a line takes, and a flood is refused thousands of times a second. */
function withoutStack(judge: () => void): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    judge();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
