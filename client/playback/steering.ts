/** Holds one start of an element to its run, by the pure rules of `core/drift`. */
import { type Correction, correct, type DriftRules, errorMs, jumped, newDrift, sampleDelayMs } from '../../core/drift.ts';
import type { DriftSample } from '../../core/drift-estimate.ts';
import type { DeviceDelays } from './device-delays.ts';

export interface Steering {
  /** Takes in where the element is and where it should be; says what to do. */
  sample(sample: DriftSample): Correction;
  /** Signed, in ms, positive when ahead; null while unknown. */
  errorMs(nowMs: number): number | null;
  /** When to look again. */
  delayMs(nowMs: number, random: () => number): number;
}

/** For an element set off at `nowMs`, `aimMs` ahead of the playhead. */
export function steering(rules: DriftRules, delays: DeviceDelays, aimMs: number, nowMs: number): Steering {
  let drift = jumped({ ...newDrift(rules, nowMs), losses: delays.losses }, 'start', aimMs, nowMs);
  return {
    sample(sample) {
      const corrected = correct(drift, sample);
      drift = corrected.drift;
      delays.remember(drift.losses);
      return corrected.correction;
    },
    errorMs: (atMs) => errorMs(drift, atMs),
    delayMs: (atMs, random) => sampleDelayMs(drift, atMs, random),
  };
}
