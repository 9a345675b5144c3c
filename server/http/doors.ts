/** The doors: who gets in, answered from memory for fans; the store is asked for staff alone. */
import type { LineToken } from '../../core/admission.ts';
import { PartyError } from '../../core/errors.ts';
import { roleOf } from '../../core/moderation.ts';
import { checkName } from '../../core/names.ts';
import type { EventStore } from '../../rooms/ports.ts';
import type { EventView, GrantedSeat, SeatClaims, Venue } from '../../rooms/venue.ts';
import type { Sanction, StaffMember } from '../../schemas/chat.ts';
import type { Seat, TicketGranted, TicketInLine } from '../../schemas/http.ts';
import { type AddressHash, FanId, SessionId } from '../../schemas/ids.ts';
import { TICKET_TTL_MS } from '../../schemas/limits.ts';
import { PROTOCOL_VERSION } from '../../schemas/protocol.ts';
import { type FanIdentity, type StaffIdentity, sealFan, sealStaff } from '../auth/identity.ts';
import { sealLineToken } from '../auth/line-token.ts';
import type { Sealer } from '../auth/seal.ts';
import { sealTicket } from '../auth/ticket.ts';
import type { EventPage } from '../store/event-rows.ts';
import { stateOf } from './event-directory.ts';
import type { Lines } from './lines.ts';

export interface DoorsDeps {
  readonly eventNowMs: () => number;
  readonly random: () => number;
  readonly newId: (length: number) => string;
  readonly sealer: Sealer;
  readonly venue: Venue;
  readonly events: Pick<EventStore, 'openInvite' | 'staffOf'>;
  readonly lines: Lines;
  /** False once this process is on its way out. */
  readonly isTakingFans: () => boolean;
}

export interface FanAsks {
  readonly fan: FanIdentity;
  readonly addressHash: AddressHash | null;
  readonly name: string | undefined;
  readonly line: LineToken | undefined;
}

/** One seat in so many reports its playback error: the crowd's sync figure. */
const MARKED_SHARE = 0.01;
const MEASURED_WHOLE_FANS = 50;
/** The doors of an event that a host has closed are tried again after so long, spread over as much again. */
const CLOSED_RETRY_MS = 10_000;
const STARTING_RETRY_MS = 1_000;
const SESSION_ID_CHARS = 24;

export type Doors = ReturnType<typeof createDoors>;

