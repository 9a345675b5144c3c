/** What rooms see of their venue, and what the venue sees of its rooms. */
import type { TicketErrorCode } from '../schemas/errors.ts';
import { type EventId, RoomId, type Slug } from '../schemas/ids.ts';
import type { EventLink } from './link/event-link.ts';
import type { ProcessLoad } from './process-load.ts';
import type { SectionActor } from './section/section-actor.ts';
import type { Tenure } from './stage/opening.ts';
import type { HouseView } from './stage/section-planner.ts';
import type { StageActor } from './stage/stage-actor.ts';
import type { SeatClaims, VenueDeps } from './venue.ts';

export interface LiveSection {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly actor: SectionActor;
  /** Sends up to `count` fans to the doors for another seat; how many it sent. */
  handOver(count: number): number;
  disconnect(code: number): Promise<unknown>;
}

export interface LiveStage {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly actor: StageActor;
  disconnect(code: number): Promise<unknown>;
}

export interface VenueFloor {
  readonly deps: VenueDeps;
  readonly load: ProcessLoad;
  /** The process's link to an event, opened on first use. */
  link(eventId: EventId): Promise<EventLink>;
  /** What a stage that is being opened here starts from; undefined when the event is not ours. */
  tenure(eventId: EventId): Tenure | undefined;
  /** What all processes have for the event, for its stage to plan by. */
  house(eventId: EventId): HouseView;
  /** Opens a section here unless it is there; resolves when it can be joined. */
  openSection(eventId: EventId, roomId: RoomId): Promise<void>;
  /** Calls of the result take the room away again. */
  addSection(section: LiveSection): () => void;
  addStage(stage: LiveStage): () => void;
  /** A granted seat of this section was sat on. */
  tookSeat(roomId: RoomId): void;
  /** Remembers that a ticket for the stage was sat on. */
  useStaffTicket(claims: SeatClaims): void;
  /** See `Venue.admit`. */
  admit(claims: SeatClaims, reconnecting: boolean): TicketErrorCode | undefined;
}

/** A section's room id: made per incarnation of the stage, and never used again. */
export function sectionIdOf(slug: Slug, n: number, epoch: number): RoomId {
  return RoomId.parse(`sec-${slug}-${n}-${epoch}`);
}
