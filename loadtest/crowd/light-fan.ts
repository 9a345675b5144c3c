/**
 * One fan of the crowd: a session's own rules (`client/session`) over a light seat, with a clock that runs wrong, and a place in
 * the mirror of the section it sits in.
 */
import { Attendance } from '../../client/session/attendance.ts';
import { NO_PAGE } from '../../client/session/page.ts';
import { FAN_RETURN, FAN_SILENT } from '../../client/session/party-session.ts';
import { PartyError } from '../../core/errors.ts';
import type { TicketGranted } from '../../schemas/http.ts';
import { SectionState } from '../../schemas/section-state.ts';
import type { Whereabouts } from './census.ts';
import { GapWatch } from './gap-watch.ts';
import type { House } from './house.ts';
import { type LightSeat, lightSeats, type Sitter } from './light-seat.ts';
import type { SectionMirror } from './mirror.ts';
import { type Planted, PlantedClock } from './planted-clock.ts';
import type { Follower } from './position.ts';
import type { Facts } from './section-facts.ts';
import type { ShoutFrames } from './shout-frames.ts';
import type { Whole } from './wholes.ts';

/** What a fan had of a section that it left: at which places lines came there, and which was its last. */
interface Past {
  readonly places: ReadonlyMap<string, number>;
  readonly at: number;
  readonly revision: number;
  readonly untilMs: number;
}

/** What became of a shout. */
type Heeded = Sitter['heeded'];

const NO_STORAGE = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
/** What one section showed, another shows within this, or never. */
const PAST_MS = 15_000;

export class LightFan implements Follower, Sitter {
  isFollowing = false;
  sinceMs = 0;
  at = -1;
  whole: Whole | null = null;
  held: Buffer[] | null = null;
  hasJoined = false;
  readonly n: number;
  readonly attendance: Attendance<SectionState>;
  readonly #house: House;
  readonly #clock: PlantedClock;
  readonly #intendedAtMs: number;
  readonly #gaps: GapWatch;
  #mirror: SectionMirror | null = null;
  #seat: LightSeat | null = null;
  #granted: TicketGranted | null = null;
  #past: Past | null = null;
  #isFrozen = false;
  #awakeSinceMs = Number.NEGATIVE_INFINITY;
  #heeded: Heeded | null = null;
  #refusedBy: string | null = null;
  #whereabouts: Whereabouts | null = null;

