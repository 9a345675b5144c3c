/** One process's part of every event: its rooms, its links, its seats. What `server/` sees of `rooms/`. */
import type { Room } from '@colyseus/core';
import type { LineReport } from '../core/admission.ts';
import type { Clock } from '../core/clock.ts';
import type { Sanction } from '../schemas/chat.ts';
import type { TicketErrorCode } from '../schemas/errors.ts';
import type { AddressHash, EventId, FanId, RoomId, StaffId } from '../schemas/ids.ts';
import type { StageSnapshot } from '../schemas/stage.ts';
import type { EventStore, Journal, Log, Metrics, StageBus, StageLease, StageStore } from './ports.ts';
import type { ProcessFigures } from './seats/room-left.ts';

/** The lines at this process's doors, for what doors tell each other with their offers. */
export interface DoorLines {
  /** `seatFree`: whether doors have a seat of the event to give. */
  reports(seatFree: (eventId: EventId) => boolean): ReadonlyMap<EventId, LineReport>;
  hear(eventId: EventId, report: LineReport): void;
  /** Fans in the event's line over all processes. */
  waiting(eventId: EventId): number;
}

export interface VenueDeps {
  readonly clock: Clock;
  /** Event time in ms: the one clock that cues are written in. */
  readonly eventNowMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** `length` characters of [0-9a-z] that nobody can guess. */
  readonly newId: (length: number) => string;
  readonly processId: () => string;
  /** Where sockets of this process are reached, when that is not where the page came from. Known once it listens. */
  readonly publicAddress: string | null;
  readonly sectionSeats: number;
  readonly bus: StageBus;
  readonly stageStore: StageStore;
  /** Absent: this process is alone, and every stage is its own. */
  readonly stageLease?: StageLease;
  /** Writes of the stage with this epoch, refused once a newer one was seen; absent: `events` itself. */
  readonly stageEvents?: (eventId: EventId, epoch: number) => StageEvents;
  readonly journal: Journal;
  readonly events: EventStore;
  readonly metrics: Metrics;
  readonly log: Log;
  /** How late the event loop runs, 99th percentile of the last seconds, in ms; absent: it is taken as on time. */
  readonly loopDelayMs?: () => number;
  /** The part of a core that this process can count on, at most 1; absent: a whole one. */
  readonly coreShare?: number;
  /** Descriptors and loop of this process; absent: they bound nothing. */
  readonly load?: () => ProcessFigures;
  readonly lines?: DoorLines;
  /** The address that fans play a media URL of the setlist at: ours, signed for a while; any other as it is. Absent: all as they are. */
  readonly mediaUrl?: (url: string) => string;
  /** The URL of a host console with this invitation in its fragment. */
  readonly inviteUrl: (slug: string, inviteId: string) => string;
}

/** What a stage writes to the event store. */
export type StageEvents = Pick<EventStore, 'setEventState' | 'saveInvite' | 'revokeStaff' | 'saveLabelBan' | 'liftLabelBan'>;

/** What a room learns of whoever sits down: sealed in the ticket, verified by the transport. */
export interface SeatClaims {
  readonly sessionId: string;
  readonly eventId: EventId;
  readonly roomId: RoomId;
  /** A fan, or a member of staff (then the seat is on the stage). */
  readonly who:
    | { readonly kind: 'fan'; readonly id: FanId; readonly name: string; readonly sinceMs: number; readonly marked: boolean }
    | { readonly kind: 'staff'; readonly id: StaffId; readonly name: string };
  readonly addressHash: AddressHash | null;
  readonly expiresAtMs: number;
}

/** A guest at the doors or at a socket. `sinceMs`: when this identity was made. */
export interface GuestCheck {
  readonly fanId: FanId;
  readonly addressHash: AddressHash | null;
  readonly sinceMs: number;
}

/** A process's live view of an event: answered from memory. */
export interface EventView {
  readonly snapshot: StageSnapshot;
  readonly fans: number;
  /** The ban or kick that keeps this guest out now, if any. */
  refusal(guest: GuestCheck): Sanction | undefined;
  /** Staff and reserved names, for the check of a fan's name. */
  readonly takenNames: readonly string[];
}

export interface GrantedSeat {
  readonly roomId: RoomId;
  readonly processId: string;
  readonly publicAddress: string | null;
}

/** The rooms of this process. */
export interface Occupancy {
  /** Events whose stage is here. */
  readonly stages: readonly EventId[];
  readonly sections: readonly { readonly roomId: RoomId; readonly eventId: EventId; readonly fans: number }[];
}

/** Who sat down in this process in the last second. */
export interface Seated {
  readonly perS: number;
  /** What half of them took at most from their tickets to their seats; 0 when nobody did. */
  readonly wayMs: number;
}

export interface Venue {
  /** To be defined on the Colyseus server as 'stage' and 'section', before it listens. */
  readonly rooms: { readonly stage: typeof Room; readonly section: typeof Room };
  /**
   * Follows the event from here on, and runs its stage whenever nobody else does; resolves when fans and staff can join, wherever
   * that is.
   */
  openEvent(eventId: EventId): Promise<void>;
  view(eventId: EventId): EventView | undefined;
  /** Takes one seat from this process's share; undefined when every section is full. Answers from memory. */
  grantSeat(eventId: EventId): GrantedSeat | undefined;
  /** Where staff sit; undefined while no stage is known. */
  stageSeat(eventId: EventId): GrantedSeat | undefined;
  /** The same as soon as a stage is known, within a failover's time: whoever asks need not come back. */
  stageSeatSoon(eventId: EventId): Promise<GrantedSeat | undefined>;
  /** Unused places over all sections of the event, for admission. */
  freeSeats(eventId: EventId): number;
  /** The other processes that take fans, and where their sockets are. */
  neighbours(): readonly { readonly processId: string; readonly publicAddress: string | null }[];
  occupancy(): Occupancy;
  seated(): Seated;
  /**
   * Called by the transport for every connection: is this seat still to be had?
   * Returns the reason for a refusal: used before, wrong room, banned, kicked, ended, or gone.
   */
  admit(claims: SeatClaims, reconnecting: boolean): TicketErrorCode | undefined;
  /**
   * Stops taking fans, gives its stages to other processes, hands its fans over to them a few at a time, and closes. Alone, it
   * closes at once. Bounded in time by its caller.
   */
  close(): Promise<void>;
}
