/** What a fan of the crowd says and taps, each at its own moments, whatever became of the one before. */
import type { Seat } from '../../client/session/seat.ts';
import { Unanswered } from '../../client/session/wire.ts';
import { PartyError } from '../../core/errors.ts';
import type { ChatReply } from '../../schemas/section-messages.ts';
import { atMoments } from '../at-moments.ts';
import type { House } from './house.ts';
import type { LightFan } from './light-fan.ts';
import { lineText } from './line-text.ts';
import { ShoutFrames } from './shout-frames.ts';

const SHOUT_EVERY_MS = 100;

export class Talk {
  readonly #house: House;
  readonly #fan: LightFan;
  readonly #stops = new Set<() => void>();
  #lines = 0;
  #hasShouted = false;

  constructor(house: House, fan: LightFan) {
    this.#house = house;
    this.#fan = fan;
  }

  chat(everyMs: number): void {
    this.#at(everyMs, (intendedAtMs) => this.#say(intendedAtMs));
  }

  react(everyMs: number): void {
    const { emojis, random } = this.#house;
    this.#at(everyMs, () => this.#tap(emojis[Math.floor(random() * emojis.length)] ?? ''));
  }

  /** As fast as it is told, which nobody waits for: what is not answered was not read, and whoever shouts waits for themselves. */
  flood(perSecond: number, forMs: number): void {
    const { clock, random, run, ledger } = this.#house;
    const { n: fan } = this.#fan;
    const key = (shout: number) => `${run}-${fan}-f${shout}`;
    const line = (shout: number) => ({ key: key(shout), text: lineText({ run, fan, number: shout, intendedAtMs: 0 }) });
    const heeded = (shout: number, reply: unknown, refusal: PartyError | null) => {
      if (refusal !== null) ledger.refuse(refusal.code);
      else this.#accepted(key(shout), reply as ChatReply);
    };
    this.#fan.misbehave();
    this.#hasShouted = true;
    const count = Math.max(1, Math.round((perSecond * SHOUT_EVERY_MS) / 1_000));
    const frames = new ShoutFrames('chat', count, line);
    // Each at a moment of its own, as anybody who does something ten times a second.
    let stop = clock.after(random() * SHOUT_EVERY_MS, () => {
      stop = clock.every(SHOUT_EVERY_MS, () => this.#fan.shout(frames, heeded));
    });
    this.#stops.add(() => stop());
    this.#stops.add(clock.after(forMs, () => stop()));
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops.clear();
  }

  /** Runs `act` at moments that are `everyMs` apart and do not wait for it, the first at random. */
  #at(everyMs: number, act: (intendedAtMs: number) => void): void {
    const { clock, random, ledger } = this.#house;
    this.#stops.add(
      atMoments(clock, clock.nowMs() + random() * everyMs, everyMs, (dueMs) => {
        ledger.lag(clock.nowMs() - dueMs);
        act(dueMs);
      }),
    );
  }

  #say(intendedAtMs: number): void {
    void this.#line(intendedAtMs).catch((error: unknown) => {
      const { ledger } = this.#house;
      if (error instanceof PartyError) ledger.refuse(error.code);
      else if (!(error instanceof Unanswered)) throw error;
      else if (!this.#hasShouted && !this.#fan.sleptSince(intendedAtMs)) ledger.unanswered += 1;
    });
  }

  async #line(intendedAtMs: number): Promise<void> {
    const { run, clock, ledger } = this.#house;
    const { n, attendance, isFrozen } = this.#fan;
    const { seat } = attendance;
    if (isFrozen) return;
    if (seat === null) throw new PartyError('unavailable', 'It has no seat right now.');
    const number = this.#lines++;
    const key = `${run}-${n}-${number}`;
    const text = lineText({ run, fan: n, number, intendedAtMs });
    const send = (on: Seat) => on.ask<ChatReply>('chat', { key, text });
    const reply = await send(seat).catch(async (error: unknown) => {
      // As a page does: on the same seat, where the key makes it the same line.
      if (error instanceof Unanswered && (await attendance.regained(seat))) return await send(seat);
      throw error;
    });
    ledger.record('chatAck', clock.nowMs() - intendedAtMs);
    this.#accepted(key, reply);
  }

  #accepted(key: string, { id, atMs }: ChatReply): void {
    this.#house.ledger.acknowledged.push({ id, fanId: this.#fan.fanId, key, atMs });
  }

  #tap(emoji: string): void {
    // A reaction that is lost or refused is not worth a word to a page; here it counts.
    this.#fan.attendance.seat?.ask('react', { emoji, count: 1 }).catch((error: unknown) => {
      if (error instanceof PartyError) this.#house.ledger.refuse(error.code);
      else if (!this.#hasShouted) this.#house.ledger.unanswered += 1;
    });
  }
}