  /** `intendedAtMs`: true time at which it was to arrive. */
  constructor(house: House, n: number, intendedAtMs: number, planted: Planted) {
    this.n = n;
    this.#house = house;
    this.#intendedAtMs = intendedAtMs;
    this.#clock = new PlantedClock(house.clock, planted);
    this.#gaps = new GapWatch(house.ledger, n);
    const { slug, random, road, call, origins } = house;
    const origin = origins[n % origins.length] as string;
    const takes = lightSeats(road, origin, this, (seat) => {
      this.#seat = seat;
    });
    this.attendance = new Attendance<SectionState>(
      { slug, origin, clock: this.#clock, random, storage: NO_STORAGE, call, page: NO_PAGE },
      {
        stateClass: SectionState,
        takeSeat: takes,
        returnRule: FAN_RETURN,
        silentRule: FAN_SILENT,
        bearer: () => this.#granted?.fan.token ?? null,
        isPlaying: () => this.#mirror?.state.playback.status === 'playing',
        takeErrorMs: () => (this.#granted?.marked ? this.clockErrorMs() : undefined),
        onSeat: (granted) => {
          this.#granted = granted;
        },
        onState: () => undefined,
      },
    );
    this.attendance.phase.subscribe(() => this.#move());
  }

  arrive(): void {
    const name = `Fan ${this.n}`;
    this.attendance
      .enter(() => ({ name }))
      .catch((error: unknown) => {
        this.#refusedBy = error instanceof PartyError ? error.code : 'internal';
      });
  }

  get whereabouts(): Whereabouts {
    return this.#whereabouts ?? 'gone';
  }

  /** Why it never sat; `timeout` while it still tries. */
  get failure(): string {
    const phase = this.attendance.phase.value;
    return this.#refusedBy ?? (phase.kind === 'closed' ? phase.why : 'timeout');
  }

  get fanId(): string {
    return this.#granted?.fan.id ?? '';
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** Whoever sleeps is late for everything, and nobody's fault. `sinceMs`: true time. */
  sleptSince(sinceMs: number): boolean {
    return this.#isFrozen || this.#awakeSinceMs > sinceMs;
  }

  /** What the fan knows of the event, as far as it is sure that it does. */
  get facts(): Facts | null {
    return this.#mirror?.factsOf(this) ?? null;
  }

  /** How far the fan's own event time is ahead of the true one, in ms. */
  clockErrorMs(): number {
    return this.attendance.eventClock.nowMs() - this.#house.clock.nowMs();
  }

  /** Whatever it loses next is its own doing. */
  misbehave(): void {
    this.#gaps.expect();
  }

  /** Its network goes. */
  cut(): void {
    this.#gaps.expect();
    this.#seat?.cut();
  }

  /** It takes no bytes and its timers stand still, as those of a laptop that sleeps. Call the result to wake it. */
  freeze(): () => void {
    const seat = this.#seat;
    this.#isFrozen = true;
    this.#clock.freeze();
    seat?.pause();
    return () => {
      this.#isFrozen = false;
      this.#awakeSinceMs = this.#house.clock.nowMs();
      this.#clock.thaw();
      seat?.resume();
    };
  }

  leave(): void {
    this.attendance.leave();
    this.#mirror?.leave(this);
  }

  /** The mirror says what this fan has now. */
  has(facts: Facts, nowMs: number): void {
    const { ledger } = this.#house;
    if (facts.cue?.isOver && !this.sleptSince(facts.cue.applyAtMs)) ledger.cue(nowMs - facts.cue.applyAtMs);
    ledger.shownTwice += facts.again;
    const past = this.#past;
    if (past === null || facts.lines.length === 0) return;
    if (nowMs > past.untilMs) {
      this.#past = null;
      return;
    }
    for (const { id, said } of facts.lines) {
      if ((past.places.get(id) ?? Number.POSITIVE_INFINITY) <= past.at) ledger.sentAgain += 1;
      else if (said !== null && (past.places.get(said) ?? Number.POSITIVE_INFINITY) <= past.at) ledger.shownTwice += 1;
    }
  }

  welcomed(): void {
    this.#gaps.seated(this.#house.clock.nowMs());
  }

  /** Says many lines at once, without waiting for anybody. */
  shout(frames: ShoutFrames, heeded: Heeded): void {
    this.#heeded = heeded;
    this.#seat?.shout(frames);
  }

  heeded(shout: number, reply: unknown, refusal: PartyError | null): void {
    this.#heeded?.(shout, reply, refusal);
  }

  answered(name: string): void {
    if (name === 'clock') this.#gaps.inSync(this.#house.clock.nowMs());
  }

  takeWhole(bytes: Buffer, start: number, end: number): SectionState {
    const { clock, ledger, mirrorOf } = this.#house;
    const nowMs = clock.nowMs();
    const mirror = mirrorOf(this.#granted?.seat.roomId ?? '');
    ledger.frame(end - start);
    if (this.#mirror !== mirror) this.#mirror?.leave(this);
    this.#mirror = mirror;
    mirror.whole(this, bytes, start, end, nowMs);
    if (!this.hasJoined) {
      this.hasJoined = true;
      ledger.join();
      ledger.record('join', nowMs - this.#intendedAtMs);
    } else this.#learnLate(nowMs);
    return mirror.state;
  }

  takePatch(bytes: Buffer, start: number, end: number): void {
    this.#house.ledger.frame(end - start);
    (this.#mirror as SectionMirror).patch(this, bytes, start, end, this.#house.clock.nowMs());
  }

  takeStrange(bytes: number): void {
    this.#house.ledger.frame(bytes);
    this.#house.ledger.wrong += 1;
  }

  dropped(code: number): void {
    const nowMs = this.#house.clock.nowMs();
    if (this.#mirror !== null) {
      this.#past = { places: this.#mirror.places, at: this.at, revision: this.facts?.revision ?? 0, untilMs: nowMs + PAST_MS };
      this.#mirror.leave(this);
    }
    if (this.hasJoined) this.#gaps.lost(nowMs, code);
  }

  #move(): void {
    const to = this.#whereaboutsNow();
    if (to === this.#whereabouts) return;
    this.#house.census.move(this.#whereabouts, to, this.hasJoined);
    this.#whereabouts = to;
  }

  #whereaboutsNow(): Whereabouts {
    const { kind } = this.attendance.phase.peek();
    if (kind === 'live') return 'live';
    if (kind === 'closed' || kind === 'idle') return 'gone';
    return this.hasJoined ? 'reconnecting' : 'waiting';
  }

  /** A cue that applied while it was away is one that it learns of late. */
  #learnLate(nowMs: number): void {
    const { lostAtMs } = this.#gaps;
    const { facts } = this;
    const applyAtMs = facts?.cue?.applyAtMs;
    if (lostAtMs === null || facts === null || applyAtMs === undefined || facts.revision <= (this.#past?.revision ?? 0)) return;
    if (applyAtMs >= lostAtMs && applyAtMs <= nowMs) this.#house.ledger.cue(nowMs - applyAtMs);
  }
}
