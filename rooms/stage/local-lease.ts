/** The lease of a process that is alone: every stage is its own, and nobody takes one away. */
import type { EventId } from '../../schemas/ids.ts';
import type { StageLease } from '../ports.ts';
import type { VenueDeps } from '../venue.ts';

export function localLease({ processId, publicAddress }: Pick<VenueDeps, 'processId' | 'publicAddress'>): StageLease {
  const held = new Map<EventId, number>();
  return {
    hold(eventId, epoch) {
      held.set(eventId, epoch);
      return async () => {
        if (held.get(eventId) === epoch) held.delete(eventId);
      };
    },
    async holder(eventId) {
      const epoch = held.get(eventId);
      return epoch === undefined ? null : { processId: processId(), publicAddress, epoch };
    },
  };
}
