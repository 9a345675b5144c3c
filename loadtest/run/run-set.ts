/** What every part of a run works with. */
import type { Clock } from '../../core/clock.ts';
import type { Crowds } from '../crowd/crowd.ts';
import type { HostConsole } from '../host/host-console.ts';
import type { House } from '../house/house.ts';
import type { Plan } from '../plan.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { Pause } from './patience.ts';

export interface RunDeps {
  readonly clock: Clock;
  /** Uniform in [0, 1), from the seed. */
  readonly random: () => number;
  readonly seed: number;
  readonly plan: Plan;
  readonly house: House;
  readonly crowds: Crowds;
  /** One line for the person at the terminal. */
  readonly say: (line: string) => void;
  readonly interrupted: AbortSignal;
}

export interface RunSet extends RunDeps {
  readonly pause: Pause;
  readonly sampler: Sampler;
  /** Null: nobody invited one. */
  readonly host: HostConsole | null;
}
