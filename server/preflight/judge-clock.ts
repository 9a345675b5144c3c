/** Event time is the clock of Redis, or of a process that is alone; a clock that is kept does not wander through the night. */
import type { ClockFacts } from './clock-facts.ts';
import { beware, type Finding, fine, unknown } from './finding.ts';

const FIX = 'timedatectl set-ntp true, or install chrony.';

export function judgeClock({ isKept, by }: ClockFacts): Finding {
  if (isKept === true) return fine('clock', `is kept, says ${by}`);
  if (isKept === null) return unknown('clock', 'nobody here says whether it is kept (in a container, the host keeps it)', FIX);
  return beware('clock', `is kept by nobody, says ${by}: certificates, tickets and logs go by it`, FIX);
}
