/** Whether a seat that a ticket names is still to be had: asked at every connection, and again when somebody sits down. */
import { roleOf } from '../core/moderation.ts';
import type { TicketErrorCode } from '../schemas/errors.ts';
import type { EventId, RoomId } from '../schemas/ids.ts';
import type { EventLink } from './link/event-link.ts';
import type { SeatClaims, VenueDeps } from './venue.ts';
import type { LiveSection, LiveStage } from './venue-floor.ts';

export interface GateDeps extends Pick<VenueDeps, 'eventNowMs' | 'sectionSeats'> {
  readonly view: (eventId: EventId) => EventLink | undefined;
  readonly section: (roomId: RoomId) => LiveSection | undefined;
  readonly stage: (eventId: EventId) => LiveStage | undefined;
}

export class Gate {
  readonly #deps: GateDeps;
  /** Tickets for the stage that were sat on, until they expire; a section remembers its own. */
  readonly #usedByStaff = new Map<string, number>();

  constructor(deps: GateDeps) {
    this.#deps = deps;
  }

  admit(claims: SeatClaims, reconnecting: boolean): TicketErrorCode | undefined {
    const link = this.#deps.view(claims.eventId);
    if (link === undefined) return 'section_gone';
    return claims.who.kind === 'fan' ? this.#admitFan(link, claims, reconnecting) : this.#admitStaff(link, claims, reconnecting);
  }

  useStaffTicket({ sessionId, expiresAtMs }: SeatClaims): void {
    const nowMs = this.#deps.eventNowMs();
    for (const [used, untilMs] of this.#usedByStaff) if (untilMs < nowMs) this.#usedByStaff.delete(used);
    this.#usedByStaff.set(sessionId, expiresAtMs);
  }

  #admitFan(link: EventLink, claims: SeatClaims, reconnecting: boolean): TicketErrorCode | undefined {
    if (claims.who.kind !== 'fan') return 'ticket_elsewhere';
    const { addressHash, roomId, sessionId } = claims;
    const { id: fanId, sinceMs } = claims.who;
    const sanction = link.refusal({ fanId, addressHash, sinceMs });
    if (sanction !== undefined) return sanction.kind === 'ban' ? 'banned' : 'kicked';
    if (link.snapshot.ended) return 'ended';
    const section = this.#deps.section(roomId);
    if (section === undefined) return 'section_gone';
    if (section.eventId !== claims.eventId) return 'ticket_elsewhere';
    if (reconnecting) return undefined;
    if (section.actor.seats.isUsed(sessionId)) return 'ticket_used';
    // Doors elsewhere may have given more than was left: whoever is over comes back with a ticket for another section.
    return section.actor.fans >= this.#deps.sectionSeats ? 'section_gone' : undefined;
  }

  #admitStaff(link: EventLink, claims: SeatClaims, reconnecting: boolean): TicketErrorCode | undefined {
    const stage = this.#deps.stage(claims.eventId);
    if (stage === undefined || stage.roomId !== claims.roomId) return 'section_gone';
    const member = link.snapshot.staff.find(({ id }) => id === claims.who.id);
    // Somebody the stage has not heard of yet is looked up when they sit down.
    if (member !== undefined && roleOf(member, this.#deps.eventNowMs()) === 'fan') return 'ticket_invalid';
    return !reconnecting && this.#usedByStaff.has(claims.sessionId) ? 'ticket_used' : undefined;
  }
}
