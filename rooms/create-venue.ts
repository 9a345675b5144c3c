/** One process's part of every event: its rooms, its links, its seats, and its turn to run the stage. */
import { matchMaker, type Room } from '@colyseus/core';
import { CLOSE_CODES, type TicketErrorCode } from '../schemas/errors.ts';
import type { EventId, RoomId } from '../schemas/ids.ts';
import { Gate } from './gate.ts';
import { moveFans, waitFor } from './handover.ts';
import { inBackground } from './in-background.ts';
import { EventLink } from './link/event-link.ts';
import type { StageLease } from './ports.ts';
import { ProcessLoad } from './process-load.ts';
import { SeatOffice } from './seats/seat-office.ts';
import { sectionRoom } from './section/section-room.ts';
import { localLease } from './stage/local-lease.ts';
import { type Tenure, takeStage } from './stage/opening.ts';
import type { HouseView } from './stage/section-planner.ts';
import { StageKeeper } from './stage/stage-keeper.ts';
import { stageRoom } from './stage/stage-room.ts';
import type { GrantedSeat, Occupancy, SeatClaims, Seated, Venue, VenueDeps } from './venue.ts';
import { type LiveSection, type LiveStage, sectionIdOf, type VenueFloor } from './venue-floor.ts';

/** An event that nobody can join by then is tried again by whoever asked for it. */
const JOINABLE_WITHIN_MS = 10_000;
/** Another process has the stage by then, if it can be had at all. */
const STAGE_WITHIN_MS = 3_000;
/** What a process on its way out waits at most: for another one to take its stage, and for room for its fans. */
const SUCCESSOR_WITHIN_MS = 1_500;
const ROOM_WITHIN_MS = 2_500;

export function createVenue(deps: VenueDeps): Venue {
  const venue = new LocalVenue(deps);
  return venue;
}

