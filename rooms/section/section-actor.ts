/** A section's mind: who sits in it, what it shows, and when it speaks. It knows nothing of sockets. */
import { knownByMs, rides } from '../../core/beat.ts';
import { cleanText, isVisible } from '../../core/chat-text.ts';
import { PartyError } from '../../core/errors.ts';
import { muteFor, sanctionFor } from '../../core/moderation.ts';
import { promote } from '../../core/stage/apply.ts';
import type { Digest, FoundFans, SectionFacts } from '../../schemas/bus-messages.ts';
import type { Fate, Sanction, UpLine } from '../../schemas/chat.ts';
import type { FanId, RoomId } from '../../schemas/ids.ts';
import { FIND_MAX_FANS, TICKET_TTL_MS } from '../../schemas/limits.ts';
import type { React, Report } from '../../schemas/section-messages.ts';
import type { SectionState } from '../../schemas/section-state.ts';
import type { StageChange, StageSnapshot } from '../../schemas/stage.ts';
import { lastLines } from '../last-lines.ts';
import type { EventLink } from '../link/event-link.ts';
import type { LocalSection } from '../link/local-section.ts';
import { type Pacer, pacer } from '../pacer.ts';
import type { Sent } from '../party-room.ts';
import type { SecondFacts } from '../ports.ts';
import type { LoadedRoom, ProcessLoad } from '../process-load.ts';
import { Projection } from '../project.ts';
import type { VenueDeps } from '../venue.ts';
import { ChatDesk } from './chat-desk.ts';
import { Pace } from './pace.ts';
import { type FanSeat, Seats } from './seats.ts';
import { SectionLanes } from './section-lanes.ts';
import { Tallies } from './tallies.ts';

export interface SectionActorDeps {
  readonly deps: VenueDeps;
  readonly load: ProcessLoad;
  readonly link: EventLink;
  readonly roomId: RoomId;
  readonly state: SectionState;
  /** Sends what was projected; tells when everybody has it. `isMinor`: it is lines and figures alone, nothing that staff decided. */
  readonly flush: (onSent: (sent: Sent) => void, isMinor: boolean) => void;
  /** The last flush is not with everybody yet. */
  readonly isHandingOut: () => boolean;
  /** Sends these fans away for good. */
  readonly turnOut: (sanction: Sanction, seats: readonly FanSeat[]) => void;
  /** The event is over. */
  readonly end: () => void;
}

export class SectionActor implements LocalSection, LoadedRoom {
  readonly link: EventLink;
  readonly desk: ChatDesk;
  readonly seats = new Seats();
  readonly #own: SectionActorDeps;
  readonly #lanes: SectionLanes;
  readonly #tallies = new Tallies();
  readonly #projection: Projection;
  readonly #pacer: Pacer;
  readonly #pace: Pace;
  readonly #stops: (() => unknown)[];
  #snapshotDue = true;
  /** When the oldest moderation that is not flushed yet came in. */
  #moderatedAtMs: number | undefined;
  /** How long the loop was used for the last beat, and how long it was until everybody had it. */
  fanOutMs = 0;
  #handOutMs = 0;

