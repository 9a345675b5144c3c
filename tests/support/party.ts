/** A real party in this process: Colyseus, a venue, SDK clients. Seats come from the venue as the transport would make them. */
import { randomInt } from 'node:crypto';
import { matchMaker } from '@colyseus/core';
import type { Room as SdkRoom } from '@colyseus/sdk';
import { systemClock } from '../../core/clock.ts';
import { presenceBus } from '../../rooms/bus/presence-bus.ts';
import { createVenue } from '../../rooms/create-venue.ts';
import type { PartyEvent, StageBus } from '../../rooms/ports.ts';
import type { SeatClaims, Venue, VenueDeps } from '../../rooms/venue.ts';
import type { StaffMember } from '../../schemas/chat.ts';
import { AddressHash, type EventId, FanId } from '../../schemas/ids.ts';
import { SectionState } from '../../schemas/section-state.ts';
import { StageState } from '../../schemas/stage-state.ts';
import { reserve, type Seat, startServer, type TestServer } from './colyseus-server.ts';
import { type MemoryEvents, memoryEvents, partyEvent, staffMember } from './memory-events.ts';
import { type MemoryJournal, type MemoryStageStore, memoryJournal, memoryStageStore } from './memory-journal.ts';
import { countingMetrics, silentLog } from './quiet.ts';
import { until } from './until.ts';

export const HOST = staffMember(1, 'host');
export const MODERATOR = staffMember(2, 'moderator');

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
export const newId = (length: number) => Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

export interface Stores {
  readonly journal: MemoryJournal;
  readonly stageStore: MemoryStageStore;
  readonly events: MemoryEvents;
}

export function newStores(events: readonly PartyEvent[] = [partyEvent(1)]): Stores {
  const journal = memoryJournal();
  const staff = new Map<EventId, StaffMember[]>(events.map(({ id }) => [id, [HOST, MODERATOR]]));
  return { journal, stageStore: memoryStageStore(journal), events: memoryEvents(events, staff) };
}

export interface FanOptions {
  readonly id?: FanId;
  readonly address?: string;
  readonly sinceMs?: number;
  readonly marked?: boolean;
}

export class Party {
  readonly server: TestServer;
  readonly venue: Venue;
  readonly stores: Stores;
  readonly deps: VenueDeps;
  readonly metrics: ReturnType<typeof countingMetrics>;

  private constructor(
    server: TestServer,
    venue: Venue,
    stores: Stores,
    deps: VenueDeps,
    metrics: ReturnType<typeof countingMetrics>,
  ) {
    this.server = server;
    this.venue = venue;
    this.stores = stores;
    this.deps = deps;
    this.metrics = metrics;
  }

  static async start(
    given: { readonly stores?: Stores; readonly bus?: (bus: StageBus) => StageBus; readonly deps?: Partial<VenueDeps> } = {},
  ): Promise<Party> {
    const stores = given.stores ?? newStores();
    const server = await startServer();
    const metrics = countingMetrics();
    const clock = systemClock();
    const bus = presenceBus(server.presence, 't:', { clock, log: silentLog, metrics });
    const deps: VenueDeps = {
      clock,
      eventNowMs: () => clock.nowMs(),
      random: Math.random,
      newId,
      processId: () => matchMaker.processId,
      publicAddress: null,
      sectionSeats: 100,
      bus: given.bus?.(bus) ?? bus,
      ...stores,
      metrics,
      log: silentLog,
      inviteUrl: (slug, inviteId) => `https://party.example/host/${slug}#invite=${inviteId}`,
      ...given.deps,
    };
    const venue = createVenue(deps);
    server.define('stage', venue.rooms.stage);
    server.define('section', venue.rooms.section);
    for (const { id } of await stores.events.openEvents()) await venue.openEvent(id);
    return new Party(server, venue, stores, deps, metrics);
  }

  async stop(): Promise<void> {
    await this.venue.close();
    await this.server.stop();
  }

  get eventId(): EventId {
    return [...this.stores.events.events.keys()][0] as EventId;
  }

