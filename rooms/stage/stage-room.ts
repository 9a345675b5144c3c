/** The stage's room: a thin shell that seats staff and hands their commands to the actor. */
import type { Client } from '@colyseus/core';
import { z } from 'zod';
import { PartyError } from '../../core/errors.ts';
import { COMMAND_NAMES, COMMANDS, type Command } from '../../schemas/commands.ts';
import { CLOSE_CODES, type Refusal } from '../../schemas/errors.ts';
import { EventId, RoomId, type StaffId } from '../../schemas/ids.ts';
import { TICKET_TTL_MS } from '../../schemas/limits.ts';
import { SECTION_REQUESTS } from '../../schemas/section-messages.ts';
import { StageState } from '../../schemas/stage-state.ts';
import { inBackground } from '../in-background.ts';
import { PartyRoom } from '../party-room.ts';
import { SeatAuth } from '../seat-auth.ts';
import { sectionIdOf, type VenueFloor } from '../venue-floor.ts';
import { StageActor } from './stage-actor.ts';

const Options = z.object({ eventId: EventId });

interface StaffSeat {
  readonly staffId: StaffId;
}

export function stageRoom(floor: VenueFloor) {
  const { deps } = floor;
  return class StageRoom extends PartyRoom<StageState, StaffSeat> {
    override state = new StageState();
    protected override readonly deps = deps;
    protected override readonly kind = 'stage';
    #actor: StageActor | undefined;
    #leaveFloor: (() => void) | undefined;

    override messages = {
      ...Object.fromEntries(
        COMMAND_NAMES.map((name) => [
          name,
          this.request(name, COMMANDS[name].payload, (client, payload) => {
            return this.actor.command(seatOf(client).staffId, { name, payload } as Command);
          }),
        ]),
      ),
      clock: this.request('clock', SECTION_REQUESTS.clock.payload, (_client, { t0 }) => {
        const t1 = deps.eventNowMs();
        return { t0, t1, t2: deps.eventNowMs() };
      }),
    };

    get actor(): StageActor {
      if (this.#actor === undefined) throw new PartyError('stage_unavailable', 'The stage is closing.');
      return this.#actor;
    }

    override async onCreate(options: unknown): Promise<void> {
      this.open();
      const { eventId } = Options.parse(options);
      const link = await floor.link(eventId);
      const tenure = floor.tenure(eventId);
      if (tenure === undefined) throw new PartyError('stage_unavailable', 'Another process runs the stage.');
      const { slug, epoch } = tenure.snapshot;
      const roomId = RoomId.parse(`stage-${slug}-${epoch}`);
      const sectionId = (n: number) => sectionIdOf(slug, n, epoch);
      this.roomId = roomId;
      this.#actor = await StageActor.open({
        deps,
        load: floor.load,
        link,
        tenure,
        roomId,
        state: this.state,
        flush: () => void this.broadcastPatch(),
        giveUp: () => inBackground(this.disconnect(CLOSE_CODES.moved), deps.log, 'a stage did not close'),
        dismiss: (staffId) => this.#dismiss(staffId),
        house: () => floor.house(eventId),
        sectionId,
        openSection: (processId, n) => {
          if (processId === deps.processId()) return floor.openSection(eventId, sectionId(n));
          return deps.bus.publishDown(eventId, { kind: 'open-section', epoch, n, processId });
        },
      });
      this.broadcastPatch();
      this.#leaveFloor = floor.addStage({ roomId, eventId, actor: this.#actor, disconnect: (code) => this.disconnect(code) });
    }

    override async onJoin(client: Client<{ userData: StaffSeat }>): Promise<void> {
      const claims = SeatAuth.parse(client.auth);
      const { who } = claims;
      if (who.kind !== 'staff') throw new PartyError('ticket_elsewhere', 'This ticket is for a section.');
      const refusal = floor.admit(claims, false);
      if (refusal !== undefined) throw new PartyError(refusal, 'The seat is no longer to be had.');
      floor.useStaffTicket(claims);
      await this.actor.arrive(who.id);
      client.userData = { staffId: who.id };
      this.expectAck(client);
      deps.metrics.joined('stage', deps.eventNowMs() - (claims.expiresAtMs - TICKET_TTL_MS));
    }

    override onDrop(client: Client<{ userData: StaffSeat }>, code?: number): void {
      this.forget(client);
      this.holdSeat(client, code);
    }

    override onReconnect(client: Client<{ userData: StaffSeat }>): void {
      this.expectAck(client);
    }

    override onLeave(client: Client<{ userData: StaffSeat }>): void {
      this.forget(client);
      if (client.userData === undefined) return;
      this.#actor?.depart(client.userData.staffId);
      deps.metrics.left('stage');
    }

    override async onDispose(): Promise<void> {
      this.shut();
      this.#leaveFloor?.();
      await this.#actor?.close();
    }

    #dismiss(staffId: StaffId): void {
      for (const client of this.everyone()) {
        if (client.userData?.staffId === staffId) this.sendAway(client, CLOSE_CODES.kicked, DISMISSED);
      }
      this.dropHeldSeats((seat) => seat.staffId === staffId);
    }
  };
}

const DISMISSED: Refusal = { code: 'not_allowed', message: 'Your invitation has ended.' };

function seatOf(client: Client<{ userData: StaffSeat }>): StaffSeat {
  if (client.userData === undefined) throw new PartyError('not_allowed', 'You have no seat here.');
  return client.userData;
}
