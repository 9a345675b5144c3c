/** What this process carries over all its events: what the length of a beat follows. */
import { beatMs, hopMs } from '../core/beat.ts';
import type { Clock } from '../core/clock.ts';
import { SILENCE_MS } from '../core/clock-sync.ts';
import { median } from '../core/statistics.ts';
import type { Seated } from './venue.ts';

export interface LoadedRoom {
  readonly fans: number;
  /** Time that its last patch took to hand to every socket. */
  readonly fanOutMs: number;
}

const WINDOW_MS = 1_000;
const LOOK_EVERY_MS = 500;
/** After a standstill: until what had been sent to the sockets meanwhile is read. */
const WAKING_MS = 2_000;

export class ProcessLoad {
  readonly #rooms = new Set<LoadedRoom>();
  readonly #clock: Clock;
  readonly #loopDelayMs: () => number;
  readonly #coreShare: number;
  #windowStartMs: number;
  #ways: number[] = [];
  #seated: Seated = { perS: 0, wayMs: 0 };
  #lookedAtMs = 0;
  #wokeAtMs = Number.NEGATIVE_INFINITY;
  #stopLooking = () => {};

  /** `coreShare`: see `BeatLoad`. */
  constructor(clock: Clock, loopDelayMs: () => number, coreShare = 1) {
    this.#clock = clock;
    this.#loopDelayMs = loopDelayMs;
    this.#coreShare = coreShare;
    this.#windowStartMs = clock.nowMs();
  }

  add(room: LoadedRoom): () => void {
    if (this.#rooms.size === 0) {
      this.#lookedAtMs = this.#clock.nowMs();
      this.#stopLooking = this.#clock.every(LOOK_EVERY_MS, () => this.#look());
    }
    this.#rooms.add(room);
    return () => {
      this.#rooms.delete(room);
      if (this.#rooms.size === 0) this.#stopLooking();
    };
  }

  /**
   * Did this process stand still a moment ago, for longer than pages wait? What its sockets bring now was said before, by fans
   * who have been told since that it was not taken.
   */
  get justWoke(): boolean {
    return this.#look() - this.#wokeAtMs < WAKING_MS;
  }

  /** `wayMs`: from the ticket to the seat. */
  arrived(wayMs: number): void {
    this.#roll();
    this.#ways.push(wayMs);
  }

  /** Who arrived in the last second. */
  seated(): Seated {
    this.#roll();
    return this.#seated;
  }

  /** Fans over all sections. */
  get fans(): number {
    return this.#sum((room) => room.fans);
  }

  /** Time to hand one frame to every fan of this process. */
  get fanOutMs(): number {
    return this.#sum((room) => room.fanOutMs);
  }

  beatMs(): number {
    this.#roll();
    const { fans, fanOutMs } = this;
    return beatMs({
      fans,
      fanOutMs,
      arrivalsPerS: this.#seated.perS,
      loopDelayMs: this.#loopDelayMs(),
      coreShare: this.#coreShare,
    });
  }

  /** How long what goes to other processes may wait for the next message. */
  hopMs(): number {
    return hopMs(this.beatMs());
  }

  #look(): number {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lookedAtMs > SILENCE_MS) this.#wokeAtMs = nowMs;
    this.#lookedAtMs = nowMs;
    return nowMs;
  }

  #roll(): void {
    const elapsedMs = this.#clock.nowMs() - this.#windowStartMs;
    if (elapsedMs < WINDOW_MS) return;
    this.#seated = { perS: (this.#ways.length * 1_000) / elapsedMs, wayMs: median(this.#ways) ?? 0 };
    this.#ways = [];
    this.#windowStartMs += elapsedMs;
  }

  #sum(of: (room: LoadedRoom) => number): number {
    let total = 0;
    for (const room of this.#rooms) total += of(room);
    return total;
  }
}