export function createDoors(deps: DoorsDeps) {
  const { eventNowMs, random, newId, sealer, venue, events, lines, isTakingFans } = deps;

  const viewOf = (event: EventPage): EventView => {
    if (!isTakingFans()) throw new PartyError('unavailable', 'This door is closing; another one is open.', STARTING_RETRY_MS);
    const view = venue.view(event.id);
    if (!view) throw new PartyError('unavailable', 'The event is being prepared.', STARTING_RETRY_MS);
    return view;
  };

  const grant = (
    seat: GrantedSeat,
    room: Seat['name'],
    claims: Omit<SeatClaims, 'sessionId' | 'roomId' | 'expiresAtMs'>,
    token: string,
    doors: string[],
  ): TicketGranted => {
    const sessionId = SessionId.parse(newId(SESSION_ID_CHARS));
    const ticket = sealTicket(sealer, { ...claims, sessionId, roomId: seat.roomId, expiresAtMs: eventNowMs() + TICKET_TTL_MS });
    const { who } = claims;
    return {
      ticket,
      seat: {
        name: room,
        sessionId,
        roomId: seat.roomId,
        processId: seat.processId,
        ...(seat.publicAddress === null ? {} : { publicAddress: seat.publicAddress }),
      },
      fan: { id: who.id, token, name: who.name },
      serverTimeMs: eventNowMs(),
      doors,
      marked: who.kind === 'fan' && who.marked,
      protocol: PROTOCOL_VERSION,
    };
  };

  return {
    newFan: (): FanIdentity => ({ id: FanId.parse(`fan_${newId(12)}`), sinceMs: eventNowMs() }),

    /** A seat in a section, or a place in line. Throws the refusal. */
    admitFan(event: EventPage, { fan, addressHash, name, line }: FanAsks, doors: string[]): TicketGranted | TicketInLine {
      if (event.state === 'ended') throw over();
      const view = viewOf(event);
      const nowMs = eventNowMs();
      refuseClosed(event, view, nowMs, fan.seatedAt === event.id, random);
      const sanction = view.refusal({ fanId: fan.id, addressHash, sinceMs: fan.sinceMs });
      if (sanction) throw refusalFor(sanction, nowMs);
      const checked = checkName(name ?? '', view.takenNames);
      const answer = lines.ask(event.id, fan.id, line, venue.freeSeats(event.id) > 0);
      if (answer.kind === 'wait') {
        return { placeInLine: answer.placeInLine, retryInMs: answer.retryInMs, lineToken: sealLineToken(sealer, answer.token) };
      }
      const seat = venue.grantSeat(event.id);
      if (!seat) throw new PartyError('unavailable', 'The last seat has just gone.', STARTING_RETRY_MS);
      const { id, sinceMs } = fan;
      const who = { kind: 'fan', id, sinceMs, name: checked, marked: isMarked(view.fans, random) } as const;
      return grant(
        seat,
        'section',
        { eventId: event.id, who, addressHash },
        sealFan(sealer, { id, sinceMs, seatedAt: event.id }),
        doors,
      );
    },

    /** Exchanges an invitation, once, for a staff identity and its seat. Nothing is asked after it is used up, which could fail. */
    async admitInvited(
      event: EventPage,
      inviteId: string,
      addressHash: AddressHash | null,
      doors: string[],
    ): Promise<TicketGranted> {
      const seat = await stageSeat(event);
      const invite = await events.openInvite(event.id, inviteId, eventNowMs());
      if (!invite) {
        throw new PartyError('bad_invite', 'This invitation was opened before, has ended, or is for another event.');
      }
      const { id, name, untilMs } = invite.staff;
      return grantStage(event, { id, eventId: event.id, name, untilMs }, seat, addressHash, doors);
    },

    /** A seat on the stage, while the invitation behind this identity holds. */
    async admitStaff(
      event: EventPage,
      staff: StaffIdentity,
      addressHash: AddressHash | null,
      doors: string[],
    ): Promise<TicketGranted> {
      if (staff.eventId !== event.id) throw new PartyError('bad_invite', 'Your invitation is for another event.');
      const member = await memberOf(event, staff);
      if (roleOf(member, eventNowMs()) === 'fan') throw new PartyError('bad_invite', 'Your invitation has ended.');
      return grantStage(event, staff, await stageSeat(event), addressHash, doors);
    },
  };

  async function stageSeat(event: EventPage): Promise<GrantedSeat> {
    const seat = await venue.stageSeatSoon(event.id);
    if (seat) return seat;
    if (event.state === 'ended') throw over();
    throw new PartyError('unavailable', 'The stage is not there yet.', STARTING_RETRY_MS);
  }

  function grantStage(
    event: EventPage,
    staff: StaffIdentity,
    seat: GrantedSeat,
    addressHash: AddressHash | null,
    doors: string[],
  ): TicketGranted {
    const who = { kind: 'staff', id: staff.id, name: staff.name } as const;
    return grant(seat, 'stage', { eventId: event.id, who, addressHash }, sealStaff(sealer, staff), doors);
  }

  /** What the stage knows counts; the store knows those who were invited before it looked. */
  async function memberOf(event: EventPage, staff: StaffIdentity): Promise<StaffMember | undefined> {
    const onStage = venue.view(event.id)?.snapshot.staff.find(({ id }) => id === staff.id);
    return onStage ?? (await events.staffOf(event.id)).find(({ id }) => id === staff.id);
  }
}

/** One seat in a hundred tells how far off its sound is; a small room is measured whole, or it would have no figure. */
function isMarked(fans: number, random: () => number): boolean {
  return fans < MEASURED_WHOLE_FANS || random() < MARKED_SHARE;
}

/** Doors that a host closes keep newcomers out: whoever `wasIn` has only lost the connection, or is handed over by a deploy. */
function refuseClosed(event: EventPage, view: EventView, nowMs: number, wasIn: boolean, random: () => number): void {
  const state = stateOf(event, view, nowMs);
  if (state === 'ended') throw over();
  if (state === 'before') throw new PartyError('doors_closed', 'Doors are not open yet.', Math.ceil(event.doorsAtMs - nowMs));
  if (view.snapshot.policy.doors === 'closed' && !wasIn) {
    throw new PartyError('doors_closed', 'The doors are closed right now.', Math.round(CLOSED_RETRY_MS * (1 + random())));
  }
}

function refusalFor({ kind, untilMs, scope }: Sanction, nowMs: number): PartyError {
  const retryInMs = untilMs === null ? undefined : Math.max(0, Math.ceil(untilMs - nowMs));
  if (kind === 'kick') return new PartyError('kicked', 'You were sent out of this event for a while.', retryInMs);
  return new PartyError(
    'banned',
    scope === 'label' ? "You are banned from this label's events." : 'You are banned from this event.',
    retryInMs,
  );
}

function over(): PartyError {
  return new PartyError('ended', 'The event is over.');
}