  constructor(own: SectionActorDeps) {
    const { deps, load, link, roomId, state } = own;
    this.#own = own;
    this.link = link;
    this.#pace = new Pace(deps.clock);
    this.#projection = new Projection(state, deps.mediaUrl);
    this.#lanes = new SectionLanes(deps.eventNowMs());
    this.desk = new ChatDesk({
      ...deps,
      link,
      seats: this.seats,
      pace: this.#pace,
      roomId,
      justWoke: () => load.justWoke,
      backlog: () => this.#lanes.backlog,
      onAccepted: (line, fate) => this.#accepted(line, fate),
    });
    this.#pacer = pacer({
      clock: deps.clock,
      beatMs: () => load.beatMs(),
      fanOutMs: () => load.fanOutMs,
      run: () => this.#beat(),
      place: deps.random(),
      isBusy: own.isHandingOut,
    });
    this.#stops = [link.join(this), load.add(this), () => this.#pacer.stop()];
  }

  get roomId(): RoomId {
    return this.#own.roomId;
  }

  get fans(): number {
    return this.seats.count;
  }

  /** Fills the ring with what was shown last, so that nobody comes into an empty room. */
  async refill(): Promise<void> {
    const lines = await lastLines(this.#own.deps.journal, this.link);
    this.#lanes.ring.push(lines.map((line) => ({ line, lane: 'event' })));
    this.#project();
  }

  /** Takes a seat. Returns the same fan's oldest one when that is one too many. */
  sit(seat: FanSeat, ticketExpiresAtMs: number): FanSeat | undefined {
    this.seats.use(seat.sessionId, ticketExpiresAtMs);
    const tooMany = this.seats.add(seat);
    this.#tallies.count('joins');
    this.#own.load.arrived(seat.joinedAtMs - (ticketExpiresAtMs - TICKET_TTL_MS));
    this.#countsChanged();
    return tooMany;
  }

  stand(seat: FanSeat): void {
    this.seats.remove(seat);
    if (this.seats.of(seat.fan.id).length === 0) this.#pace.forget(seat.fan.id);
    this.#tallies.count('leaves');
    this.#countsChanged();
  }

  react({ fan }: FanSeat, { emoji, count }: React): Record<string, never> {
    if (!this.link.event.emojis.includes(emoji)) throw new PartyError('bad_payload', 'That is not one of the reactions here.');
    this.#pace.pay(fan.id, 'react', count);
    if (this.link.snapshot.ended) throw new PartyError('not_allowed', 'The party is over.');
    this.#tallies.react(emoji, count);
    this.link.touch();
    return {};
  }

  report({ fan }: FanSeat, { lineId, reason }: Report): Record<string, never> {
    this.#pace.pay(fan.id, 'report');
    const line = this.link.lines.get(lineId) ?? this.#lanes.ring.lines().find((shown) => shown.line.id === lineId)?.line;
    if (line === undefined || this.link.isTaken(line)) throw new PartyError('unknown_line', 'That line is gone.');
    const why = cleanText(reason);
    if (!isVisible(why)) throw new PartyError('bad_payload', 'A report needs a reason.');
    const { id, fanId, name, role, text, atMs, replyTo } = line;
    const reported = { id, fanId, name, role, text, atMs, replyTo };
    this.link.report({ line: reported, section: this.roomId, reason: why, by: fan.id, atMs: this.#own.deps.eventNowMs() });
    return {};
  }

  syncError({ fan }: FanSeat, errorMs: number): void {
    if (fan.marked) this.link.syncError(errorMs);
  }

  follow(snapshot: StageSnapshot, changes: readonly StageChange[] | null): void {
    this.#snapshotDue = true;
    if (changes === null) this.#lookAtAll(snapshot);
    else for (const change of changes) this.#heed(change);
    if (changes === null || changes.some((change) => change.kind === 'cue' && !this.#canRide(change.next))) this.#pacer.urge();
    else this.#pacer.hurry();
  }

  hear({ lines }: Digest): void {
    this.#lanes.hear(lines);
    this.#pacer.touch();
  }

  drainFacts(): SectionFacts {
    const tally = this.#tallies.drainBatch();
    return { roomId: this.roomId, fans: this.fans, fanOutMs: this.#handOutMs, ...tally };
  }

  drainSecond(atMs: number): SecondFacts {
    this.seats.forgetExpired(this.#own.deps.eventNowMs());
    this.#tellAudience();
    this.#settleCue();
    if (this.#lanes.keepPromises(this.#own.deps.eventNowMs())) this.#pacer.touch();
    const { joins, leaves, accepted, reactions } = this.#tallies.drainSecond();
    const taps = Object.values(reactions).reduce((sum, count) => sum + count, 0);
    const eventId = this.link.id;
    return { eventId, section: this.roomId, atMs, fans: this.fans, joins, leaves, lines: accepted, reactions: taps };
  }

  find(words: string): FoundFans['fans'] {
    const found = new Map<FanId, FoundFans['fans'][number]>();
    for (const { fan, joinedAtMs, addressHash } of this.seats.all()) {
      if (found.size >= FIND_MAX_FANS) break;
      if (fan.id !== words && !fan.name.toLowerCase().includes(words)) continue;
      const { id, name } = fan;
      found.set(id, { id, name, section: this.roomId, joinedAtMs, muted: this.#isMuted(id), banned: false, addressHash });
    }
    return [...found.values()];
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #isMuted(fanId: FanId): boolean {
    return muteFor(this.link.snapshot.sanctions, fanId, this.#own.deps.eventNowMs()) !== undefined;
  }

  #accepted(line: UpLine, fate: Fate): void {
    this.#tallies.count('accepted');
    // Purged while the journal wrote it.
    if (this.link.isTaken(line)) return;
    if (this.#lanes.accept(line, fate)) this.#pacer.touch();
    this.link.say(line, fate);
  }

  #heed(change: StageChange): void {
    switch (change.kind) {
      case 'removal':
        return this.#remove(change.removal);
      case 'sanction':
        return this.#sanction([change.sanction]);
      case 'ended':
        return this.#own.end();
      default:
    }
  }

  /** Notices were missed: whatever they said is in the snapshot. */
  #lookAtAll(snapshot: StageSnapshot): void {
    for (const { removal } of snapshot.removals) this.#remove(removal);
    this.#sanction(snapshot.sanctions);
    if (snapshot.ended) this.#own.end();
  }

  #remove(removal: StageSnapshot['removals'][number]['removal']): void {
    this.#moderatedAtMs ??= this.#own.deps.clock.nowMs();
    this.#lanes.remove(removal);
  }

  #sanction(sanctions: readonly Sanction[]): void {
    const nowMs = this.#own.deps.eventNowMs();
    for (const sanction of sanctions) {
      if (sanction.kind === 'mute') continue;
      const seats = [...this.seats.all()].filter(({ fan, addressHash }) => {
        return sanctionFor([sanction], { fanId: fan.id, addressHash, sinceMs: fan.sinceMs }, nowMs) !== undefined;
      });
      this.#own.turnOut(sanction, seats);
    }
  }

  /** Both this cue and the one that it replaces, of which fans have been told, are early enough for the next beat. */
  #canRide(cue: StageSnapshot['next']): boolean {
    const { deps, load, state } = this.#own;
    if (cue === null) return false;
    const nowMs = deps.eventNowMs();
    return rides(knownByMs(cue.applyAtMs, state.next?.applyAtMs, nowMs) - nowMs, load.beatMs(), this.#handOutMs);
  }

  #countsChanged(): void {
    const { metrics } = this.#own.deps;
    metrics.fans(this.link.id, this.roomId, this.fans);
    this.link.touch();
    this.#tellAudience();
  }

  /** A cue that is in force by now becomes what plays, once, so that `playback` and `setlist` alone say it to whoever looks later. */
  #settleCue(): void {
    const { next } = this.#own.state;
    if (next === undefined || next.applyAtMs > this.#own.deps.eventNowMs()) return;
    this.#snapshotDue = true;
    this.#pacer.touch();
  }

  #tellAudience(): void {
    if (this.#projection.isAudienceDue(this.link.fans, this.fans, this.#own.deps.clock.nowMs())) this.#pacer.touch();
  }

  #beat(): void {
    const { deps, load, flush } = this.#own;
    const startMs = deps.clock.nowMs();
    const { shown, waiting } = this.#lanes.beat(deps.eventNowMs(), this.link.digest?.mode ?? 'calm');
    this.#tallies.count('shown', shown);
    const isMinor = !this.#snapshotDue && this.#moderatedAtMs === undefined;
    this.#project();
    // Not the time since the last beat, which is as long as nobody said anything.
    const [lengthMs, moderatedAtMs] = [load.beatMs(), this.#moderatedAtMs];
    this.#moderatedAtMs = undefined;
    const projectMs = deps.clock.nowMs() - startMs;
    flush(({ frames, bytes, usedMs, elapsedMs }) => {
      const tookMs = projectMs + usedMs;
      if (frames > 0) [this.fanOutMs, this.#handOutMs] = [tookMs, projectMs + elapsedMs];
      deps.metrics.beat(lengthMs, tookMs, frames, bytes);
      if (moderatedAtMs !== undefined) deps.metrics.moderationEffect(deps.clock.nowMs() - moderatedAtMs);
      this.#pacer.freed();
    }, isMinor);
    if (waiting) this.#pacer.touch();
  }

  /** The one place where this section's schema is written; a patch follows at once. */
  #project(): void {
    const { link, fans } = this;
    if (this.#snapshotDue) this.#projection.snapshot(promote(link.snapshot, this.#own.deps.eventNowMs()));
    this.#snapshotDue = false;
    this.#lanes.ring.project(this.#own.state.lines);
    if (link.digest !== undefined) this.#projection.lanes(link.digest);
    this.#projection.audience(link.fans, fans, this.#own.deps.clock.nowMs());
  }
}
