/**
 * The hour before the doors, as the runbook has it: a small crowd comes and goes, so that no process meets its first fans on the night, neither
 * of the house nor of the crowd.
 */
import { crowdProcesses, type Plan } from '../plan.ts';
import { holdsWithin } from './patience.ts';
import type { RunSet } from './run-set.ts';

/** Smaller houses are warm after a moment anyway. */
const FANS_MIN = 10_000;
/** After so many joins a process runs compiled code. */
const FANS_PER_PROCESS = 2_000;
const ARRIVALS_PER_PROCESS_AND_S = 60;
const JOIN_WITHIN_MS = 30_000;
/** Until what thousands leave behind is put away: what comes next is what everything is compared with. */
const SETTLE_MS = 5_000;

export function rehearses({ fans }: Pick<Plan, 'fans'>): boolean {
  return fans >= FANS_MIN;
}

/** They have left when it resolves. */
export async function rehearse({ house, plan, seed, startCrowd, clock, pause, say }: RunSet): Promise<void> {
  const processes = house.origins.length;
  const count = FANS_PER_PROCESS * processes;
  say(`a rehearsal with ${count} fans`);
  const takesMs = (FANS_PER_PROCESS / ARRIVALS_PER_PROCESS_AND_S) * 1_000;
  await using crowd = await startCrowd({
    slug: house.slug,
    origins: house.origins,
    seed: seed + 2,
    processes: crowdProcesses(plan),
    first: plan.fans * 2,
    count,
    arrivals: [
      [0, 0],
      [takesMs, count],
    ],
  });
  await holdsWithin(clock, pause, takesMs + JOIN_WITHIN_MS, () => crowd.status().live === count);
  await crowd.end();
  await pause(SETTLE_MS);
}
