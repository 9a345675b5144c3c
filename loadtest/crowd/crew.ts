/** The fans of one crowd process: they arrive by the schedule, do what they are ordered, and are counted every second. */
import type { Clock } from '../../core/clock.ts';
import { arrivalMs } from './arrivals.ts';
import { Census } from './census.ts';
import type { ResultPart, SecondPart, ToCrew } from './crowd-messages.ts';
import { drawsFor, sample } from './draws.ts';
import type { House } from './house.ts';
import { add, Ledger } from './ledger.ts';
import { lightCalls } from './light-calls.ts';
import { LightFan } from './light-fan.ts';
import { SectionMirror } from './mirror.ts';
import type { Position } from './position.ts';
import { endpointOf, Road } from './road.ts';
import type { Facts } from './section-facts.ts';
import type { Sockets } from './sockets.ts';
import { Talk } from './talk.ts';
import type { CrowdOrder } from './types.ts';

type Muster = Extract<ToCrew, { kind: 'muster' }>;

const SECOND_MS = 1_000;
/** How often the generator looks how late it is. */
const PULSE_MS = 50;
/** Goodbyes in one turn of the event loop. */
const LEAVES_PER_TURN = 500;

export class Crew {
  readonly #muster: Muster;
  readonly #house: House;
  readonly #ledger = new Ledger();
  readonly #mirrors = new Map<string, SectionMirror>();
  readonly #fans: LightFan[] = [];
  readonly #talks = new Map<LightFan, Talk>();
  readonly #stops: (() => void)[] = [];
  readonly #random: () => number;
  /** Numbers of the fans that are this process's, in the order in which they arrive. */
  readonly #numbers: number[];
  #startAtMs = 0;
  #onSecond: (part: SecondPart) => void = () => undefined;

