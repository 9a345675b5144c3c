/**
 * Sees to it that an event has a stage. Every process keeps watch over every event it follows; while the stage is heard there is
 * nothing to ask. Once it is silent the lease says whose turn it is, and when it is nobody's, this process tries: the store gives
 * the event to one of all who do.
 */
import type { Clock } from '../../core/clock.ts';
import { PartyError } from '../../core/errors.ts';
import type { EventId } from '../../schemas/ids.ts';
import { inBackground } from '../in-background.ts';
import type { Log, StageLease } from '../ports.ts';

const LOOK_EVERY_MS = 200;
/** A living stage repeats its cursor every second. */
const SILENCE_MS = 1_200;
/** After the store was away: a stage that lives on renews within this, so nobody takes the event from under it. */
const GRACE_MS = 1_200;

export interface StageKeeperDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly lease: Pick<StageLease, 'holder'>;
  readonly eventId: EventId;
  readonly processId: () => string;
  /** Since the stage was last heard here. */
  readonly silentMs: () => number;
  /** The stage is here; or it is not for this process to have one. */
  readonly hasNothingToDo: () => boolean;
  /** Takes the event and opens its stage here; rejects with `stage_unavailable` when another process was first. */
  readonly open: () => Promise<void>;
}

export class StageKeeper {
  readonly #deps: StageKeeperDeps;
  readonly #stop: () => void;
  #looking: Promise<void> | undefined;
  #awayAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: StageKeeperDeps) {
    this.#deps = deps;
    this.#stop = deps.clock.every(LOOK_EVERY_MS, () => {
      if (deps.silentMs() > SILENCE_MS) inBackground(this.look(), deps.log, 'the stage was not looked for');
    });
  }

  /** Opens the stage if it is nobody's turn. Never rejects. */
  look(): Promise<void> {
    if (this.#deps.hasNothingToDo()) return Promise.resolve();
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  stop(): void {
    this.#stop();
  }

  async #look(): Promise<void> {
    const { clock, log, eventId } = this.#deps;
    try {
      if (await this.#isTaken()) return;
    } catch (err) {
      this.#awayAtMs = clock.nowMs();
      log.debug({ err, eventId }, 'nobody can say who has the stage');
      return;
    }
    if (clock.nowMs() - this.#awayAtMs < GRACE_MS) return;
    try {
      await this.#deps.open();
    } catch (err) {
      if (err instanceof PartyError && err.code === 'stage_unavailable') return;
      log.error({ err, eventId }, 'the stage could not be opened');
    }
  }

  async #isTaken(): Promise<boolean> {
    const holder = await this.#deps.lease.holder(this.#deps.eventId);
    // Our own lease without a stage: it was not closed properly, and nobody else may have it yet.
    return holder !== null && holder.processId !== this.#deps.processId();
  }
}
