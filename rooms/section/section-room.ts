/** An audience shard: a thin shell that seats fans, answers their requests, and speaks once a beat. */
import type { Client } from '@colyseus/core';
import { z } from 'zod';
import { clockRestMs } from '../../core/beat.ts';
import { PartyError } from '../../core/errors.ts';
import type { Sanction } from '../../schemas/chat.ts';
import { CLOSE_CODES, closeAction, type Refusal } from '../../schemas/errors.ts';
import { EventId, RoomId } from '../../schemas/ids.ts';
import { TICKET_TTL_MS } from '../../schemas/limits.ts';
import { SECTION_REQUESTS } from '../../schemas/section-messages.ts';
import { SectionState } from '../../schemas/section-state.ts';
import { pendingReservations, releaseReservation } from '../colyseus-private.ts';
import { inBackground } from '../in-background.ts';
import { PartyRoom } from '../party-room.ts';
import { SeatAuth } from '../seat-auth.ts';
import { inTurns } from '../turns.ts';
import type { VenueFloor } from '../venue-floor.ts';
import type { FanSeat } from './seats.ts';
import { SectionActor } from './section-actor.ts';

/** Each is two frames and the leaving of a room. */
const GOODBYES_PER_TURN = 100;

const Options = z.object({ eventId: EventId, roomId: RoomId });

