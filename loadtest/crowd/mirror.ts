/**
 * One section as a crowd process sees it: a real decoder, fed once with each distinct patch, and the order in which they came.
 * Everybody's next frame has to be, byte for byte, the patch after the one they had; what is not is wrong, and is counted
 * once it is known what it was instead.
 */
import type { SectionState } from '../../schemas/section-state.ts';
import { arrived, type Candidate, type Follower, Position } from './position.ts';
import { type Reading, read } from './reading.ts';
import { isSame } from './same-bytes.ts';
import type { Facts } from './section-facts.ts';
import { SectionReader } from './section-reader.ts';
import { type Whole, Wholes } from './wholes.ts';

/** What a mirror finds out. */
export interface MirrorEvents {
  wrong(frames: number): void;
  settled(position: Position): void;
  /** Time to count the arrivals of a settled place: at least once a second, and before it is forgotten. */
  count(position: Position): void;
}

/** Witnesses that make a patch true: one alone might have had a wrong one. */
const QUORUM = 2;
/** Without a second witness for so long, one is enough. */
const ALONE_MS = 2_000;
/** Places that are kept behind the newest; more while a fan is further behind, up to a bound. */
const KEEP = 32;
const KEEP_MAX = 1_024;
/** A state whose place does not come within this was never the section's. */
const PLACE_WITHIN_MS = 5_000;

export class SectionMirror {
  readonly followers = new Set<Follower>();
  readonly #events: MirrorEvents;
  readonly #wholes = new Wholes();
  readonly #reader = new SectionReader();
  #positions: Position[] = [];
  #base = 0;
  /** The newest place whose patch is decoded. */
  #known = -1;
  #nowMs = 0;
  /** Fans whose state has no place yet, since when. */
  readonly #unplaced = new Map<Follower, number>();
  /** Fans whose last frames fit nowhere yet. */
  readonly #astray = new Set<Follower>();

  constructor(events: MirrorEvents) {
    this.#events = events;
  }

  get state(): SectionState {
    return this.#reader.state;
  }

  /** At which place each line was shown, by its id and by what it says. */
  get places(): ReadonlyMap<string, number> {
    return this.#reader.places;
  }

  /** What the fan's state says, as far as it is known. */
  factsOf(fan: Follower): Facts | null {
    return fan.whole?.facts ?? this.#at(Math.min(fan.at, this.#known))?.facts ?? null;
  }