  constructor(clock: Clock, sockets: Sockets, muster: Muster) {
    this.#muster = muster;
    const { options, index, run, emojis, localAddresses } = muster;
    const road = new Road(localAddresses, sockets);
    this.#random = drawsFor(options.seed, index);
    this.#numbers = [];
    for (let n = index; n < options.count; n += options.processes) this.#numbers.push(n);
    this.#house = {
      slug: options.slug,
      run,
      emojis,
      origins: options.origins,
      clock,
      random: this.#random,
      road,
      call: lightCalls(road),
      ledger: this.#ledger,
      census: new Census(),
      mirrorOf: (roomId) => this.#mirrorOf(roomId),
    };
  }

  /** Looks up where the origins are. */
  async ready(): Promise<void> {
    for (const origin of this.#muster.options.origins) await this.#house.road.learn(endpointOf(origin).hostname);
  }

  /** Lets fans arrive from `startAtMs` on; `onSecond` hears of every second. */
  go(startAtMs: number, onSecond: (part: SecondPart) => void): void {
    const { clock } = this.#house;
    this.#startAtMs = startAtMs;
    this.#onSecond = onSecond;
    this.#arrive();
    let pulseDueMs = clock.nowMs() + PULSE_MS;
    const stopPulse = clock.every(PULSE_MS, () => {
      const nowMs = clock.nowMs();
      this.#ledger.lag(Math.max(0, nowMs - pulseDueMs));
      pulseDueMs = nowMs + PULSE_MS;
    });
    const stopSeconds = clock.every(SECOND_MS, () => onSecond(this.second()));
    this.#stops.push(stopPulse, stopSeconds);
  }

  second(): SecondPart {
    const { clock } = this.#house;
    const nowMs = clock.nowMs();
    for (const mirror of this.#mirrors.values()) mirror.tick(nowMs);
    const { waiting, live, reconnecting, failed } = this.#house.census;
    return {
      ...this.#ledger.takeSecond(),
      atMs: nowMs,
      due: this.#fans.length,
      waiting,
      live,
      reconnecting,
      failed,
      acknowledged: this.#ledger.acknowledged.length,
      framesInAll: this.#ledger.frames,
      ...this.#held(),
    };
  }

  order(order: CrowdOrder): void {
    const live = this.#fans.filter(({ whereabouts }) => whereabouts === 'live');
    const chosen = sample(live, order.share, this.#random);
    switch (order.kind) {
      case 'lose-network':
        for (const fan of chosen) fan.cut();
        return;
      case 'stop-reading':
        for (const fan of chosen) this.#stops.push(this.#house.clock.after(order.forMs, fan.freeze()));
        return;
      case 'flood':
        for (const fan of chosen) this.#talkOf(fan).flood(order.perSecond, order.forMs);
        return;
      case 'chat':
        for (const fan of chosen) this.#talkOf(fan).chat(order.everyMs);
        return;
      case 'react':
        for (const fan of chosen) this.#talkOf(fan).react(order.everyMs);
        return;
      case 'hush':
        for (const fan of chosen) this.#talks.get(fan)?.stop();
        return;
      case 'leave':
        for (const fan of chosen) {
          this.#talks.get(fan)?.stop();
          fan.leave();
        }
    }
  }

  /** Everybody leaves; what the run came to, after one last `onSecond`. */
  async end(): Promise<Omit<ResultPart, 'cpuS'>> {
    for (const stop of this.#stops.splice(0)) stop();
    for (const talk of this.#talks.values()) talk.stop();
    for (const mirror of this.#mirrors.values()) mirror.finish();
    const ledger = this.#ledger;
    const held = this.#held();
    const failed = new Map<string, number>();
    for (const fan of this.#fans) if (!fan.hasJoined) add(failed, fan.failure, 1);
    this.#onSecond(this.second());
    for (const [index, fan] of this.#fans.entries()) {
      if (index % LEAVES_PER_TURN === LEAVES_PER_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
      fan.leave();
    }
    const { joined, gaps, acknowledged, refused, dropped, unanswered, shownTwice, sentAgain, linesDelivered, peakLagMs } = ledger;
    return {
      requested: this.#fans.length,
      joined,
      failed,
      dropped,
      gaps,
      acknowledged,
      refused,
      unanswered,
      frames: { received: ledger.frames, bytes: ledger.bytes, wrong: ledger.wrong },
      shownTwice,
      sentAgain,
      linesDelivered,
      ...held,
      shownIds: [...ledger.shown],
      peakLagMs,
    };
  }

  /** Live fans by what they have. Those at one place of one section share their facts. */
  #held(): Pick<SecondPart, 'revisions' | 'eventLanes'> {
    const byFacts = new Map<Facts, number>();
    for (const mirror of this.#mirrors.values()) {
      for (const fan of mirror.followers) {
        const facts = mirror.factsOf(fan);
        if (facts !== null) add(byFacts, facts, 1);
      }
    }
    const revisions = new Map<number, number>();
    const eventLanes = new Map<string, number>();
    for (const [{ revision, eventLane }, fans] of byFacts) {
      add(revisions, revision, fans);
      add(eventLanes, eventLane, fans);
    }
    return { revisions, eventLanes };
  }

  /** Lets everybody in whose moment has come, and waits for the next one's. */
  #arrive(): void {
    const { clock, ledger } = this.#house;
    const { arrivals, count, first = 0, clocks, seed, chat, reactions } = this.#muster.options;
    for (;;) {
      const number = this.#numbers[this.#fans.length];
      if (number === undefined) return;
      const dueMs = this.#startAtMs + arrivalMs(arrivals, count, number);
      const nowMs = clock.nowMs();
      if (dueMs > nowMs) {
        this.#stops.push(clock.after(dueMs - nowMs, () => this.#arrive()));
        return;
      }
      ledger.lag(nowMs - dueMs);
      const draw = drawsFor(seed, 1_000 + number);
      const planted = {
        offsetMs: (draw() * 2 - 1) * (clocks?.offsetMs ?? 0),
        driftPpm: (draw() * 2 - 1) * (clocks?.driftPpm ?? 0),
        fromMs: this.#startAtMs,
      };
      const fan = new LightFan(this.#house, first + number, dueMs, planted);
      this.#fans.push(fan);
      fan.arrive();
      if (chat !== undefined && draw() < chat.share) this.#talkOf(fan).chat(chat.everyMs);
      if (reactions !== undefined && draw() < reactions.share) this.#talkOf(fan).react(reactions.everyMs);
    }
  }

  #talkOf(fan: LightFan): Talk {
    let talk = this.#talks.get(fan);
    if (talk === undefined) {
      talk = new Talk(this.#house, fan);
      this.#talks.set(fan, talk);
    }
    return talk;
  }

  #mirrorOf(roomId: string): SectionMirror {
    let mirror = this.#mirrors.get(roomId);
    if (mirror !== undefined) return mirror;
    mirror = new SectionMirror({
      wrong: (frames) => {
        this.#ledger.wrong += frames;
      },
      settled: (position) => this.#settled(roomId, position),
      count: (position) => this.#count(position),
    });
    this.#mirrors.set(roomId, mirror);
    return mirror;
  }

  /** When a cue's moment comes, everybody who knows of it applies it by their own clock. */
  #settled(roomId: string, { n, facts, settled }: Position): void {
    const { clock } = this.#house;
    for (const { id } of facts?.lines ?? []) this.#ledger.shown.add(id);
    const cue = facts?.cue;
    if (!cue) return;
    const leftMs = cue.applyAtMs - clock.nowMs();
    if (leftMs <= 0) {
      cue.isOver = true;
      return;
    }
    clock.after(leftMs, () => {
      cue.isOver = true;
      const firstMs = settled?.firstMs ?? 0;
      for (const fan of this.#mirrors.get(roomId)?.followers ?? []) {
        // Its clock being ahead by so much, it does at once what it learned of too late for that.
        if (fan.at >= n) this.#ledger.cue(Math.max(-fan.clockErrorMs(), firstMs - cue.applyAtMs));
      }
    });
  }

  /** Adds up who got a place's lines when. */
  #count({ settled, facts }: Position): void {
    if (settled === null || facts === null || settled.arrivals.length === 0) return;
    const beatMs = Math.floor(settled.firstMs);
    for (const { ms: atMs, fans } of settled.arrivals.splice(0)) {
      this.#ledger.linesDelivered += fans * facts.lines.length;
      for (const { intendedAtMs, atMs: takenAtMs } of facts.lines) {
        if (intendedAtMs === null) continue;
        this.#ledger.record('delivery', atMs - intendedAtMs, fans);
        this.#ledger.record('deliveryLessBeat', atMs - intendedAtMs - (beatMs - takenAtMs), fans);
      }
    }
  }
}
