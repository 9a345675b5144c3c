/** Who sits in a section: by session, and by fan, since one fan may have several tabs open. */
import type { AuthorState } from '../../core/chat-policy.ts';
import type { FanId } from '../../schemas/ids.ts';
import type { SeatClaims } from '../venue.ts';

/** Tabs of one fan in one section; the oldest makes room for a fourth. */
const SEATS_PER_FAN = 3;
/** Authors that left are remembered, so that leaving does not reset their pace. */
const AUTHORS_MAX = 10_000;

type FanClaims = Extract<SeatClaims['who'], { kind: 'fan' }>;

export interface FanSeat {
  readonly sessionId: string;
  readonly fan: FanClaims;
  readonly addressHash: SeatClaims['addressHash'];
  readonly joinedAtMs: number;
}

export class Seats {
  readonly #byFan = new Map<FanId, FanSeat[]>();
  /** Sessions that sat down, until their tickets have expired. */
  readonly #used = new Map<string, number>();
  readonly #authors = new Map<FanId, AuthorState>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Sits down. Returns the seat of the same fan that must make room, if any. */
  add(seat: FanSeat): FanSeat | undefined {
    const seats = this.#byFan.get(seat.fan.id) ?? [];
    this.#byFan.set(seat.fan.id, [...seats, seat]);
    this.#count++;
    return seats.length >= SEATS_PER_FAN ? seats[0] : undefined;
  }

  remove(seat: FanSeat): void {
    const seats = this.#byFan.get(seat.fan.id);
    if (seats?.includes(seat) !== true) return;
    const others = seats.filter((other) => other !== seat);
    if (others.length > 0) this.#byFan.set(seat.fan.id, others);
    else this.#byFan.delete(seat.fan.id);
    this.#count--;
  }

  of(fanId: FanId): readonly FanSeat[] {
    return this.#byFan.get(fanId) ?? [];
  }

  *all(): Generator<FanSeat> {
    for (const seats of this.#byFan.values()) yield* seats;
  }

  /** Remembers that a ticket was sat on; after `expiresAtMs` it is refused for its age anyway. */
  use(sessionId: string, expiresAtMs: number): void {
    this.#used.set(sessionId, expiresAtMs);
  }

  isUsed(sessionId: string): boolean {
    return this.#used.has(sessionId);
  }

  forgetExpired(nowMs: number): void {
    for (const [sessionId, expiresAtMs] of this.#used) if (expiresAtMs < nowMs) this.#used.delete(sessionId);
  }

  author(fanId: FanId): AuthorState | undefined {
    return this.#authors.get(fanId);
  }

  /** undefined: nothing was said yet. */
  keepAuthor(fanId: FanId, state: AuthorState | undefined): void {
    this.#authors.delete(fanId);
    if (state !== undefined) this.#authors.set(fanId, state);
    if (this.#authors.size <= AUTHORS_MAX) return;
    const [oldest] = this.#authors.keys();
    if (oldest !== undefined) this.#authors.delete(oldest);
  }
}
