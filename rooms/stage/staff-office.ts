/** Who is on the staff of an event, and who of them is here. */
import { PartyError } from '../../core/errors.ts';
import { roleOf } from '../../core/moderation.ts';
import type { StaffMember } from '../../schemas/chat.ts';
import type { EventId, StaffId } from '../../schemas/ids.ts';
import type { StageSnapshot } from '../../schemas/stage.ts';
import type { VenueDeps } from '../venue.ts';
import type { CommandDesk } from './command-desk.ts';

export interface StaffOfficeDeps extends Pick<VenueDeps, 'events' | 'eventNowMs'> {
  readonly eventId: EventId;
  readonly current: () => StageSnapshot;
  readonly change: CommandDesk['change'];
  /** This member's invitation has ended. */
  readonly dismiss: (staffId: StaffId) => void;
  /** Somebody came or went. */
  readonly touch: () => void;
}

export class StaffOffice {
  readonly #deps: StaffOfficeDeps;
  /** Consoles open, by member. */
  readonly #online = new Map<StaffId, number>();

  constructor(deps: StaffOfficeDeps) {
    this.#deps = deps;
  }

  get online(): ReadonlySet<StaffId> {
    return new Set(this.#online.keys());
  }

  /** Throws `not_allowed` for whoever is not on the staff. */
  member(id: StaffId): StaffMember {
    const member = this.#deps.current().staff.find((one) => one.id === id);
    if (member === undefined) throw new PartyError('not_allowed', 'You are not on the staff of this event.');
    return member;
  }

  /** A member arrives; one who was invited elsewhere is taken on. Rejects for whoever may not. */
  async arrive(id: StaffId): Promise<void> {
    const { current, events, eventId, eventNowMs, change, touch } = this.#deps;
    if (!current().staff.some((one) => one.id === id)) {
      const member = (await events.staffOf(eventId)).find((one) => one.id === id);
      if (member !== undefined) await change(() => [{ kind: 'staff', member }]);
    }
    if (roleOf(this.member(id), eventNowMs()) === 'fan') throw new PartyError('ticket_invalid', 'Your invitation has ended.');
    this.#online.set(id, (this.#online.get(id) ?? 0) + 1);
    touch();
  }

  depart(id: StaffId): void {
    const left = (this.#online.get(id) ?? 1) - 1;
    if (left > 0) this.#online.set(id, left);
    else this.#online.delete(id);
    this.#deps.touch();
  }

  /** Sends away those whose time is up. */
  dismissEnded(): void {
    const nowMs = this.#deps.eventNowMs();
    for (const id of this.#online.keys()) if (roleOf(this.member(id), nowMs) === 'fan') this.#deps.dismiss(id);
  }
}