class LocalVenue implements Venue, VenueFloor {
  readonly deps: VenueDeps;
  readonly load: ProcessLoad;
  readonly rooms: Venue['rooms'];
  readonly #lease: StageLease;
  readonly #office: SeatOffice;
  readonly #gate: Gate;
  readonly #links = new Map<EventId, Promise<EventLink>>();
  readonly #open = new Map<EventId, EventLink>();
  readonly #keepers = new Map<EventId, StageKeeper>();
  readonly #tenures = new Map<EventId, Tenure>();
  readonly #sections = new Map<RoomId, LiveSection>();
  readonly #stages = new Map<EventId, LiveStage>();
  readonly #openingSections = new Map<RoomId, Promise<void>>();
  readonly #opening = new Map<EventId, Promise<void>>();
  #officeOpen: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(deps: VenueDeps) {
    this.deps = deps;
    this.load = new ProcessLoad(deps.clock, deps.loopDelayMs ?? (() => 0), deps.coreShare);
    this.#lease = deps.stageLease ?? localLease(deps);
    this.#office = new SeatOffice({
      deps,
      own: () => this.occupancy().sections.filter(({ eventId }) => this.view(eventId)?.snapshot.ended === false),
      isLeaving: () => this.#closing !== undefined,
    });
    this.#gate = new Gate({
      ...deps,
      view: (eventId) => this.view(eventId),
      section: (roomId) => this.#sections.get(roomId),
      stage: (eventId) => this.#stageHere(eventId),
    });
    this.rooms = { stage: stageRoom(this) as unknown as typeof Room, section: sectionRoom(this) as unknown as typeof Room };
  }

  openEvent(eventId: EventId): Promise<void> {
    const opening = this.#opening.get(eventId) ?? this.#openEvent(eventId);
    this.#opening.set(eventId, opening);
    opening.catch(() => this.#opening.delete(eventId));
    return opening;
  }

  view(eventId: EventId): EventLink | undefined {
    const link = this.#open.get(eventId);
    return link?.hasSnapshot === true ? link : undefined;
  }

  grantSeat(eventId: EventId): GrantedSeat | undefined {
    return this.#takesFans(eventId) ? this.#office.grant(eventId) : undefined;
  }

  freeSeats(eventId: EventId): number {
    return this.#takesFans(eventId) ? this.#office.free(eventId) : 0;
  }

  #takesFans(eventId: EventId): boolean {
    return this.#closing === undefined && this.view(eventId)?.snapshot.ended === false;
  }

  stageSeat(eventId: EventId): GrantedSeat | undefined {
    const here = this.#stageHere(eventId);
    const known = this.#open.get(eventId)?.stage;
    if (here === undefined || (known !== undefined && known.epoch > here.actor.epoch)) return known;
    const { processId, publicAddress } = this.deps;
    return { roomId: here.roomId, processId: processId(), publicAddress };
  }

  async stageSeatSoon(eventId: EventId): Promise<GrantedSeat | undefined> {
    await waitFor(this.deps.clock, () => this.stageSeat(eventId) !== undefined, STAGE_WITHIN_MS);
    return this.stageSeat(eventId);
  }

  neighbours(): readonly { readonly processId: string; readonly publicAddress: string | null }[] {
    return this.#office.neighbours();
  }

  occupancy(): Occupancy {
    const sections = [...this.#sections.values()];
    return {
      stages: [...this.#stages.keys()].filter((eventId) => this.#stageHere(eventId) !== undefined),
      sections: sections.map(({ roomId, eventId, actor }) => ({ roomId, eventId, fans: actor.fans })),
    };
  }

  seated(): Seated {
    return this.load.seated();
  }

  admit(claims: SeatClaims, reconnecting: boolean): TicketErrorCode | undefined {
    return this.#closing === undefined ? this.#gate.admit(claims, reconnecting) : 'section_gone';
  }

  useStaffTicket(claims: SeatClaims): void {
    this.#gate.useStaffTicket(claims);
  }

  link(eventId: EventId): Promise<EventLink> {
    const link = this.#links.get(eventId) ?? this.#openLink(eventId);
    this.#links.set(eventId, link);
    link.catch(() => this.#links.delete(eventId));
    return link;
  }

  tenure(eventId: EventId): Tenure | undefined {
    return this.#tenures.get(eventId);
  }

  house(eventId: EventId): HouseView {
    const processes = this.#office.offers().filter(({ leaving }) => !leaving);
    const waiting = this.deps.lines?.waiting(eventId) ?? 0;
    return { processes, sections: this.#office.sections(eventId), returning: this.#office.returning(eventId), waiting };
  }

  openSection(eventId: EventId, roomId: RoomId): Promise<void> {
    if (this.#sections.has(roomId) || this.#closing !== undefined) return Promise.resolve();
    const opening = this.#openingSections.get(roomId) ?? this.#createSection(eventId, roomId);
    this.#openingSections.set(roomId, opening);
    return opening.finally(() => this.#openingSections.delete(roomId));
  }

  addSection(section: LiveSection): () => void {
    this.#sections.set(section.roomId, section);
    return () => this.#sections.delete(section.roomId);
  }

  addStage(stage: LiveStage): () => void {
    this.#stages.set(stage.eventId, stage);
    return () => {
      if (this.#stages.get(stage.eventId) === stage) this.#stages.delete(stage.eventId);
    };
  }

  tookSeat(roomId: RoomId): void {
    this.#office.tookSeat(roomId);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Not before the caller has `#closing` set: from here on nothing is given, taken or opened.
    await Promise.resolve();
    for (const keeper of this.#keepers.values()) keeper.stop();
    this.#office.publish();
    if (this.#office.neighbours().length > 0) await this.#handOver();
    // A room that is gone already has nothing to close.
    const rooms = [...this.#sections.values(), ...this.#stages.values()];
    await Promise.allSettled(rooms.map((room) => room.disconnect(CLOSE_CODES.moved)));
    await Promise.allSettled([...this.#open.values()].map((link) => link.close()));
    await this.#office.close();
    this.#open.clear();
    this.#links.clear();
  }

  /** Stages first, so that those who take them can make room; then the fans. */
  async #handOver(): Promise<void> {
    const { clock } = this.deps;
    const stages = [...this.#stages.values()];
    await Promise.allSettled(stages.map(({ actor }) => actor.handOver()));
    await waitFor(clock, () => stages.every(({ eventId }) => this.stageSeat(eventId) !== undefined), SUCCESSOR_WITHIN_MS);
    await Promise.allSettled(stages.map((stage) => stage.disconnect(CLOSE_CODES.moved)));
    const events = [...this.#open.keys()];
    const hasRoom = (eventId: EventId) => {
      const fans = this.occupancy().sections.reduce((sum, one) => sum + (one.eventId === eventId ? one.fans : 0), 0);
      return this.#office.sections(eventId).reduce((sum, { free }) => sum + free, 0) >= fans;
    };
    await waitFor(clock, () => events.every(hasRoom), ROOM_WITHIN_MS);
    await moveFans(clock, [...this.#sections.values()]);
  }

  async #openEvent(eventId: EventId): Promise<void> {
    this.#officeOpen ??= this.#office.open();
    await this.#officeOpen;
    const link = await this.link(eventId);
    const keeper = this.#keepers.get(eventId) ?? this.#keep(link);
    this.#keepers.set(eventId, keeper);
    await keeper.look();
    const isJoinable = () => {
      if (!link.hasSnapshot) return false;
      return link.snapshot.ended || (this.freeSeats(eventId) > 0 && this.stageSeat(eventId) !== undefined);
    };
    if (await waitFor(this.deps.clock, isJoinable, JOINABLE_WITHIN_MS)) return;
    throw new Error(`nobody can join event ${eventId} yet`);
  }

  async #openLink(eventId: EventId): Promise<EventLink> {
    const event = await this.deps.events.eventById(eventId);
    if (event === null) throw new Error(`unknown event ${eventId}`);
    const link = await EventLink.open(this.deps, event, this.load, {
      onOpenSection: ({ processId, n, epoch }) => {
        if (processId !== this.deps.processId() || this.view(eventId) === undefined) return;
        const opening = this.openSection(eventId, sectionIdOf(event.slug, n, epoch));
        inBackground(opening, this.deps.log, 'a section could not be opened');
      },
      onStageLeft: () => inBackground(this.#keepers.get(eventId)?.look() ?? Promise.resolve(), this.deps.log, 'no stage'),
      onEpoch: (epoch) => {
        const here = this.#stages.get(eventId)?.actor;
        if (here !== undefined && here.epoch < epoch) here.giveUp();
      },
    });
    this.#open.set(eventId, link);
    return link;
  }

  #keep(link: EventLink): StageKeeper {
    const { clock, log, processId } = this.deps;
    return new StageKeeper({
      clock,
      log,
      lease: this.#lease,
      eventId: link.id,
      processId,
      silentMs: () => link.silentMs,
      hasNothingToDo: () => this.#closing !== undefined || this.#stages.has(link.id),
      open: () => this.#openStage(link),
    });
  }

  async #openStage(link: EventLink): Promise<void> {
    const { id: eventId } = link;
    const seen = { epoch: link.epoch, snapshot: link.hasSnapshot ? link.snapshot : null };
    const tenure = await takeStage({ ...this.deps, lease: this.#lease }, link.event, seen);
    this.#tenures.set(eventId, tenure);
    try {
      await link.reload();
      await matchMaker.createRoom('stage', { eventId });
    } catch (error) {
      // A room that could not be listed was there already.
      await this.#stages.get(eventId)?.disconnect(CLOSE_CODES.moved);
      await tenure.release();
      throw error;
    } finally {
      this.#tenures.delete(eventId);
    }
    await this.#stages.get(eventId)?.actor.begin();
  }

  async #createSection(eventId: EventId, roomId: RoomId): Promise<void> {
    try {
      await matchMaker.createRoom('section', { eventId, roomId });
    } catch (error) {
      await this.#sections.get(roomId)?.disconnect(CLOSE_CODES.sectionGone);
      throw error;
    }
    this.#office.publish();
  }

  #stageHere(eventId: EventId): LiveStage | undefined {
    const stage = this.#stages.get(eventId);
    return stage?.actor.isOver === false ? stage : undefined;
  }
}