  /** The state that a fan begins with, or begins anew with: a frame that is lent. */
  whole(fan: Follower, frame: Buffer, start: number, end: number, nowMs: number): void {
    if (!this.followers.has(fan)) fan.sinceMs = nowMs;
    this.leave(fan);
    const whole = this.#wholes.find(frame, start, end);
    if (whole.facts === null) return this.#events.wrong(1);
    this.followers.add(fan);
    fan.isFollowing = true;
    fan.whole = whole;
    fan.held = [];
    this.#unplaced.set(fan, nowMs);
    if (this.#known < 0) this.#begin(whole);
    this.#place(fan, nowMs);
  }

  /** A frame that is lent. */
  patch(fan: Follower, frame: Buffer, start: number, end: number, nowMs: number): void {
    if (!fan.isFollowing) return this.#events.wrong(1);
    if (fan.held === null) {
      if (this.#follow(fan, frame, start, end, nowMs)) return;
      fan.held = [];
      this.#astray.add(fan);
    }
    fan.held.push(Buffer.from(frame.subarray(start, end)));
    if (this.#astray.has(fan)) this.#realign(fan, nowMs);
  }

  /** The fan is gone from here, or takes another state. */
  leave(fan: Follower): void {
    if (!this.followers.delete(fan)) return;
    fan.isFollowing = false;
    if (this.#astray.delete(fan)) this.#events.wrong(1);
    this.#unplaced.delete(fan);
    for (const { candidates } of this.#positions) {
      for (const { witnesses } of candidates) if (witnesses.includes(fan)) witnesses.splice(witnesses.indexOf(fan), 1);
    }
    fan.held = null;
    fan.whole = null;
    fan.at = -1;
    if (this.followers.size === this.#unplaced.size) this.#beginAnew();
  }

  /** Once a second: settles what waits for a witness, counts, and forgets what nobody needs. */
  tick(nowMs: number): void {
    this.#settleWhatCan(nowMs);
    for (const [fan, sinceMs] of [...this.#unplaced]) if (nowMs - sinceMs > PLACE_WITHIN_MS) this.#misplaced(fan, nowMs);
    this.#countAll();
    let slowest = this.#known;
    for (const { at } of this.followers) if (at >= 0 && at < slowest) slowest = at;
    const keepFrom = Math.max(Math.min(slowest, this.#known - KEEP), this.#known - KEEP_MAX);
    if (keepFrom > this.#base) {
      this.#positions.splice(0, keepFrom - this.#base);
      this.#base = keepFrom;
    }
  }

  /** Nothing more will come: what waits for a witness is settled without, and counted. */
  finish(): void {
    this.#settleWhatCan(this.#nowMs, Number.NEGATIVE_INFINITY);
    this.#countAll();
  }

  #at(n: number): Position | undefined {
    return this.#positions[n - this.#base];
  }

  #countAll(): void {
    for (const position of this.#positions) if (position.settled !== null) this.#events.count(position);
  }

  /** Nobody is left who knows where we are: whoever waits for a place begins. */
  #beginAnew(): void {
    this.finish();
    this.#positions = [];
    this.#base = 0;
    this.#known = -1;
    const waiting = [...this.#unplaced];
    const first = waiting[0]?.[0].whole;
    if (!first) return;
    this.#begin(first);
    for (const [fan, sinceMs] of waiting) if (this.#unplaced.has(fan)) this.#place(fan, sinceMs);
  }

  #begin(whole: Whole): void {
    const begin = new Position(0);
    begin.facts = whole.facts;
    this.#reader.begin(whole);
    this.#positions = [begin];
    this.#base = 0;
    this.#known = 0;
    this.#events.settled(begin);
  }

  /** Finds the place whose state the fan began with, the newest if there are several. */
  #place(fan: Follower, nowMs: number): void {
    const digest = fan.whole?.facts?.digest;
    for (let n = this.#known; n >= this.#base; n--) {
      if (this.#at(n)?.facts?.digest !== digest) continue;
      this.#unplaced.delete(fan);
      fan.at = n;
      return this.#replay(fan, nowMs);
    }
  }

  /** The state was none that the section had: one wrong frame. The patches that followed may still say where the fan is. */
  #misplaced(fan: Follower, nowMs: number): void {
    const [first] = fan.held ?? [];
    this.#events.wrong(1);
    this.#unplaced.delete(fan);
    fan.whole = null;
    fan.at = (first ? this.#find(first, this.#base + 1, this.#known) : undefined) ?? this.#known + 1;
    fan.at -= 1;
    this.#replay(fan, nowMs);
  }

  /** The place between `from` and `to` at which these very bytes came. */
  #find(bytes: Buffer, from: number, to: number): number | undefined {
    for (let n = from; n <= to; n++) if (this.#at(n)?.settled?.bytes.equals(bytes)) return n;
    return undefined;
  }

  /** Takes the frame as the fan's next place. False: it is not what is known to have come there. */
  #follow(fan: Follower, frame: Buffer, start: number, end: number, nowMs: number): boolean {
    const n = fan.at + 1;
    const position = this.#at(n);
    if (position?.settled) {
      if (!isSame(position.settled.bytes, frame, start, end)) return false;
      fan.at = n;
      fan.whole = null;
      arrived(position.settled, fan, nowMs);
      if (position.facts) fan.has(position.facts, nowMs);
      return true;
    }
    fan.at = n;
    // Further behind than is remembered: nothing is left to compare with.
    if (n < this.#base) return true;
    this.#witness(fan, position ?? this.#open(n), frame, start, end, nowMs);
    this.#settleWhatCan(nowMs);
    return true;
  }

  #open(n: number): Position {
    const position = new Position(n);
    this.#positions.push(position);
    return position;
  }

  #witness(fan: Follower, position: Position, frame: Buffer, start: number, end: number, nowMs: number): void {
    let candidate = position.candidates.find(({ bytes }) => isSame(bytes, frame, start, end));
    candidate ??= position.candidate(Buffer.from(frame.subarray(start, end)), nowMs);
    candidate.witnesses.push(fan);
    arrived(candidate, fan, nowMs);
  }

  /** In order, since each place needs the state of the one before. */
  #settleWhatCan(nowMs: number, patienceMs = ALONE_MS): void {
    this.#nowMs = nowMs;
    for (;;) {
      const position = this.#at(this.#known + 1);
      const best = position?.candidates.toSorted((a, b) => b.witnesses.length - a.witnesses.length)[0];
      if (position === undefined || best === undefined || this.#known < 0) return;
      const following = this.followers.size - this.#unplaced.size - this.#astray.size;
      if (best.witnesses.length < Math.min(QUORUM, following) && nowMs - best.firstMs < patienceMs) return;
      this.#settle(position, best, nowMs);
    }
  }

  #settle(position: Position, right: Candidate, nowMs: number): void {
    const mistaken = position.candidates.filter((candidate) => candidate !== right);
    const { facts, isRead } = this.#reader.read(right.bytes, position.n);
    if (!isRead) this.#events.wrong(1);
    position.settled = right;
    position.candidates = [];
    position.facts = facts;
    this.#known = position.n;
    this.#events.settled(position);
    for (const fan of right.witnesses.splice(0)) {
      fan.whole = null;
      fan.has(facts, nowMs);
    }
    for (const { bytes, witnesses } of mistaken) for (const fan of witnesses) this.#takeBack(fan, position.n, bytes);
    for (const [fan] of [...this.#unplaced]) this.#place(fan, nowMs);
    for (const fan of [...this.#astray]) this.#realign(fan, nowMs);
  }

  /** The fan had `bytes` at place `n`, which were not what came there: it and what followed are looked at again. */
  #takeBack(fan: Follower, n: number, bytes: Buffer): void {
    fan.held = [bytes];
    for (let later = n + 1; later <= fan.at; later++) {
      const position = this.#at(later);
      const candidate = position?.candidates.find(({ witnesses }) => witnesses.includes(fan));
      if (position === undefined || candidate === undefined) continue;
      fan.held.push(candidate.bytes);
      candidate.witnesses.splice(candidate.witnesses.indexOf(fan), 1);
      if (candidate.witnesses.length === 0) position.candidates.splice(position.candidates.indexOf(candidate), 1);
    }
    fan.at = n - 1;
    this.#astray.add(fan);
  }

  /** Looks where the frames of a fan that went astray belong, counts what was wrong, and takes it back into the row. */
  #realign(fan: Follower, nowMs: number): void {
    const found: Reading | undefined = read(fan.held ?? [], {
      at: fan.at,
      known: this.#known,
      find: (bytes, from, to) => this.#find(bytes, from, to),
      twins: () => this.#twinsOf(fan),
    });
    if (found === undefined) return;
    this.#astray.delete(fan);
    if (found.wrong > 0) this.#events.wrong(found.wrong);
    fan.at = found.at;
    fan.held = (fan.held ?? []).slice(found.dropped);
    this.#replay(fan, nowMs);
  }

  /** Places with the very state that the fan began with: it may stand at any of them. */
  #twinsOf(fan: Follower): number[] {
    const digest = fan.whole?.facts?.digest;
    if (digest === undefined) return [];
    return this.#positions.filter(({ facts }) => facts?.digest === digest).map(({ n }) => n);
  }

  #replay(fan: Follower, nowMs: number): void {
    const frames = fan.held ?? [];
    fan.held = null;
    for (const [index, frame] of frames.entries()) {
      if (this.#follow(fan, frame, 0, frame.length, nowMs)) continue;
      fan.held = frames.slice(index);
      this.#astray.add(fan);
      return this.#realign(fan, nowMs);
    }
  }
}
