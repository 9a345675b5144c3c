/** The chat of one page: its log of lines, and the way of its own lines to the section. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { PartyError } from '../../core/errors.ts';
import type { ChatReply } from '../../schemas/section-messages.ts';
import type { SectionState } from '../../schemas/section-state.ts';
import type { Attendance } from './attendance.ts';
import {
  accepted,
  dismissed,
  EMPTY_LOG,
  hold,
  type LineLog,
  mergeRings,
  newSeat,
  type OwnLine,
  refused,
  sending,
} from './line-log.ts';
import type { Seat } from './seat.ts';
import type { ShownLine } from './types.ts';
import { Unanswered } from './wire.ts';

export class Chat {
  readonly lines: ReadonlySignal<readonly ShownLine[]>;
  readonly #lines = signal<readonly ShownLine[]>([]);
  #log: LineLog = EMPTY_LOG;

  constructor() {
    this.lines = this.#lines;
  }

  /** The next rings come from another section. */
  newSeat(): void {
    this.#update(newSeat(this.#log));
  }

  merge(state: SectionState, ownId: string | null): void {
    this.#update(mergeRings(this.#log, state.lines, state.removals, ownId));
  }

  hold(isHeld: boolean): void {
    this.#update(hold(this.#log, isHeld));
  }

  /** Sends `line`, and shows how that goes. Throws the coded refusal. */
  async say<State>(attendance: Attendance<State>, line: OwnLine): Promise<void> {
    this.#update(sending(this.#log, line));
    try {
      this.#update(accepted(this.#log, line.key, await this.#send(attendance, line)));
    } catch (error) {
      const refusal = error instanceof PartyError ? error : new PartyError('unavailable', 'Nobody confirmed this line.');
      this.#update(refused(this.#log, line.key, refusal));
      throw refusal;
    }
  }

  /** The refused line that the page shows as `lineId`, ready to be sent again. */
  refusedLine(lineId: string): OwnLine | undefined {
    const line = this.#log.lines.find(({ id, mine }) => id === lineId && mine?.kind === 'refused');
    return line?.key === undefined ? undefined : { ...line, key: line.key };
  }

  dismiss(lineId: string): void {
    this.#update(dismissed(this.#log, lineId));
  }

  async #send<State>(attendance: Attendance<State>, line: OwnLine): Promise<ChatReply> {
    const seat = attendance.seat;
    if (!seat) throw new PartyError('unavailable', 'You are not connected right now.');
    const payload = { key: line.key, text: line.text, ...(line.replyTo ? { replyTo: line.replyTo } : {}) };
    const send = (on: Seat) => on.ask<ChatReply>('chat', payload);
    try {
      return await send(seat);
    } catch (error) {
      // The section remembers the key, so on the same seat a repeat cannot say the line twice.
      if (error instanceof Unanswered && (await attendance.regained(seat))) return await send(seat);
      throw error;
    }
  }

  #update(log: LineLog): void {
    this.#log = log;
    this.#lines.value = log.lines;
  }
}