  /** Claims on a fresh seat, as doors would seal them. */
  claims(name: string, { id, address, sinceMs, marked = false }: FanOptions = {}, eventId = this.eventId): SeatClaims {
    const granted = this.venue.grantSeat(eventId);
    if (granted === undefined) throw new Error('no seat is free');
    return {
      sessionId: newId(20),
      eventId,
      roomId: granted.roomId,
      who: { kind: 'fan', id: id ?? fanId(), name, sinceMs: sinceMs ?? this.deps.eventNowMs(), marked },
      addressHash: address === undefined ? null : AddressHash.parse(address),
      expiresAtMs: this.deps.eventNowMs() + 30_000,
    };
  }

  staffClaims(member: StaffMember, eventId = this.eventId): SeatClaims {
    const seat = this.venue.stageSeat(eventId);
    if (seat === undefined) throw new Error('there is no stage');
    return {
      sessionId: newId(20),
      eventId,
      roomId: seat.roomId,
      who: { kind: 'staff', id: member.id, name: member.name },
      addressHash: null,
      expiresAtMs: this.deps.eventNowMs() + 30_000,
    };
  }

  /** The seat that the transport would reserve for these claims; rejects with the refusal's code. */
  async seat(claims: SeatClaims): Promise<Seat> {
    const refusal = this.venue.admit(claims, false);
    if (refusal !== undefined) throw new Error(refusal);
    return reserve(claims.roomId, claims.who.kind === 'fan' ? 'section' : 'stage', claims);
  }

  async sit(claims: SeatClaims): Promise<Guest<SectionState>> {
    const room = await this.server.client().consumeSeatReservation(await this.seat(claims), SectionState);
    const guest = new Guest(room, claims);
    await until('the section state arrived', () => room.state.lines?.length > 0);
    return guest;
  }

  fan(name: string, options?: FanOptions, eventId?: EventId): Promise<Guest<SectionState>> {
    return this.sit(this.claims(name, options, eventId));
  }

  async staff(member: StaffMember, eventId?: EventId): Promise<Guest<StageState>> {
    const claims = this.staffClaims(member, eventId);
    const room = await this.server.client().consumeSeatReservation(await this.seat(claims), StageState);
    const guest = new Guest(room, claims);
    await until('the stage state arrived', () => room.state.lines?.length > 0);
    return guest;
  }
}

export function fanId(): FanId {
  return FanId.parse(`fan_${newId(12)}`);
}

/** Somebody at the other end of a socket: sees its state, its errors, its end. */
export class Guest<State> {
  readonly room: SdkRoom<unknown, State>;
  readonly claims: SeatClaims;
  readonly errors: (readonly [code: number, message: string])[] = [];
  closeCode: number | undefined;

  constructor(room: SdkRoom<unknown, State>, claims: SeatClaims) {
    this.room = room;
    this.claims = claims;
    room.reconnection.enabled = false;
    room.onError((code, message) => void this.errors.push([code, message ?? '']));
    room.onLeave((code) => {
      this.closeCode = code;
    });
  }

  get id(): FanId {
    return this.claims.who.id as FanId;
  }

  get state(): State {
    return this.room.state;
  }

  /** What the wire carries back. */
  ask<Answer = Readonly<Record<string, unknown>>>(name: string, payload: object = {}): Promise<Answer> {
    return (this.room as SdkRoom).request<object, Answer>(name, payload);
  }

  /** The code of a refusal, or 'accepted'. */
  async codeOf(name: string, payload: object = {}): Promise<string> {
    try {
      await this.ask(name, payload);
      return 'accepted';
    } catch (error) {
      return (error as { reason?: { code?: string } }).reason?.code ?? String(error);
    }
  }
}

/** What plays, or is about to. */
export function cued({ next, playback }: Pick<SectionState, 'next' | 'playback'>) {
  return next ?? playback;
}

/** Texts that a state's ring shows, oldest first. */
export function shownTexts({ lines }: Pick<SectionState, 'lines'>): string[] {
  return [...lines]
    .filter(({ seq }) => seq > 0)
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ text }) => text);
}