export function sectionRoom(floor: VenueFloor) {
  const { deps } = floor;
  return class SectionRoom extends PartyRoom<SectionState, FanSeat> {
    override state = new SectionState();
    protected override readonly deps = deps;
    protected override readonly kind = 'section';
    #actor: SectionActor | undefined;
    #leaveFloor: (() => void) | undefined;
    #isOver = false;

    override messages = {
      chat: this.request('chat', SECTION_REQUESTS.chat.payload, (client, chat) => this.actor.desk.say(seatOf(client), chat)),
      react: this.request('react', SECTION_REQUESTS.react.payload, (client, taps) => this.actor.react(seatOf(client), taps)),
      report: this.request('report', SECTION_REQUESTS.report.payload, (client, report) =>
        this.actor.report(seatOf(client), report),
      ),
      clock: this.request('clock', SECTION_REQUESTS.clock.payload, (client, { t0, errorMs }) => {
        const t1 = deps.eventNowMs();
        if (errorMs !== undefined) this.actor.syncError(seatOf(client), errorMs);
        const restMs = clockRestMs(floor.load.beatMs());
        return { t0, t1, t2: deps.eventNowMs(), ...(restMs === 0 ? {} : { restMs }) };
      }),
    };

    /** What the venue and the requests talk to. */
    get actor(): SectionActor {
      if (this.#actor === undefined) throw new PartyError('unavailable', 'The section is closing.');
      return this.#actor;
    }

    override async onCreate(options: unknown): Promise<void> {
      this.open();
      const { eventId, roomId } = Options.parse(options);
      this.roomId = roomId;
      const link = await floor.link(eventId);
      this.#actor = new SectionActor({
        deps,
        load: floor.load,
        link,
        roomId,
        state: this.state,
        flush: (onSent, isMinor) => this.flush(onSent, isMinor),
        isHandingOut: () => this.isHandingOut,
        turnOut: (sanction, seats) => this.#turnOut(sanction, seats),
        end: () => this.#end(),
      });
      await this.#actor.refill();
      this.broadcastPatch();
      this.#leaveFloor = floor.addSection({
        roomId,
        eventId,
        actor: this.#actor,
        handOver: (count) => this.#handOver(count),
        disconnect: (code) => this.disconnect(code),
      });
    }

    override onJoin(client: Client<{ userData: FanSeat }>): void {
      const claims = SeatAuth.parse(client.auth);
      const { who } = claims;
      if (who.kind !== 'fan') throw new PartyError('ticket_elsewhere', 'This ticket is for the stage.');
      const refusal = floor.admit(claims, false);
      if (refusal !== undefined) throw new PartyError(refusal, 'The seat is no longer to be had.');
      const seat: FanSeat = {
        sessionId: client.sessionId,
        fan: who,
        addressHash: claims.addressHash,
        joinedAtMs: deps.eventNowMs(),
      };
      client.userData = seat;
      floor.tookSeat(this.actor.roomId);
      const oldest = this.actor.sit(seat, claims.expiresAtMs);
      if (oldest !== undefined) this.#close(oldest.sessionId, CLOSE_CODES.openedElsewhere, ELSEWHERE);
      this.expectAck(client);
      deps.metrics.joined('section', deps.eventNowMs() - (claims.expiresAtMs - TICKET_TTL_MS));
    }

    override onDrop(client: Client<{ userData: FanSeat }>, code?: number): void {
      this.forget(client);
      if (!this.holdSeat(client, code) && closeAction(code ?? 1006) === 'retry') deps.log.debug({ code }, 'a seat was not held');
    }

    override onReconnect(client: Client<{ userData: FanSeat }>): void {
      this.expectAck(client);
    }

    override onLeave(client: Client<{ userData: FanSeat }>): void {
      this.forget(client);
      if (client.userData === undefined) return;
      this.#actor?.stand(client.userData);
      deps.metrics.left('section');
    }

    override onDispose(): void {
      this.shut();
      this.#leaveFloor?.();
      this.#actor?.close();
      deps.metrics.roomGone(this.roomId);
    }

    /** Sends sanctioned fans away, and takes back what they still hold: pending seats and seats kept for a return. */
    #turnOut(sanction: Sanction, seats: readonly FanSeat[]): void {
      const isBan = sanction.kind === 'ban';
      const refusal = refusalFor(sanction, deps.eventNowMs());
      for (const seat of seats) this.#close(seat.sessionId, isBan ? CLOSE_CODES.banned : CLOSE_CODES.kicked, refusal);
      const gone = new Set(seats.map(({ fan }) => fan.id));
      this.dropHeldSeats(({ fan }) => gone.has(fan.id) || fan.id === sanction.fanId);
      for (const [sessionId, auth] of pendingReservations(this)) {
        const claims = SeatAuth.safeParse(auth).data;
        if (claims?.who.kind !== 'fan') continue;
        const { id: fanId, sinceMs } = claims.who;
        if (this.actor.link.refusal({ fanId, sinceMs, addressHash: claims.addressHash }) === undefined) continue;
        releaseReservation(this, sessionId, (err) => deps.log.warn({ err }, 'a listing was not updated'));
      }
    }

    #handOver(count: number): number {
      const moving = this.everyone().slice(0, count);
      for (const client of moving) this.sendAway(client, CLOSE_CODES.moved, MOVED);
      if (this.clients.length === 0) this.dropHeldSeats(() => true);
      return moving.length;
    }

    #end(): void {
      const sendAway = (client: Client<{ userData: FanSeat }>) => this.sendAway(client, CLOSE_CODES.ended, ENDED);
      if (this.#isOver) return;
      this.#isOver = true;
      this.dropHeldSeats(() => true);
      // Nobody comes after the end: the room itself goes, too.
      inTurns(deps.clock, this.everyone(), GOODBYES_PER_TURN, sendAway, () => {
        inBackground(this.disconnect(CLOSE_CODES.ended), deps.log, 'a section did not close');
      });
    }

    #close(sessionId: string, code: (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES], refusal: Refusal): void {
      const client = this.clients.get(sessionId);
      if (client !== undefined) this.sendAway(client, code, refusal);
      else this.dropHeldSeats((seat) => seat.sessionId === sessionId);
    }
  };
}

const MOVED: Refusal = { code: 'section_gone', message: 'This part of the house closes; take a new ticket for another.' };
const ENDED: Refusal = { code: 'ended', message: 'The party is over. Thank you for coming.' };
const ELSEWHERE: Refusal = { code: 'not_allowed', message: 'The party was opened in another tab.' };

function seatOf(client: Client<{ userData: FanSeat }>): FanSeat {
  if (client.userData === undefined) throw new PartyError('unavailable', 'You have no seat here.');
  return client.userData;
}

/** What a fan who is sent away is told. */
function refusalFor({ kind, reason, untilMs }: Sanction, nowMs: number): Refusal {
  const what = kind === 'ban' ? 'You were banned from this party' : 'You were sent out of this party';
  return {
    code: kind === 'ban' ? 'banned' : 'kicked',
    message: reason === '' ? `${what}.` : `${what}: ${reason}`,
    ...(untilMs === null ? {} : { retryInMs: Math.max(0, Math.ceil(untilMs - nowMs)) }),
  };
}
