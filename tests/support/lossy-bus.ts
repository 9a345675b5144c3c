/** A bus as bad as the port allows: it loses, repeats, delays and so reorders what is published; the same seed does it alike. */
import type { Clock } from '../../core/clock.ts';
import { seeded } from '../../core/seeded.ts';
import type { StageBus } from '../../rooms/ports.ts';

export interface LossRule {
  readonly seed: number;
  /** Shares of messages, 0 to 1. */
  readonly lost: number;
  readonly repeated: number;
  readonly delayMaxMs: number;
}

export function lossyBus(bus: StageBus, clock: Clock, { seed, lost, repeated, delayMaxMs }: LossRule): StageBus {
  const random = seeded(seed);
  function unreliably(publish: () => Promise<void>): Promise<void> {
    const copies = random() < lost ? 0 : random() < repeated ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      clock.after(random() * delayMaxMs, () => {
        publish().catch(() => undefined);
      });
    }
    return Promise.resolve();
  }
  return {
    ...bus,
    publishDown: (eventId, message) => unreliably(() => bus.publishDown(eventId, message)),
    publishUp: (eventId, message) => unreliably(() => bus.publishUp(eventId, message)),
    publishSeats: (offer) => unreliably(() => bus.publishSeats(offer)),
  };
}
